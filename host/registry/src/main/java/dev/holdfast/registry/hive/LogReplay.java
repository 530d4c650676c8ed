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
import dev.holdfast.registry.hive.LogFormat.Header;
import dev.holdfast.registry.hive.LogFormat.Kind;
import dev.holdfast.registry.hive.RecordReader.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a hive's file: its tree, its batches, and where they end. Changes nothing. */
final class LogReplay {
  private final StorageFile file;
  private final String name;
  private final long size;
  private final Header header;
  private final RecordReader records;

  private long offset = LogFormat.HEADER_BYTES;
  private long batches;
  private boolean marked;

  /** The parts read since the last batch, and where the first of them is. */
  private TreeCodec.@Nullable Reader parts;

  private long partsAt;

  private LogReplay(StorageFile file, String name) throws IOException {
    this.file = file;
    this.name = name;
    this.size = file.size();
    this.header = header(file, name);
    this.records = new RecordReader(file, size, LogFormat.bytes(header.hiveId()));
  }

  /**
   * What a file holds.
   *
   * @param end where the next record goes
   * @param contentEnd where the bytes end that are not zero; after {@code end} if the tail is torn
   * @param marked whether the last record is a mark, so that all before it is vouched for
   */
  record Replayed(
      Header header,
      Snapshot snapshot,
      CommitFeed feed,
      long batches,
      long end,
      long contentEnd,
      boolean marked,
      String torn) {}

  /**
   * Reads the whole file.
   *
   * @throws DamagedHiveException if something that was synced is not what was written
   */
  static Replayed replay(StorageFile file, String name) throws IOException {
    return new LogReplay(file, name).replay();
  }

  /**
   * What the file begins with.
   *
   * @throws UnsupportedHiveException if it is of a version that is not known
   */
  static Header header(StorageFile file, String name) throws IOException {
    var bytes = ByteBuffer.allocate(LogFormat.HEADER_BYTES);
    file.read(0, bytes);
    return LogFormat.decode(bytes.flip(), name);
  }

  private Replayed replay() throws IOException {
    Snapshot snapshot = new Snapshot(header.base(), readTree());
    var feed = new CommitFeed(snapshot);
    while (true) {
      switch (records.at(offset)) {
        case Found.Whole whole -> {
          snapshot = replay(whole, snapshot, feed);
          offset = whole.next();
        }
        case Found.Nothing() -> {
          return replayed(snapshot, feed, "zeros where a record was begun");
        }
        case Found.Bad(String what) -> {
          return replayed(snapshot, feed, what);
        }
      }
    }
  }

  private RegistryKey readTree() throws IOException {
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
    if (!TreeFile.digest(file, end).equals(header.treeDigest())) {
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

  private Snapshot replay(Found.Whole whole, Snapshot snapshot, CommitFeed feed)
      throws IOException {
    long last = snapshot.revision().number();
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
        requireNext(whole, last);
        readPart(whole);
        yield snapshot;
      }
      case BATCH -> {
        requireNext(whole, last);
        marked = false;
        batches++;
        yield applied(whole, snapshot, feed);
      }
    };
  }

  private void requireNext(Found.Whole whole, long last) throws DamagedHiveException {
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
          header.version() == 1
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

  private Replayed replayed(Snapshot snapshot, CommitFeed feed, String what) throws IOException {
    if (parts != null) {
      // What a batch consists of is written in one group: without the batch nobody was told of it.
      offset = partsAt;
    }
    long contentEnd = records.endOfContent(offset);
    refuseIfVouchedFor(contentEnd, what);
    return new Replayed(header, snapshot, feed, batches, offset, contentEnd, marked, what);
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
    return new DamagedHiveException(name, at, what);
  }
}
