package dev.holdfast.service;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;

/**
 * The signals that ask the service to end, each of them as often as it comes. A shutdown hook hears
 * of the first only, and the second is what a person sends who does not want to wait.
 *
 * <p>By reflection, because javac warns of {@code sun.misc} whatever one says, and warnings are
 * errors here. The class is there in every JDK (module jdk.unsupported).
 */
final class TerminationSignals {
  private TerminationSignals() {}

  /** Asked to end, by a person or by systemd. */
  static final List<String> END = List.of("INT", "TERM");

  /**
   * Asked to end alone. It is what a terminal sends that goes away, and what systemd sends for a
   * restart (RestartKillSignal= of holdfast.service).
   */
  static final List<String> END_AND_KEEP = List.of("HUP");

  /** Runs something, on a thread of the JVM's, each time one of these signals comes. */
  @SuppressWarnings("ReferenceEquality") // A proxy is equal to itself only.
  static void onEach(List<String> names, Runnable handler) {
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
      for (String name : names) {
        signal
            .getMethod("handle", signal, handlerType)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "SIG" + String.join(", SIG", names) + " cannot be handled on this JVM", e);
    }
  }
}
