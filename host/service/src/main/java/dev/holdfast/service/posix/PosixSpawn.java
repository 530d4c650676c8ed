package dev.holdfast.service.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Starts a process in a session of its own, with descriptors 0, 1 and 2 only, all signals at their
 * defaults and none blocked.
 *
 * <p>The JDK's own way is three times slower, keeps a thread for each child, and reaps behind our
 * back. The C library's spawn runs the child on a stack of its own with signals blocked; only the
 * calling thread waits for the exec.
 */
public final class PosixSpawn {
  private static final NativeFunction SPAWN = NativeFunction.fixed("posix_spawn");
  private static final NativeFunction ATTR_INIT = NativeFunction.fixed("posix_spawnattr_init");
  private static final NativeFunction ATTR_DESTROY =
      NativeFunction.fixed("posix_spawnattr_destroy");
  private static final NativeFunction SET_FLAGS = NativeFunction.fixed("posix_spawnattr_setflags");
  private static final NativeFunction SET_DEFAULT =
      NativeFunction.fixed("posix_spawnattr_setsigdefault");
  private static final NativeFunction SET_MASK = NativeFunction.fixed("posix_spawnattr_setsigmask");
  private static final NativeFunction ACTIONS_INIT =
      NativeFunction.fixed("posix_spawn_file_actions_init");
  private static final NativeFunction ACTIONS_DESTROY =
      NativeFunction.fixed("posix_spawn_file_actions_destroy");
  private static final NativeFunction ADD_OPEN =
      NativeFunction.fixed("posix_spawn_file_actions_addopen");
  private static final NativeFunction ADD_DUP2 =
      NativeFunction.fixed("posix_spawn_file_actions_adddup2");
  private static final NativeFunction ADD_CHDIR =
      NativeFunction.fixed("posix_spawn_file_actions_addchdir_np");
  private static final NativeFunction ADD_CLOSE_FROM =
      NativeFunction.fixed("posix_spawn_file_actions_addclosefrom_np");

  private static final int SETSIGDEF = 0x04;
  private static final int SETSIGMASK = 0x08;
  private static final int SETSID = 0x80;
  private static final int O_WRONLY = 1;
  private static final int O_CREAT = 0x40;
  private static final int O_TRUNC = 0x200;
  private static final int O_APPEND = 0x400;
  private static final int OUTPUT_MODE = 0600;

  /** Room enough: 336, 80 and 128 bytes in the C library of x86-64. */
  private static final long ATTRIBUTES_BYTES = 512;

  private static final long ACTIONS_BYTES = 256;
  private static final long SIGSET_BYTES = 128;

  private PosixSpawn() {}

  /**
   * Starts it, and waits until it has executed its program. That can hang on a hung file system.
   *
   * @return its pid; it is not reaped before we do
   * @throws PosixException why not, which may be about the program, the directory or the output; no
   *     child is left then
   */
  public static int spawn(SpawnRequest request) throws PosixException {
    String input = request.input();
    int pipe = input == null ? -1 : Descriptors.pipeHolding(input.getBytes(UTF_8));
    try (Arena arena = Arena.ofConfined()) {
      return spawn(request, pipe, arena);
    } finally {
      if (pipe >= 0) {
        Descriptors.close(pipe);
      }
    }
  }

  private static int spawn(SpawnRequest request, int pipe, Arena arena) throws PosixException {
    long attributes = arena.allocate(ATTRIBUTES_BYTES, 16).address();
    long actions = arena.allocate(ACTIONS_BYTES, 16).address();
    check("prepare attributes", ATTR_INIT.call(attributes));
    try {
      check("prepare actions", ACTIONS_INIT.call(actions));
      try {
        setAttributes(attributes, arena);
        addActions(request, pipe, actions, arena);
        MemorySegment pid = arena.allocate(JAVA_INT);
        check(
            "execute " + request.program(),
            SPAWN.call(
                pid.address(),
                string(request.program(), arena),
                actions,
                attributes,
                strings(request.arguments(), arena),
                strings(request.environment(), arena)));
        return pid.get(JAVA_INT, 0);
      } finally {
        var _ = ACTIONS_DESTROY.call(actions);
      }
    } finally {
      var _ = ATTR_DESTROY.call(attributes);
    }
  }

  private static void setAttributes(long attributes, Arena arena) throws PosixException {
    long none = arena.allocate(SIGSET_BYTES, 16).address();
    // Every bit, also those that sigfillset leaves out: the C library's own two signals would else
    // be ignored in the child, because a JVM has handlers for them.
    long all = arena.allocate(SIGSET_BYTES, 16).fill((byte) 0xff).address();
    check("set flags", SET_FLAGS.call(attributes, SETSIGDEF | SETSIGMASK | SETSID));
    check("reset signals", SET_DEFAULT.call(attributes, all));
    check("unblock signals", SET_MASK.call(attributes, none));
  }

  private static void addActions(SpawnRequest request, int pipe, long actions, Arena arena)
      throws PosixException {
    check(
        "set standard input",
        pipe >= 0
            ? ADD_DUP2.call(actions, pipe, 0)
            : ADD_OPEN.call(actions, 0, string("/dev/null", arena), 0, 0, 0));
    String errors = request.errors();
    // Appending in both cases: what is begun anew may be cut while it is written.
    int flags = O_WRONLY | O_CREAT | O_APPEND | (errors == null ? 0 : O_TRUNC);
    check(
        "set standard output",
        ADD_OPEN.call(actions, 1, string(request.output(), arena), flags, OUTPUT_MODE, 0));
    check(
        "set standard error",
        errors == null
            ? ADD_DUP2.call(actions, 1, 2)
            : ADD_OPEN.call(actions, 2, string(errors, arena), flags, OUTPUT_MODE, 0));
    check("set the directory", ADD_CHDIR.call(actions, string(request.directory(), arena)));
    // The JVM has descriptors that would survive an exec; and this reaches what we do not know of.
    check("close descriptors", ADD_CLOSE_FROM.call(actions, 3));
  }

  /** This family returns the error number itself. */
  private static void check(String attempted, int error) throws PosixException {
    PosixException.check(attempted, -error);
  }

  private static long string(String text, Arena arena) {
    return arena.allocateFrom(text, UTF_8).address();
  }

  private static long strings(List<String> texts, Arena arena) {
    MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i), UTF_8));
    }
    return array.address();
  }
}
