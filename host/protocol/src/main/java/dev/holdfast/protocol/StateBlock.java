package dev.holdfast.protocol;

import dev.holdfast.protocol.wire.EntryPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a monitor's threads were doing, read from the file that outlives it. MSCS's monitors did the
 * same with RESOURCE_MONITOR_STATE in shared memory; there one entry a monitor, here one a thread.
 *
 * <p>The monitor maps the file shared, so each store is in the page cache at once and stays there
 * when the process is killed at any instruction. It is not meant to survive the machine. All
 * numbers are big-endian:
 *
 * <pre>
 *   header, 64 bytes
 *    0  8  "HFSTATE1"
 *    8  4  number of entries
 *   12  4  bytes an entry
 *   16  8  pid of the monitor
 *   24  8  when the file was made, milliseconds since 1970
 *   32  4  how often there was no free entry
 *   36 28  zero
 *
 *   entry, 320 bytes
 *    0  8  sequence: odd while the entry is being written, then one more
 *    8  4  CRC-32C of the sequence (the even one) and bytes 12..319
 *   12  4  entry point, its number in wire.proto; 0: free, and nothing else counts
 *   16  8  call
 *   24  8  epoch
 *   32  8  since, milliseconds since 1970
 *   40  2  length of the resource's id, 42 62 the id in UTF-8
 *  104  2  length of the plugin,       106 126 the plugin in UTF-8
 *  232  2  length of the thread's name, 234 86 the name in UTF-8
 * </pre>
 *
 * <p>An entry with an odd sequence or a wrong sum is torn: its thread was just entering or leaving,
 * or the reader came in between. Torn entries are counted, never guessed at.
 *
 * @param pid the monitor's process
 * @param made when the monitor made the file
 * @param inFlight what was being done, oldest first
 * @param torn entries that could not be read
 * @param unpublished how often a thread found no free entry and went in without one
 */
public record StateBlock(
    long pid, Instant made, List<InFlight> inFlight, int torn, int unpublished) {
  static final long MAGIC = 0x4846_5354_4154_4531L; // "HFSTATE1"
  static final int HEADER_BYTES = 64;
  static final int ENTRY_BYTES = 320;

  /** So many threads of one monitor can be published at the same time. */
  public static final int ENTRY_LIMIT = 1024;

  static final int HEADER_ENTRIES = 8;
  static final int HEADER_ENTRY_BYTES = 12;
  static final int HEADER_PID = 16;
  static final int HEADER_MADE = 24;
  static final int HEADER_UNPUBLISHED = 32;

  static final int SEQUENCE = 0;
  static final int SUM = 8;
  static final int ENTRY_POINT = 12;
  static final int CALL = 16;
  static final int EPOCH = 24;
  static final int SINCE = 32;
  static final int RESOURCE = 40;
  static final int PLUGIN = 104;
  static final int THREAD = 232;

  static final int RESOURCE_LIMIT_BYTES = PLUGIN - RESOURCE - Short.BYTES;
  static final int PLUGIN_LIMIT_BYTES = THREAD - PLUGIN - Short.BYTES;
  static final int THREAD_LIMIT_BYTES = ENTRY_BYTES - THREAD - Short.BYTES;

  /** Copies the list. */
  public StateBlock {
    inFlight = List.copyOf(inFlight);
  }

  /**
   * Reads a monitor's file, whether the monitor lives or not.
   *
   * @throws IOException the file is missing or is no state block; an empty or short file is one
   *     whose monitor died before it had written the header
   */
  public static StateBlock read(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    var bytes = ByteBuffer.wrap(content);
    if (bytes.capacity() < HEADER_BYTES || bytes.getLong(0) != MAGIC) {
      throw new IOException(
          "%s is no state block: it has %d bytes and does not begin with HFSTATE1."
              .formatted(file, bytes.capacity()));
    }
    int entries = bytes.getInt(HEADER_ENTRIES);
    long needed = HEADER_BYTES + (long) entries * ENTRY_BYTES;
    if (bytes.getInt(HEADER_ENTRY_BYTES) != ENTRY_BYTES
        || entries < 0
        || entries > ENTRY_LIMIT
        || needed > bytes.capacity()) {
      throw new IOException(
          "%s is a state block of another make: %d entries of %d bytes in %d bytes."
              .formatted(file, entries, bytes.getInt(HEADER_ENTRY_BYTES), bytes.capacity()));
    }
    return read(content, entries);
  }

  private static StateBlock read(byte[] content, int entries) {
    var bytes = ByteBuffer.wrap(content);
    var inFlight = new ArrayList<InFlight>();
    int torn = 0;
    for (int i = 0; i < entries; i++) {
      int at = HEADER_BYTES + i * ENTRY_BYTES;
      var entry = bytes.slice(at, ENTRY_BYTES);
      boolean settled = (entry.getLong(SEQUENCE) & 1) == 0;
      if (settled && entry.getInt(ENTRY_POINT) == 0) {
        continue;
      }
      var read = settled && entry.getInt(SUM) == sum(content, at) ? decode(entry) : null;
      if (read == null) {
        torn++;
      } else {
        inFlight.add(read);
      }
    }
    inFlight.sort(Comparator.comparing(InFlight::since));
    return new StateBlock(
        bytes.getLong(HEADER_PID),
        Instant.ofEpochMilli(bytes.getLong(HEADER_MADE)),
        inFlight,
        torn,
        bytes.getInt(HEADER_UNPUBLISHED));
  }

  private static @Nullable InFlight decode(ByteBuffer entry) {
    var entryPoint = EntryPoint.forNumber(entry.getInt(ENTRY_POINT));
    if (entryPoint == null) {
      return null;
    }
    return new InFlight(
        entryPoint,
        entry.getLong(CALL),
        text(entry, RESOURCE, RESOURCE_LIMIT_BYTES),
        text(entry, PLUGIN, PLUGIN_LIMIT_BYTES),
        entry.getLong(EPOCH),
        Instant.ofEpochMilli(entry.getLong(SINCE)),
        text(entry, THREAD, THREAD_LIMIT_BYTES));
  }

  private static String text(ByteBuffer entry, int at, int limit) {
    int length = Math.clamp(entry.getShort(at), 0, limit);
    var utf8 = new byte[length];
    entry.get(at + Short.BYTES, utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /**
   * The sum over an entry as it will be, or is, once settled.
   *
   * @param at where in the bytes it begins
   */
  static int sum(byte[] bytes, int at) {
    var crc = new CRC32C();
    crc.update(bytes, at + SEQUENCE, Long.BYTES);
    crc.update(bytes, at + ENTRY_POINT, ENTRY_BYTES - ENTRY_POINT);
    return (int) crc.getValue();
  }
}
