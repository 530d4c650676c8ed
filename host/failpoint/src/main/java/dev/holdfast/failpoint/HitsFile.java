package dev.holdfast.failpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file in which all processes of a cluster count the hits of their fail points together. So a
 * count outlives the process that a point halted, and a point of the monitor strikes in one monitor
 * and not again in the next.
 *
 * <p>Nothing is counted, and nothing strikes, until it is opened to counting: a tester who wants
 * the first sync of an online makes the file, starts the service, opens the file, asks for the
 * online.
 *
 * <pre>
 *   0   8  "HOLDHITS"
 *   8   4  number of points that follow; another number is another version's file
 *  12   4  1: counting; 0: not
 *  16   8  hits of the first point, before
 *  24   8  hits of the first point, after
 *   …      native byte order; shared memory, so it is of one machine
 * </pre>
 */
public final class HitsFile implements HitCounts {
  private static final long MAGIC = 0x484f4c4448495453L;
  private static final int POINTS_AT = 8;
  private static final int COUNTING_AT = 12;
  private static final int HITS_AT = 16;

  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

  private final MemorySegment file;

  private HitsFile(MemorySegment file) {
    this.file = file;
  }

  private static int points() {
    return HitCounts.count();
  }

  /** Makes a file with no hits, closed to counting. */
  public static HitsFile create(Path path) throws IOException {
    var made =
        new HitsFile(
            map(
                path,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE));
    INT.setVolatile(made.file, (long) POINTS_AT, points());
    LONG.setVolatile(made.file, 0L, MAGIC);
    return made;
  }

  /**
   * Opens a file.
   *
   * @throws IOException it is not there, or is no such file of this version
   */
  public static HitsFile open(Path path) throws IOException {
    if (Files.size(path) != bytes()) { // Mapping more would make it longer, whatever it is.
      throw foreign(path);
    }
    var opened = new HitsFile(map(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    if ((long) LONG.getVolatile(opened.file, 0L) != MAGIC
        || (int) INT.getVolatile(opened.file, (long) POINTS_AT) != points()) {
      throw foreign(path);
    }
    return opened;
  }

  private static IOException foreign(Path path) {
    return new IOException(path + " is no file of fail point hits of this version");
  }

  private static long bytes() {
    return HITS_AT + 8L * points();
  }

  private static MemorySegment map(Path path, StandardOpenOption... options) throws IOException {
    try (var channel = FileChannel.open(path, options)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes(), Arena.ofAuto());
    }
  }

  /** Begins to count, or ends it. Holds for all processes at once. */
  public void counting(boolean on) {
    INT.setVolatile(file, (long) COUNTING_AT, on ? 1 : 0);
  }

  @Override
  public long hit(int point) {
    return (int) INT.getVolatile(file, (long) COUNTING_AT) == 0
        ? 0
        : (long) LONG.getAndAdd(file, at(point), 1L) + 1;
  }

  private static long at(int point) {
    return HITS_AT + 8L * point;
  }

  /** The hits so far, by the names of the points; those that were never hit are there, with 0. */
  public Map<String, Long> hits() {
    var hits = new LinkedHashMap<String, Long>();
    for (FailPoint point : FailPoint.all()) {
      for (Moment moment : Moment.values()) {
        hits.put(
            point.name(moment), (long) LONG.getVolatile(file, at(HitCounts.at(point, moment))));
      }
    }
    return hits;
  }
}
