package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Does what steps say.
 *
 * @param context the resource's; null in the type itself
 * @param call the call in which it happens, where there is one
 */
record Performance(@Nullable Context context, @Nullable Call call) {
  private static final Duration FOREVER = Duration.ofDays(36_500);
  private static final Duration ASK_EVERY = Duration.ofMillis(20);

  /** Where no process has memory: the last page of what Linux gives to programs. */
  private static final long NOWHERE = 0x7fff_ffff_f000L;

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
      case DELAY_DEAF -> sleepDeaf(step.duration(0));
      case LATE -> beLate(step);
      case PROGRESS -> progress(step);
      case WAIT -> awaitCancelled();
      case HANG -> hang();
      case SPIN -> spin();
      case SPIN_CORES ->
          Leak.threads(Runtime.getRuntime().availableProcessors(), Performance::spin);
      case LEAK_MEMORY -> Leak.memory(step.bytes());
      case LEAK_NATIVE -> Leak.of(Arena.global().allocate(step.bytes()).fill((byte) 1));
      case LEAK_THREADS -> Leak.threads(step.number(0), Performance::hang);
      case LEAK_DESCRIPTORS -> Leak.descriptors(step.number(0));
      case EXHAUST_HEAP -> Leak.everything();
      case OVERFLOW_STACK -> spun = deeper(0);
      case LEAVE_INTERRUPTED -> Thread.currentThread().interrupt();
      case LOG -> log(step);
      case LOG_HUGE -> requireContext().logger().log(System.Logger.Level.INFO, step.text());
      case PRINT -> print(step);
      case SIGNAL -> requireContext().signal(Health.failed(step.reason()));
      case TOKEN -> ((OnlineCall) Objects.requireNonNull(call)).remember(new byte[step.bytes()]);
      case EXIT -> System.exit(step.number(0));
      case HANG_AT_EXIT ->
          Runtime.getRuntime().addShutdownHook(new Thread(Performance::hang, "scriptable-exit"));
      case HALT -> Runtime.getRuntime().halt(step.number(0));
      case KILL -> kill(step.reason());
      case SEGFAULT -> segfault();
      case THROW -> throw scripted(step);
      case THROW_CLASS -> throw AsItIs.raise(step.throwable());
      case THROW_POISON -> throw new Poison();
      case FAIL, HUGE -> {
        if (!step.isAnswer()) {
          throw failure(step);
        }
        return false;
      }
      case DEGRADED, ALIVE, RUNNING, ABSENT, FOREIGN, UNKNOWN, NULL, LIE -> {
        return false;
      }
      case IN_STATIC_INIT -> StaticInit.perform(() -> perform(List.of(step.inner())));
      case IN_THREAD -> Leak.threads(1, () -> performAlone(step.inner()));
    }
    return true;
  }

  private void performAlone(Step step) {
    try {
      var _ = perform(List.of(step));
    } catch (Throwable thrown) {
      // Nobody catches it: that is what the step is for.
      throw AsItIs.raise(thrown);
    }
  }

  // ---- takes its time -----------------------------------------------------------------------

  private void progress(Step step) throws InterruptedException {
    int count = step.number(0);
    for (int i = 1; i <= count; i++) {
      Objects.requireNonNull(call).progress("step " + i + " of " + count, (int) (i * 100L / count));
      Thread.sleep(step.duration(1).toMillis());
    }
  }

  private void awaitCancelled() throws InterruptedException {
    while (!Objects.requireNonNull(call).cancelled()) {
      Thread.sleep(ASK_EVERY.toMillis());
    }
    throw new InterruptedException("cancelled, as the script waited for");
  }

  private void beLate(Step step) {
    while (!Objects.requireNonNull(call).cancelled()) {
      sleepDeaf(ASK_EVERY);
    }
    sleepDeaf(step.duration(0));
  }

  private static void hang() {
    sleepDeaf(FOREVER);
  }

  /** Deaf on purpose: this is what the host must be able to live with. */
  private static void sleepDeaf(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      try {
        Thread.sleep(Duration.ofNanos(left));
      } catch (InterruptedException e) {
        // Sleeps on.
      }
    }
  }

  private static void spin() {
    while (spun >= 0) {
      spun = (spun + 1) & Long.MAX_VALUE;
    }
  }

  // ---- takes what is not its own, says too much --------------------------------------------

  @SuppressWarnings("InfiniteRecursion") // until the stack is full, as the step says
  private static long deeper(long depth) {
    return deeper(depth + 1) + 1;
  }

  private void log(Step step) {
    for (int i = 1; i <= step.number(0); i++) {
      requireContext().logger().log(System.Logger.Level.INFO, "scripted line {0}", i);
    }
  }

  private static void print(Step step) {
    for (int i = 1; i <= step.number(0); i++) {
      System.out.println("scripted line " + i);
    }
  }

  // ---- ends its JVM -------------------------------------------------------------------------

  private static void kill(String signal) throws Exception {
    String pid = Long.toString(ProcessHandle.current().pid());
    int code = new ProcessBuilder("kill", "-" + signal, pid).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("kill -" + signal + " ended with " + code);
    }
    hang(); // until the signal has come
  }

  @SuppressWarnings("restricted") // by a door that is there for native code, as in a real plugin
  private static void segfault() {
    MemorySegment.ofAddress(NOWHERE).reinterpret(Long.BYTES).set(ValueLayout.JAVA_LONG, 0, 1);
  }

  // ---- throws -------------------------------------------------------------------------------

  private static ResourceException scripted(Step step) {
    return new ResourceException(
        Responsibility.valueOf(step.arguments().get(1)),
        Retry.valueOf(step.arguments().get(2)),
        step.arguments().get(0),
        step.reason());
  }

  private static ResourceException failure(Step step) {
    return new ResourceException(
        Responsibility.RESOURCE,
        Retry.HERE,
        "Scripted",
        step.verb() == Verb.HUGE ? step.text() : step.reason());
  }

  /** An exception that cannot even be talked about. */
  private static final class Poison extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("poisoned");
    }

    @Override
    public String toString() {
      throw new IllegalStateException("poisoned");
    }
  }

  private Context requireContext() {
    return Objects.requireNonNull(context, "context");
  }
}
