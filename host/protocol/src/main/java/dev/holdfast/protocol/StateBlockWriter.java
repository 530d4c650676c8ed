package dev.holdfast.protocol;

import static dev.holdfast.protocol.StateBlock.ENTRY_BYTES;
import static dev.holdfast.protocol.StateBlock.HEADER_BYTES;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The monitor's side of its {@link StateBlock}: says what a thread is about to do before it does
 * it. Thread-safe; nothing here fails, or waits for more than another thread's taking a place. The
 * effect is there for a reader, and for after a kill, when the method returns.
 *
 * <p>The place that became free last is taken first: it is written down in the file's pages that
 * this process has touched already, and most often again by the same thread for the same plugin.
 */
public final class StateBlockWriter {

  /** A published entry. */
  public sealed interface Entry extends AutoCloseable {
    /** The thread is out again. A second time does nothing. */
    @Override
    void close();
  }

  private final ByteBuffer file;
  private final int entries;
  private final ArrayDeque<Place> free = new ArrayDeque<>();
  private int made;
  private int unpublished;

  private StateBlockWriter(ByteBuffer file, int entries) {
    this.file = file;
    this.entries = entries;
  }

  /**
   * Makes the file anew, with every entry free. Its room is taken here: on a full disk a store into
   * a page that has none would fail in the middle of a call.
   *
   * @param entries how many threads can be published at a time, at most {@link
   *     StateBlock#ENTRY_LIMIT}
   * @throws IOException the file cannot be made
   */
  public static StateBlockWriter create(Path path, long pid, Instant now, int entries)
      throws IOException {
    int bytes = bytes(entries);
    try (var channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      var zeros = ByteBuffer.allocate(bytes);
      while (zeros.hasRemaining()) {
        channel.write(zeros);
      }
      // Mapped through an arena: the older map() makes its buffer by reflection, which costs a
      // starting monitor some fifteen milliseconds that no AOT cache saves.
      var file =
          channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, Arena.global()).asByteBuffer();
      file.putInt(StateBlock.HEADER_ENTRIES, entries);
      file.putInt(StateBlock.HEADER_ENTRY_BYTES, ENTRY_BYTES);
      file.putLong(StateBlock.HEADER_PID, pid);
      file.putLong(StateBlock.HEADER_MADE, now.toEpochMilli());
      VarHandle.storeStoreFence();
      file.putLong(0, StateBlock.MAGIC);
      return new StateBlockWriter(file, entries);
    }
  }

  /**
   * A block that nobody reads, for a monitor that has no room for a file: what it supervises is
   * worth more than evidence of its death.
   */
  public static StateBlockWriter withoutFile(int entries) {
    return new StateBlockWriter(ByteBuffer.allocate(bytes(entries)), entries);
  }

  private static int bytes(int entries) {
    if (entries < 1 || entries > StateBlock.ENTRY_LIMIT) {
      throw new IllegalArgumentException(
          "A state block has 1 to %d entries, not %d.".formatted(StateBlock.ENTRY_LIMIT, entries));
    }
    return HEADER_BYTES + entries * ENTRY_BYTES;
  }

  /** Publishes what the calling thread is about to do; close the entry when it has done it. */
  public Entry enter(InFlight what) {
    Place place = take();
    if (place == null) {
      return Unpublished.ENTRY;
    }
    place.write(what);
    return new Held(place);
  }

  private synchronized @Nullable Place take() {
    Place place = free.pollFirst();
    if (place == null && made < entries) {
      place = new Place(HEADER_BYTES + made++ * ENTRY_BYTES);
    }
    if (place == null) {
      file.putInt(StateBlock.HEADER_UNPUBLISHED, ++unpublished);
    }
    return place;
  }

  private synchronized void giveBack(Place place) {
    free.addFirst(place);
  }

  /** One entry's place in the file; one thread has it at a time. */
  private final class Place {
    private final int at;
    private final byte[] bytes = new byte[ENTRY_BYTES];
    private final ByteBuffer next = ByteBuffer.wrap(bytes);
    private long sequence;
    private String plugin = "";
    private String thread = "";

    Place(int at) {
      this.at = at;
    }

    /** What is behind a text's end is left of an earlier one, and counts in the sum as it is. */
    void write(InFlight what) {
      next.putLong(StateBlock.SEQUENCE, sequence + 2);
      next.putInt(StateBlock.ENTRY_POINT, what.entryPoint().getNumber());
      next.putLong(StateBlock.CALL, what.call());
      next.putLong(StateBlock.EPOCH, what.epoch());
      next.putLong(StateBlock.SINCE, what.since().toEpochMilli());
      text(next, StateBlock.RESOURCE, StateBlock.RESOURCE_LIMIT_BYTES, what.resource());
      if (!plugin.equals(what.plugin())) {
        plugin = what.plugin();
        text(next, StateBlock.PLUGIN, StateBlock.PLUGIN_LIMIT_BYTES, plugin);
      }
      if (!thread.equals(what.thread())) {
        thread = what.thread();
        text(next, StateBlock.THREAD, StateBlock.THREAD_LIMIT_BYTES, thread);
      }
      int sum = StateBlock.sum(bytes, 0);

      file.putLong(at + StateBlock.SEQUENCE, sequence + 1);
      VarHandle.storeStoreFence();
      file.putInt(at + StateBlock.SUM, sum);
      file.put(
          at + StateBlock.ENTRY_POINT,
          bytes,
          StateBlock.ENTRY_POINT,
          ENTRY_BYTES - StateBlock.ENTRY_POINT);
      VarHandle.storeStoreFence();
      sequence += 2;
      file.putLong(at + StateBlock.SEQUENCE, sequence);
    }

    void clear() {
      file.putLong(at + StateBlock.SEQUENCE, sequence + 1);
      VarHandle.storeStoreFence();
      file.putInt(at + StateBlock.ENTRY_POINT, 0);
      VarHandle.storeStoreFence();
      sequence += 2;
      file.putLong(at + StateBlock.SEQUENCE, sequence);
    }
  }

  /** Puts as many whole characters as fit. */
  private static void text(ByteBuffer entry, int at, int limit, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= limit) {
      entry.put(at + Short.BYTES, utf8);
      entry.putShort(at, (short) utf8.length);
      return;
    }
    var room = entry.slice(at + Short.BYTES, limit);
    CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
    encoder.onMalformedInput(CodingErrorAction.REPLACE);
    encoder.encode(CharBuffer.wrap(text), room, true);
    entry.putShort(at, (short) room.position());
  }

  private enum Unpublished implements Entry {
    ENTRY;

    @Override
    public void close() {
      // Nothing was published.
    }
  }

  private final class Held implements Entry {
    private final Place place;
    private final AtomicBoolean closed = new AtomicBoolean();

    Held(Place place) {
      this.place = place;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        place.clear();
        giveBack(place);
      }
    }
  }
}
