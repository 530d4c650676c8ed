package dev.holdfast.failpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What happens when a point is hit. The environment is read once, when the first one is. */
final class Armed {
  /** Whether the environment asks for anything. Everything else here waits behind it. */
  static final boolean ON =
      System.getenv(FailPoints.VARIABLE) != null || System.getenv(FailPoints.HITS_VARIABLE) != null;

  private static final int SIGSTOP = 19;

  /** Apart, so that nothing of it is made while it is off. */
  private static final class OfThisProcess {
    static final Armed ARMED = of(System.getenv());
  }

  private final Map<Integer, List<FailPoints.Strike>> strikes;
  private final HitCounts hits;
  private final Consumer<Deed> doer;

  /**
   * @param doer does what is not thrown
   */
  Armed(FailPoints points, HitCounts hits, Consumer<Deed> doer) {
    this.hits = hits;
    this.doer = doer;
    this.strikes =
        points.strikes().stream()
            .collect(
                Collectors.groupingBy(strike -> HitCounts.at(strike.point(), strike.moment())));
  }

  private static Armed of(Map<String, String> environment) {
    String text = environment.get(FailPoints.VARIABLE);
    String file = environment.get(FailPoints.HITS_VARIABLE);
    FailPoints points =
        text == null
            ? new FailPoints(List.of())
            : FailPoints.parse(text, (_, _) -> Optional.empty());
    try {
      HitCounts hits = file == null ? new InMemory() : HitsFile.open(Path.of(file));
      if (points.strikes().stream().anyMatch(strike -> strike.deed() instanceof Deed.Stop)) {
        Raising.prepare();
      }
      return new Armed(points, hits, new Doer());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The hits of fail points cannot be counted in "
              + file
              + " ("
              + FailPoints.HITS_VARIABLE
              + "): "
              + e.getMessage(),
          e);
    }
  }

  /** A step or frame point of this process is hit. */
  static void step(FailPoint point, Moment moment) {
    OfThisProcess.ARMED.reached(point, moment);
  }

  /** A storage point of this process is hit. */
  static void storage(StoragePoint point, Moment moment) throws IOException {
    Deed.Refuse refusal = OfThisProcess.ARMED.reached(point, moment);
    if (refusal != null) {
      throw new IOException(refusal.message());
    }
  }

  /** Counts the hit, and does what is to be done; returns what is to be thrown. */
  Deed.@Nullable Refuse reached(FailPoint point, Moment moment) {
    int at = HitCounts.at(point, moment);
    long hit = hits.hit(at);
    for (FailPoints.Strike strike : strikes.getOrDefault(at, List.of())) {
      if (strike.hit() == hit) {
        say(point.name(moment), strike);
        if (strike.deed() instanceof Deed.Refuse refusal) {
          return refusal;
        }
        doer.accept(strike.deed());
      }
    }
    return null;
  }

  /** The last words of a process should say that its end was asked for. */
  private static void say(String name, FailPoints.Strike strike) {
    System.err.println("fail point " + name + ", hit " + strike.hit() + ": " + strike.deed());
    System.err.flush();
  }

  private static final class InMemory implements HitCounts {
    private final AtomicLongArray counts = new AtomicLongArray(HitCounts.count());

    @Override
    public long hit(int point) {
      return counts.incrementAndGet(point);
    }
  }

  /** How a process stops itself. Made beforehand: at the point there is no time. */
  private static final class Raising {
    static final MethodHandle RAISE =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("raise"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    /** Makes it, as any first use does. */
    static void prepare() {}
  }

  /** Does it to this process. */
  private static final class Doer implements Consumer<Deed> {
    @Override
    public void accept(Deed deed) {
      switch (deed) {
        case Deed.Halt() -> Runtime.getRuntime().halt(FailPoints.HALTED);
        case Deed.Stop() -> stop();
        case Deed.Delay(Duration time) -> pause(time);
        case Deed.Refuse _ -> throw new IllegalStateException("a refusal is thrown, not done");
      }
    }

    private static void stop() {
      try {
        int failed = (int) Raising.RAISE.invokeExact(SIGSTOP);
        if (failed != 0) {
          throw new IllegalStateException("raise(SIGSTOP) returned " + failed);
        }
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("raise(SIGSTOP) failed", e);
      }
    }

    private static void pause(Duration time) {
      long end = System.nanoTime() + time.toNanos();
      for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }
  }
}
