package dev.holdfast.registry.hive;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real directory. Files are created for their owner only (0600). */
public final class DirectoryStorage implements Storage {
  private final Path directory;

  public DirectoryStorage(Path directory) {
    this.directory = directory;
  }

  @Override
  public boolean exists(String name) {
    return Files.exists(directory.resolve(name));
  }

  @Override
  public List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return new ChannelFile(
        channel(
            directory.resolve(name), Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)));
  }

  @Override
  public StorageFile create(String name) throws IOException {
    return new ChannelFile(
        channel(
            directory.resolve(name),
            Set.of(
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING)));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(directory.resolve(name));
  }

  @Override
  public void syncDirectory() throws IOException {
    try (var channel = channel(directory, Set.of(StandardOpenOption.READ))) {
      channel.force(true);
    }
  }

  @Override
  public String describe(String name) {
    return directory.resolve(name).toString();
  }

  /**
   * An asynchronous channel that is used synchronously. A {@code FileChannel} is closed for good
   * when a thread is interrupted inside it, and here any thread that commits may be the one that
   * writes; this kind of channel does not mind. Its executor runs the write where it is called.
   */
  private static AsynchronousFileChannel channel(Path path, Set<? extends OpenOption> options)
      throws IOException {
    return AsynchronousFileChannel.open(
        path,
        options,
        CallingThread.INSTANCE,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private record ChannelFile(AsynchronousFileChannel channel) implements StorageFile {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      int total = 0;
      while (target.hasRemaining()) {
        int count = finished(channel.read(target, offset + total));
        if (count < 0) {
          break;
        }
        total += count;
      }
      return total;
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      long at = offset;
      while (source.hasRemaining()) {
        at += finished(channel.write(source, at));
      }
    }

    @Override
    public void sync() throws IOException {
      // Without "metadata" this is fdatasync, which does write a changed size.
      channel.force(false);
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    private static int finished(Future<Integer> operation) throws IOException {
      try {
        return operation.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException io) {
          throw io;
        }
        throw new IOException(e.getCause());
      } catch (InterruptedException e) {
        // Cannot be: the operation ran on this thread and is done. If it is not, we must not guess.
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted inside an operation on a file");
      }
    }
  }

  private static final class CallingThread extends AbstractExecutorService {
    static final CallingThread INSTANCE = new CallingThread();

    @Override
    public void execute(Runnable command) {
      command.run();
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return false;
    }
  }
}
