package dev.holdfast.checkpoint.file;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The system calls that the JDK has no door to. */
final class Posix {
  private static final int AT_FDCWD = -100;
  private static final int RENAME_EXCHANGE = 2;
  private static final int O_RDONLY = 0;
  private static final int O_CLOEXEC = 0x80000;

  private static final int EINVAL = 22;
  private static final int ENOSYS = 38;
  private static final int EOPNOTSUPP = 95;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final long ERRNO_OFFSET =
      Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private static final Optional<MethodHandle> RENAMEAT2 =
      function(
          "renameat2",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT),
          ERRNO);
  private static final Optional<MethodHandle> SYMLINK =
      function("symlink", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS), ERRNO);
  private static final Optional<MethodHandle> OPEN =
      function(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          ERRNO,
          Linker.Option.firstVariadicArg(2));
  private static final Optional<MethodHandle> SYNCFS =
      function("syncfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
  private static final Optional<MethodHandle> CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);

  private Posix() {}

  /**
   * Lets two files of one file system, of whatever kind, change places in one step.
   *
   * @return false if this kernel or file system cannot
   */
  static boolean exchange(Path one, Path other) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int error =
          call(
              RENAMEAT2,
              arena,
              AT_FDCWD,
              string(one, arena),
              AT_FDCWD,
              string(other, arena),
              RENAME_EXCHANGE);
      if (error == EINVAL || error == ENOSYS || error == EOPNOTSUPP) {
        return false;
      }
      check(error, "renameat2", one, other);
      return true;
    }
  }

  /** Makes a link whose target is kept as it is written, also with a double slash in it. */
  static void symlink(String target, Path link) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      check(
          call(SYMLINK, arena, arena.allocateFrom(target), string(link, arena)),
          "symlink",
          link,
          null);
    }
  }

  /** Brings all to the disk that was written to a file system, faster than file by file. */
  static void syncFileSystem(Path directory) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
      int file = invoke(OPEN, state, string(directory, arena), O_RDONLY | O_CLOEXEC, 0);
      check(file < 0 ? state.get(JAVA_INT, ERRNO_OFFSET) : 0, "open", directory, null);
      try {
        check(call(SYNCFS, arena, file), "syncfs", directory, null);
      } finally {
        call(CLOSE, arena, file);
      }
    }
  }

  private static Optional<MethodHandle> function(
      String name, FunctionDescriptor shape, Linker.Option... options) {
    return LINKER
        .defaultLookup()
        .find(name)
        .map(address -> LINKER.downcallHandle(address, shape, options));
  }

  /** Returns errno, or 0 when it went well. A function that is not there is ENOSYS. */
  private static int call(Optional<MethodHandle> function, Arena arena, Object... arguments) {
    if (function.isEmpty()) {
      return ENOSYS;
    }
    MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
    return invoke(function, state, arguments) < 0 ? state.get(JAVA_INT, ERRNO_OFFSET) : 0;
  }

  private static int invoke(
      Optional<MethodHandle> function, MemorySegment state, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = state;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    try {
      return (int) function.orElseThrow().invokeWithArguments(Arrays.asList(all));
    } catch (RuntimeException | Error unchecked) {
      throw unchecked;
    } catch (Throwable impossible) {
      throw new AssertionError("A downcall throws nothing checked", impossible);
    }
  }

  private static MemorySegment string(Path path, Arena arena) {
    byte[] bytes = Names.bytes(path);
    MemorySegment string = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, string, 0, bytes.length);
    return string;
  }

  private static void check(int error, String call, Path file, @Nullable Path other)
      throws IOException {
    if (error == 0) {
      return;
    }
    String reason =
        switch (error) {
          case 1 -> "operation not permitted";
          case 13 -> "permission denied";
          case 28 -> "no space left on device";
          case 30 -> "read-only file system";
          case 122 -> "disk quota exceeded";
          default -> call + " failed with errno " + error;
        };
    throw new FileSystemException(file.toString(), other == null ? null : other.toString(), reason);
  }
}
