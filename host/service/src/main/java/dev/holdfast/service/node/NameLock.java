package dev.holdfast.service.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The operating system's lock on a node's name in a quorum directory: of two that start at one
 * moment, one has it. It is gone with the process, however that ends; the file stays, because
 * whoever deleted it could delete one that another has just locked.
 *
 * <p>Who has the lock is written in the file, for people. The holder never opens it again: a POSIX
 * lock is dropped when its process closes <em>any</em> descriptor of the file.
 */
final class NameLock implements AutoCloseable {
  /** The files that this process has locked, or is trying to lock. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private NameLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Takes it if it is free. */
  static Optional<NameLock> tryTake(Path file, Member self) throws IOException {
    Path real = file.toAbsolutePath().normalize();
    if (!HELD.add(real)) {
      return Optional.empty();
    }
    @Nullable NameLock taken = null;
    try {
      taken = tryTakeOnce(real, self);
    } finally {
      if (taken == null) {
        HELD.remove(real);
      }
    }
    return Optional.ofNullable(taken);
  }

  private static @Nullable NameLock tryTakeOnce(Path file, Member self) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean taken = false;
    try {
      @Nullable FileLock lock = channel.tryLock();
      if (lock == null) {
        return null;
      }
      channel.truncate(0);
      channel.write(StandardCharsets.UTF_8.encode(self.json()));
      taken = true;
      return new NameLock(file, channel);
    } catch (OverlappingFileLockException e) {
      return null;
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  /** Who has taken it, as far as the file tells: empty in the moment before it has said so. */
  static Optional<Member> holder(Path file) {
    try {
      return Optional.of(Member.parse(Files.readString(file, StandardCharsets.UTF_8)));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Gives it up. */
  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(file);
    }
  }
}
