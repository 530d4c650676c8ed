package dev.holdfast.service.event;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.holdfast.failpoint.StoragePoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the event log. One thread writes, others read meanwhile: a reader may find the end
 * of the last file half written, and does not go beyond what is durable.
 */
final class EventSegments implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventSegments.class);

  /** How many events are made on opening; queries make more when they are asked for. */
  private static final int LOADED_EVENTS = 1000;

  private final Path folder;
  private final EventLogLimits limits;
  private final List<EventSegment> onOpening;
  private List<EventSegment.Damage> damagesOfLast = List.of();
  private List<Event> newest = List.of();
  private long next = 1;
  private long totalBytes;

  /** Oldest first; guarded by itself. */
  private final Deque<EventSegment> segments = new ArrayDeque<>();

  private @Nullable FileChannel channel;
  private long channelBytes;

  /** Reads the last file, and cuts off what a crash left half written. */
  EventSegments(Path folder, EventLogLimits limits) throws IOException {
    this.folder = folder;
    this.limits = limits;
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(EventSegment::of)
          .flatMap(Optional::stream)
          .sorted(Comparator.comparingLong(EventSegment::firstSeq))
          .forEach(segments::add);
    }
    onOpening = List.copyOf(segments);
    for (EventSegment segment : segments) {
      totalBytes += Files.size(segment.file());
    }
    if (!segments.isEmpty()) {
      openLast(segments.getLast());
    }
  }

  private void openLast(EventSegment last) throws IOException {
    EventSegment.Content content = last.read();
    next = content.next();
    newest = content.events(next - Math.min(LOADED_EVENTS, limits.recentEvents()), next);
    channel = FileChannel.open(last.file(), READ, WRITE);
    channelBytes = content.goodBytes();
    int behind = content.bytes() - content.goodBytes();
    if (behind > 0) {
      log.warn(
          "The last {} bytes of {} were not acknowledged and are cut off", behind, last.file());
      StoragePoint.EVENTS_CUT.before();
      channel.truncate(channelBytes);
      channel.force(true);
      StoragePoint.EVENTS_CUT.after();
      totalBytes -= behind;
    }
    damagesOfLast = content.damages();
  }

  /**
   * Looks for damage in all files that there were on opening. Takes time with the length of the
   * log, and may run beside everything else.
   *
   * @param stop whether to leave it
   */
  List<EventSegment.Damage> findDamages(BooleanSupplier stop) throws IOException {
    List<EventSegment.Damage> found = new ArrayList<>();
    for (int i = 0; i < onOpening.size() - 1 && !stop.getAsBoolean(); i++) {
      try {
        check(onOpening.get(i), onOpening.get(i + 1), found);
      } catch (NoSuchFileException e) {
        log.debug("{} was dropped meanwhile, as the oldest", onOpening.get(i).file());
      }
    }
    found.addAll(damagesOfLast);
    return found;
  }

  private static void check(
      EventSegment segment, EventSegment after, List<EventSegment.Damage> found)
      throws IOException {
    EventSegment.Content content = segment.read();
    found.addAll(content.damages());
    int behind = content.bytes() - content.goodBytes();
    if (behind > 0) {
      String what = "the last %d bytes are not what was written".formatted(behind);
      found.add(new EventSegment.Damage(segment.file(), content.lineBehind(), what));
    }
    if (after.firstSeq() != content.next()) {
      String what =
          "the events from %d to %d before it are missing"
              .formatted(content.next(), after.firstSeq() - 1);
      found.add(new EventSegment.Damage(after.file(), 1, what));
    }
  }

  /** The seq of the event to be written next. */
  long next() {
    return next;
  }

  /** The newest events found on opening, oldest first. */
  List<Event> newest() {
    return newest;
  }

  /**
   * Writes lines, the first of which is the event of this seq. Durable when it returns; when it
   * throws nothing of them is there, and they may be written again.
   */
  void append(long seq, List<byte[]> lines) throws IOException {
    FileChannel open = channelFor(seq);
    long bytes = lines.stream().mapToLong(line -> line.length).sum();
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(bytes));
    lines.forEach(buffer::put);
    buffer.flip();
    try {
      StoragePoint.EVENTS_WRITE.before();
      while (buffer.hasRemaining()) {
        open.write(buffer, channelBytes + buffer.position());
      }
      StoragePoint.EVENTS_WRITE.after();
      StoragePoint.EVENTS_SYNC.before();
      open.force(false);
      StoragePoint.EVENTS_SYNC.after();
    } catch (IOException e) {
      cutBack(open, e);
      throw e;
    }
    channelBytes += bytes;
    totalBytes += bytes;
  }

  private void cutBack(FileChannel open, IOException because) {
    try {
      open.truncate(channelBytes);
    } catch (IOException e) {
      // The next attempt writes over it, from the same place; a crash before finds a torn tail.
      because.addSuppressed(e);
    }
  }

  private FileChannel channelFor(long seq) throws IOException {
    if (channel != null && channelBytes < limits.segmentBytes()) {
      return channel;
    }
    EventSegment segment = EventSegment.in(folder, seq);
    StoragePoint.EVENTS_CREATE.before();
    FileChannel fresh = FileChannel.open(segment.file(), CREATE, READ, WRITE);
    fresh.truncate(0);
    syncFolder();
    StoragePoint.EVENTS_CREATE.after();
    if (channel != null) {
      channel.close();
    }
    channel = fresh;
    channelBytes = 0;
    synchronized (segments) {
      segments.addLast(segment);
    }
    dropOldest();
    return fresh;
  }

  private void dropOldest() throws IOException {
    while (totalBytes > limits.totalBytes() - limits.segmentBytes() && segments.size() > 2) {
      EventSegment oldest;
      synchronized (segments) {
        oldest = segments.removeFirst();
      }
      long bytes = Files.exists(oldest.file()) ? Files.size(oldest.file()) : 0;
      Files.deleteIfExists(oldest.file());
      totalBytes -= bytes;
      log.info("Dropped the oldest events, in {}", oldest.file());
    }
  }

  private void syncFolder() throws IOException {
    try (FileChannel directory = FileChannel.open(folder, READ)) {
      directory.force(true);
    }
  }

  /** The files there are, oldest first. */
  List<EventSegment> list() {
    synchronized (segments) {
      return List.copyOf(segments);
    }
  }

  /** The events of a file between two seqs, both included; none when it was dropped meanwhile. */
  static List<Event> read(EventSegment segment, long from, long to) throws IOException {
    try {
      return segment.read().events(from, to);
    } catch (NoSuchFileException e) {
      return List.of(); // As the oldest; an answer, see above.
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
