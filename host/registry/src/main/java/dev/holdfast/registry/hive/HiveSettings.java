package dev.holdfast.registry.hive;

import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * How a hive is kept.
 *
 * @param name the hive's name in messages and thread names
 * @param ids where a new hive gets its id from
 * @param clock says when a batch is committed; asked once for a group of them. It may go back
 * @param compactAtBytes a snapshot is made when the log is longer by this, and by twice the newest
 *     snapshot, than it was then
 * @param roomBytes how much room in the file is made in advance each time
 */
public record HiveSettings(
    String name, Supplier<UUID> ids, InstantSource clock, long compactAtBytes, int roomBytes) {
  private static final long COMPACT_AT_BYTES = 16L << 20;
  private static final int ROOM_BYTES = 1 << 20;

  public HiveSettings {
    if (compactAtBytes < 1 || roomBytes < 0) {
      throw new IllegalArgumentException(
          "a hive needs compactAtBytes of 1 or more and roomBytes of 0 or more, found %d and %d"
              .formatted(compactAtBytes, roomBytes));
    }
  }

  /** The usual settings for a hive of that name. */
  public static HiveSettings named(String name, InstantSource clock) {
    return new HiveSettings(name, UUID::randomUUID, clock, COMPACT_AT_BYTES, ROOM_BYTES);
  }
}
