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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The monitor's side of its {@link StateBlock}: says what a thread is about to do before it does
 * it. Thread-safe; nothing here waits or fails. The effect is there for a reader, and for after a
 * kill, when the method returns.
 */
public final class StateBlockWriter {

  /** A published entry. */
  public sealed interface Entry extends AutoCloseable {
    /** The thread is out again. A second time does nothing. */
    @Override
    void close();
  }

  private final ByteBuffer file;
  private final ConcurrentLinkedQueue<Integer> free = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unpublished = new AtomicInteger();

  private StateBlockWriter(ByteBuffer file, int entries) {
    this.file = file;
    for (int i = 0; i < entries; i++) {
      free.add(HEADER_BYTES + i * ENTRY_BYTES);
    }
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
    var at = free.poll();
    if (at == null) {
      file.putInt(StateBlock.HEADER_UNPUBLISHED, unpublished.incrementAndGet());
      return Unpublished.ENTRY;
    }
    var entry = file.slice(at, ENTRY_BYTES);
    write(entry, what);
    return new Slot(entry, at);
  }

  private static void write(ByteBuffer entry, InFlight what) {
    long sequence = entry.getLong(StateBlock.SEQUENCE);
    var next = ByteBuffer.allocate(ENTRY_BYTES);
    next.putLong(StateBlock.SEQUENCE, sequence + 2);
    next.putInt(StateBlock.ENTRY_POINT, what.entryPoint().getNumber());
    next.putLong(StateBlock.CALL, what.call());
    next.putLong(StateBlock.EPOCH, what.epoch());
    next.putLong(StateBlock.SINCE, what.since().toEpochMilli());
    text(next, StateBlock.RESOURCE, StateBlock.RESOURCE_LIMIT_BYTES, what.resource());
    text(next, StateBlock.PLUGIN, StateBlock.PLUGIN_LIMIT_BYTES, what.plugin());
    text(next, StateBlock.THREAD, StateBlock.THREAD_LIMIT_BYTES, what.thread());
    int sum = StateBlock.sum(next);

    entry.putLong(StateBlock.SEQUENCE, sequence + 1);
    VarHandle.storeStoreFence();
    entry.putInt(StateBlock.SUM, sum);
    entry.put(
        StateBlock.ENTRY_POINT, next, StateBlock.ENTRY_POINT, ENTRY_BYTES - StateBlock.ENTRY_POINT);
    VarHandle.storeStoreFence();
    entry.putLong(StateBlock.SEQUENCE, sequence + 2);
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

  private final class Slot implements Entry {
    private final ByteBuffer entry;
    private final int at;
    private final AtomicBoolean closed = new AtomicBoolean();

    Slot(ByteBuffer entry, int at) {
      this.entry = entry;
      this.at = at;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        long sequence = entry.getLong(StateBlock.SEQUENCE);
        entry.putLong(StateBlock.SEQUENCE, sequence + 1);
        VarHandle.storeStoreFence();
        entry.putInt(StateBlock.ENTRY_POINT, 0);
        VarHandle.storeStoreFence();
        entry.putLong(StateBlock.SEQUENCE, sequence + 2);
        free.add(at);
      }
    }
  }
}
