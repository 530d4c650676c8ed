package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks for input that makes trouble: changes what it knows, tries what comes of it, and lets what
 * met something new join what is changed further. So it gets deeper than changes of good input
 * would, without a look into the program.
 *
 * <p>{@code -Dholdfast.fuzz.seconds=N} looks longer, {@code -Dholdfast.fuzz.seed=N} where a run
 * before looked. Input that makes trouble is left in {@code target/fuzz}; it then gets a test of
 * its own.
 */
public final class Fuzzer {
  /** For reading one input. */
  public static final Duration TIME_MAX = Duration.ofSeconds(5);

  /** So many bytes of memory for each byte that is read; the reader itself has some more. */
  public static final int HEAP_FACTOR = 16;

  private static final long SECONDS = Long.getLong("holdfast.fuzz.seconds", 5);

  /** A time, so that each run looks elsewhere. */
  private static final long SEED = Long.getLong("holdfast.fuzz.seed", System.nanoTime());

  private static final long HEAP_FIXED_BYTES = 32 << 20;

  private static final int INPUTS_MAX = 10_000;
  private static final long INPUT_BYTES_MAX = 96 << 20;

  /** As many of those that came last are changed as often as all others together. */
  private static final int LATEST = 100;

  /** After which a trial is given up: what it does beside reading has its time, too. */
  private static final Duration TRIAL_MAX = Duration.ofSeconds(30);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final String name;
  private final Mutation mutation;
  private final Trial trial;
  private final Random random = new Random(SEED);
  private final List<byte[]> inputs = new ArrayList<>();
  private final Set<String> met = new HashSet<>();
  private long inputBytes;
  private long cases;

  private volatile byte[] tried = {};
  private volatile long triedSince;
  private volatile boolean done;
  private volatile @Nullable Throwable trouble;

  /** Changes an input; may take parts of another. Neither is written to. */
  @FunctionalInterface
  public interface Mutation {
    byte[] mutant(byte[] good, byte[] other, Random random);
  }

  /** Tries an input and says what it met on the way. What it throws is trouble. */
  @FunctionalInterface
  public interface Trial {
    Set<String> met(byte[] input) throws Exception;
  }

  /** How much was tried, and how many things were met. */
  public record Result(long cases, long met) {}

  private Fuzzer(String name, Mutation mutation, Trial trial) {
    this.name = name;
    this.mutation = mutation;
    this.trial = trial;
  }

  /**
   * Looks for trouble for as long as was asked for.
   *
   * @param name that of the files which it leaves
   * @param seeds tried first, as they are
   */
  public static Result run(String name, List<byte[]> seeds, Mutation mutation, Trial trial)
      throws Exception {
    var fuzzer = new Fuzzer(name, mutation, trial);
    fuzzer.watched(
        Thread.ofPlatform().daemon().name("fuzz-" + name).unstarted(() -> fuzzer.work(seeds)));
    var result = new Result(fuzzer.cases, fuzzer.met.size());
    String said =
        "%s: %,d cases in %d s, %,d things met, seed %d"
            .formatted(name, result.cases(), SECONDS, result.met(), SEED);
    System.out.println(said);
    Files.writeString(folder().resolve(name + ".txt"), said + "\n");
    assertThat(result.cases()).as(said).isGreaterThan(SECONDS);
    assertThat(result.met()).as(said).isGreaterThan(10);
    return result;
  }

  private void work(List<byte[]> seeds) {
    try {
      for (byte[] seed : seeds) {
        attempt(seed);
        keep(seed);
      }
      long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
      while (System.nanoTime() < end) {
        byte[] mutant = mutation.mutant(any(), any(), random);
        if (attempt(mutant)) {
          keep(mutant);
        }
      }
    } catch (Throwable e) {
      trouble = e;
    } finally {
      done = true;
    }
  }

  /** Whether it met something new. */
  private boolean attempt(byte[] input) throws Exception {
    tried = input;
    triedSince = System.nanoTime();
    cases++;
    return met.addAll(trial.met(input));
  }

  private byte[] any() {
    int from = random.nextBoolean() ? Math.max(0, inputs.size() - LATEST) : 0;
    return inputs.get(from + random.nextInt(inputs.size() - from));
  }

  private void keep(byte[] input) {
    inputs.add(input);
    inputBytes += input.length;
    while (inputs.size() > INPUTS_MAX || inputBytes > INPUT_BYTES_MAX) {
      inputBytes -= inputs.remove(random.nextInt(inputs.size())).length;
    }
  }

  private void watched(Thread worker) throws IOException, InterruptedException {
    triedSince = System.nanoTime();
    worker.start();
    while (!worker.join(Duration.ofMillis(200))) {
      if (System.nanoTime() - triedSince > TRIAL_MAX.toNanos() && !done) {
        String where =
            Arrays.stream(worker.getStackTrace())
                .map(StackTraceElement::toString)
                .collect(Collectors.joining("\n    "));
        throw new AssertionError(kept() + " takes more than " + TRIAL_MAX + ":\n    " + where);
      }
    }
    if (trouble != null) {
      throw new AssertionError(kept() + " makes trouble", trouble);
    }
  }

  private String kept() throws IOException {
    Path file = folder().resolve("%s-%d-%d".formatted(name, SEED, cases));
    Files.write(file, tried);
    return "case %,d of seed %d, kept as %s,".formatted(cases, SEED, file);
  }

  private static Path folder() throws IOException {
    return Files.createDirectories(Path.of("target", "fuzz"));
  }

  /**
   * Reads and sees to it that neither time nor memory is used beyond what is promised. All that was
   * ever allocated counts: it is more than what there was at any time.
   *
   * @param sizeBytes how large it is what is read
   */
  public static <T> T withinLimits(long sizeBytes, Callable<T> reading) throws Exception {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    try {
      return inTime(reading);
    } finally {
      allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
      assertThat(allocated)
          .as("bytes allocated for an input of %,d", sizeBytes)
          .isLessThan(heapBytesMax(sizeBytes));
    }
  }

  /** As {@link #withinLimits}, but what counts is what is held of it when it was read. */
  public static <T> T withinLimitsWhenRead(long sizeBytes, Callable<T> reading) throws Exception {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    T read = inTime(reading);
    if (THREADS.getCurrentThreadAllocatedBytes() - allocated >= heapBytesMax(sizeBytes)) {
      assertThat(heldBytes(reading))
          .as("bytes held of an input of %,d", sizeBytes)
          .isLessThan(heapBytesMax(sizeBytes));
    }
    return read;
  }

  /** How much memory there is less while what was read is held; costs two full collections. */
  public static <T> long heldBytes(Callable<T> reading) throws Exception {
    long before = usedBytes();
    T held = reading.call();
    long after = usedBytes();
    assertThat(held).isNotNull();
    return after - before;
  }

  private static <T> T inTime(Callable<T> reading) throws Exception {
    long start = System.nanoTime();
    try {
      return reading.call();
    } finally {
      assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(TIME_MAX.toNanos());
    }
  }

  private static long heapBytesMax(long sizeBytes) {
    return HEAP_FIXED_BYTES + HEAP_FACTOR * sizeBytes;
  }

  private static long usedBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
