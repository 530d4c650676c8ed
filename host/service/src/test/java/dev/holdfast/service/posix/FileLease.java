package dev.holdfast.service.posix;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A write lease on a file: whoever opens or executes it waits until the lease is given back (or
 * broken by the kernel, after 45 s). A hung file system, as far as an exec can tell.
 */
public final class FileLease implements AutoCloseable {
  private static final NativeFunction FCNTL = NativeFunction.variadic("fcntl");
  private static final int F_SETSIG = 10;
  private static final int F_SETLEASE = 1024;
  private static final int F_WRLCK = 1;

  private final RandomAccessFile open;

  private FileLease(RandomAccessFile open) {
    this.open = open;
  }

  /** Takes it; empty-handed file systems make this throw. */
  public static FileLease take(Path file) throws IOException {
    RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw");
    int descriptor = descriptorOf(file);
    // Else the kernel asks for the lease back by SIGIO, which would end this JVM.
    PosixException.check("set signal", FCNTL.call(descriptor, F_SETSIG, Signal.URG.number()));
    PosixException.check("lease " + file, FCNTL.call(descriptor, F_SETLEASE, F_WRLCK));
    return new FileLease(open);
  }

  private static int descriptorOf(Path file) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path one : all) {
        if (Files.isSymbolicLink(one) && Files.readSymbolicLink(one).equals(file.toRealPath())) {
          return Integer.parseInt(one.getFileName().toString());
        }
      }
    }
    throw new IOException("No descriptor of ours is " + file);
  }

  @Override
  public void close() throws IOException {
    open.close();
  }
}
