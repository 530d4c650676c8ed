package dev.holdfast.service;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * SIGINT and SIGTERM, each of them as often as it comes. A shutdown hook hears of the first only,
 * and the second is what a person sends who does not want to wait.
 *
 * <p>By reflection, because javac warns of {@code sun.misc} whatever one says, and warnings are
 * errors here. The class is there in every JDK (module jdk.unsupported).
 */
final class TerminationSignals {
  private TerminationSignals() {}

  /** Runs something, on a thread of the JVM's, each time the process is asked to end. */
  @SuppressWarnings("ReferenceEquality") // A proxy is equal to itself only.
  static void onEach(Runnable handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      InvocationHandler call =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  handler.run();
                  yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "TerminationSignals";
              };
      Object proxy =
          Proxy.newProxyInstance(
              TerminationSignals.class.getClassLoader(), new Class<?>[] {handlerType}, call);
      for (String name : new String[] {"INT", "TERM"}) {
        signal
            .getMethod("handle", signal, handlerType)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("SIGINT and SIGTERM cannot be handled on this JVM", e);
    }
  }
}
