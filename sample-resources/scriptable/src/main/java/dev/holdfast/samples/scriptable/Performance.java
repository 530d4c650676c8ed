package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Does what steps say.
 *
 * @param context the resource's; null while the type is loaded
 * @param call the call in which it happens, where there is one
 */
record Performance(@Nullable Context context, @Nullable Call call) {
  private static final long FOREVER_MILLIS = 3_600_000;
  private static final long ASK_MILLIS = 20;

  /** What is never let go of. */
  private static final List<byte[]> LEAKED = Collections.synchronizedList(new ArrayList<>());

  private static volatile long spun;

  /** Does steps until one gives the answer; that one is returned. */
  Optional<Step> perform(List<Step> steps) throws Exception {
    for (Step step : steps) {
      if (!passes(step)) {
        return Optional.of(step);
      }
    }
    return Optional.empty();
  }

  /** Does a step; false when it is one that answers, which is the caller's to do. */
  private boolean passes(Step step) throws Exception {
    switch (step.verb()) {
      case DELAY -> Thread.sleep(step.duration(0).toMillis());
      case PROGRESS -> progress(step);
      case LOG -> log(step);
      case ALLOCATE -> LEAKED.add(new byte[step.bytes()]);
      case LEAK_THREAD -> leakThread();
      case SIGNAL -> requireContext().signal(Health.failed(step.reason()));
      case STATIC_INIT -> StaticInit.perform(() -> perform(List.of(step.inner())));
      case WAIT -> awaitCancelled();
      case HANG -> hang();
      case SPIN -> spin();
      case EXIT -> System.exit(step.number(0));
      case HALT -> Runtime.getRuntime().halt(step.number(0));
      case KILL -> kill(step.reason());
      case THROW -> throw scripted(step);
      case THROW_UNCHECKED -> throw new IllegalStateException(step.reason());
      case THROW_ERROR -> throw new LinkageError(step.reason());
      case FAIL -> {
        if (!step.place().isHealth()) {
          throw new ResourceException(
              Responsibility.RESOURCE, Retry.HERE, "Scripted", step.reason());
        }
        return false;
      }
      case DEGRADED, ALIVE, RUNNING, ABSENT, FOREIGN, UNKNOWN, NULL, LIE -> {
        return false;
      }
    }
    return true;
  }

  private void progress(Step step) throws InterruptedException {
    int count = step.number(0);
    for (int i = 1; i <= count; i++) {
      Objects.requireNonNull(call).progress("step " + i + " of " + count, i * 100 / count);
      Thread.sleep(step.duration(1).toMillis());
    }
  }

  private void log(Step step) {
    for (int i = 1; i <= step.number(0); i++) {
      requireContext().logger().log(System.Logger.Level.INFO, "scripted line {0}", i);
    }
  }

  private void awaitCancelled() throws InterruptedException {
    while (!Objects.requireNonNull(call).cancelled()) {
      Thread.sleep(ASK_MILLIS);
    }
    throw new InterruptedException("cancelled, as the script waited for");
  }

  private static void leakThread() {
    var thread = new Thread(Performance::hang, "scripted-leak");
    thread.setDaemon(true);
    thread.start();
  }

  private static void hang() {
    while (true) {
      try {
        Thread.sleep(FOREVER_MILLIS);
      } catch (InterruptedException e) {
        // Deaf on purpose: this is what the host must be able to live with.
      }
    }
  }

  private static void spin() {
    while (spun >= 0) {
      spun = (spun + 1) & Long.MAX_VALUE;
    }
  }

  private static void kill(String signal) throws IOException, InterruptedException {
    String pid = Long.toString(ProcessHandle.current().pid());
    int code = new ProcessBuilder("kill", "-" + signal, pid).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException("kill -" + signal + " ended with " + code);
    }
    hang(); // until the signal has come
  }

  private static ResourceException scripted(Step step) {
    return new ResourceException(
        Responsibility.valueOf(step.arguments().get(1)),
        Retry.valueOf(step.arguments().get(2)),
        step.arguments().get(0),
        step.reason());
  }

  private Context requireContext() {
    return Objects.requireNonNull(context, "context");
  }
}
