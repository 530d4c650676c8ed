package dev.holdfast.registry.hive;

import dev.holdfast.registry.Applied;
import dev.holdfast.registry.BatchCodec;
import dev.holdfast.registry.BatchRefusedException;
import dev.holdfast.registry.Commit;
import dev.holdfast.registry.CommitFeed;
import dev.holdfast.registry.MalformedEncodingException;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import dev.holdfast.registry.hive.LogFormat.Current;
import dev.holdfast.registry.hive.LogFormat.Header;
import dev.holdfast.registry.hive.LogFormat.Kind;
import dev.holdfast.registry.hive.LogFormat.WithTree;
import dev.holdfast.registry.hive.RecordReader.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a hive's log: its batches, and where they end. Changes nothing. */
final class LogReplay {
  private static final int COPY_BYTES = 1 << 20;

  private final StorageFile file;
  private final String name;
  private final long size;
  private final Header header;
  private final RecordReader records;

  private long offset = LogFormat.HEADER_BYTES;

  /** The revision that the log has come to. */
  private long last;

  private long batches;
  private boolean marked;

  /** The parts read since the last batch, and where the first of them is. */
  private TreeCodec.@Nullable Reader parts;

  private long partsAt;

  private LogReplay(StorageFile file, String name, Header header) throws IOException {
    this.file = file;
    this.name = name;
    this.size = file.size();
    this.header = header;
    this.last = header.base().number();
    this.records = new RecordReader(file, size, LogFormat.bytes(header.hiveId()));
  }

  /**
   * What a log holds.
   *
   * @param from where the batches begin that the snapshot did not have, which it was read onto
   * @param end where the next record goes
   * @param contentEnd where the bytes end that are not zero; after {@code end} if the tail is torn
   * @param marked whether the last record is a mark, so that all before it is vouched for
   */
  record Replayed(
      Header header,
      Snapshot snapshot,
      CommitFeed feed,
      long batches,
      long from,
      long end,
      long contentEnd,
      boolean marked,
      String torn) {}

  /**
   * Reads the whole log.
   *
   * @param start the tree at the header's base, or at a later revision of the log
   * @throws DamagedHiveException if something that was synced is not what was written
   */
  static Replayed replay(StorageFile file, String name, Current header, Snapshot start)
      throws IOException {
    var log = new LogReplay(file, name, header);
    Replayed replayed = log.replay(start);
    if (log.last < header.newest().number()) {
      throw new DamagedHiveException(
          name,
          HivePart.LOG,
          replayed.end(),
          "it ends at revision %d, and had come to %s when its newest snapshot was made"
              .formatted(log.last, header.newest()));
    }
    return replayed;
  }

  /** As {@link #replay(StorageFile, String, Current, Snapshot)}, of one that has the tree in it. */
  static Replayed replay(StorageFile file, String name, WithTree header) throws IOException {
    var log = new LogReplay(file, name, header);
    return log.replay(new Snapshot(header.base(), log.readTree(header)));
  }

  /** The header of a log that is not older than this program. */
  static Current header(StorageFile file, String name) throws IOException {
    if (anyHeader(file, name) instanceof Current header) {
      return header;
    }
    throw new DamagedHiveException(name, HivePart.HEADER, 8, "it became older while it was opened");
  }

  /**
   * What the log begins with.
   *
   * @throws UnsupportedHiveException if it is of a version that is not known
   */
  static Header anyHeader(StorageFile file, String name) throws IOException {
    var bytes = ByteBuffer.allocate(LogFormat.HEADER_BYTES);
    file.read(0, bytes);
    return LogFormat.decode(bytes.flip(), name);
  }

  private Replayed replay(Snapshot start) throws IOException {
    Snapshot snapshot = start;
    var feed = new CommitFeed(start);
    long from = offset;
    while (true) {
      switch (records.at(offset)) {
        case Found.Whole whole -> {
          snapshot = replay(whole, snapshot, feed);
          offset = whole.next();
          if (last <= start.revision().number() && parts == null) {
            from = offset;
          }
        }
        case Found.Nothing() -> {
          return replayed(snapshot, feed, from, "zeros where a record was begun");
        }
        case Found.Bad(String what) -> {
          return replayed(snapshot, feed, from, what);
        }
      }
    }
  }

  private RegistryKey readTree(WithTree header) throws IOException {
    long end = LogFormat.HEADER_BYTES + header.treeBytes();
    if (end > size) {
      throw damaged(size, "the file ends in the tree it begins with");
    }
    var reader = new TreeCodec.Reader();
    while (offset < end) {
      if (!(records.at(offset) instanceof Found.Whole whole)
          || whole.kind() != Kind.TREE
          || whole.next() > end) {
        throw damaged(offset, "a record of the tree is not what was written");
      }
      try {
        reader.read(whole.payload());
      } catch (MalformedEncodingException e) {
        throw damaged(offset, "a record of the tree cannot be read, " + e.getMessage());
      }
      offset = whole.next();
    }
    if (!treeDigest(end).equals(header.treeDigest())) {
      throw damaged(LogFormat.HEADER_BYTES, "the tree's digest is not the one in the header");
    }
    RegistryKey root;
    try {
      root = reader.root();
    } catch (MalformedEncodingException e) {
      throw damaged(LogFormat.HEADER_BYTES, "the tree cannot be read, " + e.getMessage());
    }
    if (!reader.size().equals(header.treeSize())) {
      throw damaged(
          48, "the header counts %s, the tree has %s".formatted(header.treeSize(), reader.size()));
    }
    return root;
  }

  /** The digest of the tree's records, from the header to that offset. */
  private String treeDigest(long end) throws IOException {
    MessageDigest digest = Snapshots.sha256();
    var buffer = ByteBuffer.allocate((int) Math.min(COPY_BYTES, end));
    long offset = LogFormat.HEADER_BYTES;
    while (offset < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - offset));
      int count = file.read(offset, buffer);
      if (count == 0) {
        throw new IOException("the file ended while its tree was read");
      }
      digest.update(buffer.flip());
      offset += count;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private Snapshot replay(Found.Whole whole, Snapshot snapshot, CommitFeed feed)
      throws IOException {
    if (parts != null && whole.kind() != Kind.PART && whole.kind() != Kind.BATCH) {
      throw damaged(offset, "the batch that the parts before it belong to is not there");
    }
    return switch (whole.kind()) {
      case TREE -> throw damaged(offset, "a record of a tree among the batches");
      case MARK -> {
        if (whole.revision() != last) {
          throw damaged(
              offset, "a mark of revision %d after revision %d".formatted(whole.revision(), last));
        }
        marked = true;
        yield snapshot;
      }
      case PART -> {
        requireNext(whole);
        readPart(whole);
        yield snapshot;
      }
      case BATCH -> {
        requireNext(whole);
        marked = false;
        last = whole.revision();
        if (last <= snapshot.revision().number()) {
          // The snapshot has it.
          parts = null;
          yield snapshot;
        }
        batches++;
        yield applied(whole, snapshot, feed);
      }
    };
  }

  private void requireNext(Found.Whole whole) throws DamagedHiveException {
    if (whole.revision() != last + 1) {
      throw damaged(offset, "revision %d where %d was due".formatted(whole.revision(), last + 1));
    }
  }

  private void readPart(Found.Whole whole) throws DamagedHiveException {
    TreeCodec.Reader reader = parts;
    if (reader == null) {
      reader = new TreeCodec.Reader();
      parts = reader;
      partsAt = offset;
    }
    try {
      reader.read(whole.payload());
    } catch (MalformedEncodingException e) {
      throw damaged(offset, "a part of a batch cannot be read, " + e.getMessage());
    }
  }

  private Snapshot applied(Found.Whole whole, Snapshot snapshot, CommitFeed feed)
      throws DamagedHiveException {
    try {
      TreeCodec.Reader reader = parts;
      RegistryKey contents = reader == null ? null : reader.root();
      parts = null;
      BatchCodec.Logged logged =
          header instanceof WithTree old && old.version() == 1
              ? BatchCodec.decodeVersion1(whole.payload())
              : BatchCodec.decode(whole.payload(), contents);
      Applied applied = snapshot.applied(logged.batch(), logged.time());
      Snapshot next = applied.snapshot();
      var commit =
          new Commit(
              next.revision(), logged.batch(), logged.time(), Optional.empty(), applied.effects());
      feed.append(List.of(commit), next);
      return next;
    } catch (MalformedEncodingException | BatchRefusedException e) {
      throw damaged(
          offset,
          "the batch of revision %d does not fit: %s".formatted(whole.revision(), e.getMessage()));
    }
  }

  private Replayed replayed(Snapshot snapshot, CommitFeed feed, long from, String what)
      throws IOException {
    if (parts != null) {
      // What a batch consists of is written in one group: without the batch nobody was told of it.
      offset = partsAt;
    }
    long contentEnd = records.endOfContent(offset);
    refuseIfVouchedFor(contentEnd, what);
    return new Replayed(header, snapshot, feed, batches, from, offset, contentEnd, marked, what);
  }

  /** Looks for a later record that says the bad one had been synced. */
  private void refuseIfVouchedFor(long contentEnd, String what) throws IOException {
    for (long at = offset + LogFormat.ALIGNMENT; at < contentEnd; at += LogFormat.ALIGNMENT) {
      if (records.at(at) instanceof Found.Whole later && later.groupStart() > offset) {
        throw damaged(
            offset,
            "%s, and the record at offset %,d (revision %d) shows that this one had been acknowledged"
                .formatted(what, at, later.revision()));
      }
    }
  }

  private DamagedHiveException damaged(long at, String what) {
    return new DamagedHiveException(name, HivePart.LOG, at, what);
  }
}
