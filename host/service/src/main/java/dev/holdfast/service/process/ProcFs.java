package dev.holdfast.service.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code /proc}. Safe for use by many threads.
 *
 * <p>That a process is gone is an answer (empty). That it could not be looked at, because we have
 * too many open files, is not the same and is thrown as an {@link UncheckedIOException}: it must
 * never be taken for a death.
 */
final class ProcFs {
  private static final String ENTRY_NAME = SlotToken.VARIABLE + "=";

  /** So often is a process looked at that is being given its program, a fifth of a ms apart. */
  private static final int LOOKS_MAX = 250;

  /**
   * So often is one looked at that waits in the kernel: of a hundred that hang, each costs that.
   */
  private static final int LOOKS_WHILE_WAITING = 25;

  /** The state letter of a process that waits in the kernel, and heeds no signal. */
  static final char WAITING = 'D';

  private static final Duration BETWEEN_LOOKS = Duration.ofNanos(200_000);

  private final Path root;
  private final Runnable pause;
  private final String bootId;

  ProcFs(Path root) throws IOException {
    this(root, () -> LockSupport.parkNanos(BETWEEN_LOOKS.toNanos()));
  }

  /**
   * @param pause waits before a process is looked at again
   */
  ProcFs(Path root, Runnable pause) throws IOException {
    this.root = root;
    this.pause = pause;
    this.bootId = Files.readString(root.resolve("sys/kernel/random/boot_id"), ISO_8859_1).strip();
  }

  String bootId() {
    return bootId;
  }

  /** Now, on the clock of start ticks. */
  BootTicks now() {
    try {
      // Seconds with two digits after the point; a tick of these files is a hundredth of a second.
      String uptime = Files.readString(root.resolve("uptime"), ISO_8859_1);
      String seconds = uptime.substring(0, uptime.indexOf(' '));
      return new BootTicks(Long.parseLong(seconds.replace(".", "")), bootId);
    } catch (IOException e) {
      throw new UncheckedIOException("The uptime of the machine cannot be read", e);
    }
  }

  /** The process that has this pid, dead or alive. */
  Optional<ProcStat> stat(int pid) {
    byte[] content = read(pid, "stat");
    return content == null || content.length == 0
        ? Optional.empty()
        : Optional.of(ProcStat.parse(content));
  }

  /**
   * This life of the process, dead (and unreaped) or alive; empty when its pid is free or
   * another's.
   */
  Optional<ProcStat> stat(ProcessIdentity process) {
    return process.bootId().equals(bootId)
        ? stat(process.pid()).filter(stat -> stat.startTicks() == process.startTicks())
        : Optional.empty();
  }

  /** The name of its program, of at most 15 characters. */
  String program(ProcessIdentity process) {
    byte @Nullable [] name = read(process.pid(), "comm");
    return name == null || !isAlive(process) ? "?" : new String(name, ISO_8859_1).strip();
  }

  boolean isAlive(ProcessIdentity process) {
    return stat(process).filter(stat -> !stat.isDead()).isPresent();
  }

  /** Every process there is; some may be gone when this returns. */
  List<ProcStat> all() {
    List<ProcStat> all = new ArrayList<>();
    for (int pid : numbersIn(root)) {
      stat(pid).ifPresent(all::add);
    }
    return all;
  }

  /**
   * The token in a process's environment as it was when it executed its program. Empty too when we
   * may not look, and for a process that waits in the kernel for more than some milliseconds: its
   * memory may be locked, and reading it would wait as well.
   *
   * <p>In the middle of an exec a process has no environment for a moment, and its parent may go on
   * before that moment is over. It is looked at again then: what carries a slot's token must not be
   * taken for something else's.
   */
  Optional<SlotToken> token(ProcStat process) {
    Optional<ProcStat> awake = awaitAwake(process);
    if (awake.filter(stat -> stat.state() != WAITING && !stat.isDead()).isEmpty()) {
      return Optional.empty();
    }
    byte[] content = read(process.pid(), "environ");
    for (int look = 1; look < LOOKS_MAX && isEmpty(content); look++) {
      boolean unset = isBetweenPrograms(process.pid());
      if (unset) {
        pause.run();
      }
      content = read(process.pid(), "environ");
      if (!unset) {
        break; // It has none; or it was given its program after the look before.
      }
    }
    if (content == null) {
      return Optional.empty();
    }
    return Splitter.on('\0')
        .splitToStream(new String(content, ISO_8859_1))
        .filter(entry -> entry.startsWith(ENTRY_NAME))
        .findFirst()
        .flatMap(entry -> SlotToken.find(entry.substring(ENTRY_NAME.length())));
  }

  /** Most processes that wait for a disk have it within a millisecond. */
  private Optional<ProcStat> awaitAwake(ProcStat process) {
    Optional<ProcStat> now = Optional.of(process);
    for (int look = 1; look < LOOKS_WHILE_WAITING && now.isPresent(); look++) {
      if (now.get().state() != WAITING) {
        break;
      }
      pause.run();
      now = stat(process.pid()).filter(stat -> stat.startTicks() == process.startTicks());
    }
    return now;
  }

  private static boolean isEmpty(byte @Nullable [] environment) {
    return environment != null && environment.length == 0;
  }

  /** Whether a process's working directory is this folder, or within it. */
  boolean runsIn(int pid, Path folder) {
    try {
      return Files.readSymbolicLink(root.resolve(Integer.toString(pid)).resolve("cwd"))
          .startsWith(folder);
    } catch (IOException goneOrNotForUs) {
      return false;
    }
  }

  /** Whether a process is being given its program, and has no environment meanwhile. */
  boolean isBetweenPrograms(int pid) {
    byte[] stat = read(pid, "stat");
    return stat != null && stat.length > 0 && ProcStat.isBetweenPrograms(stat);
  }

  /** Whether a process is on its way out, or out already, and not reaped. */
  boolean isExiting(int pid) {
    byte[] stat = read(pid, "stat");
    return stat != null && stat.length > 0 && ProcStat.isExiting(stat);
  }

  /** The words of its command line; none of a process that is gone, or has none. */
  List<String> arguments(int pid) {
    byte @Nullable [] content = read(pid, "cmdline");
    return content == null
        ? List.of()
        : Splitter.on('\0').omitEmptyStrings().splitToList(new String(content, ISO_8859_1));
  }

  /** The kernel function a process waits in; empty when it does not, or the kernel does not say. */
  String waitingIn(int pid) {
    byte[] content = read(pid, "wchan");
    String function = content == null ? "" : new String(content, ISO_8859_1).strip();
    return function.equals("0") ? "" : function;
  }

  /** Children of our own, by the thread they belong to. */
  List<Integer> childrenOfThread(int thread) {
    byte[] content = read(childrenPath(thread));
    return content == null ? List.of() : ChildrenFile.pids(content);
  }

  /** The same list, to be read often. */
  ChildrenFile childrenFile(int thread) {
    return new ChildrenFile(childrenPath(thread));
  }

  private Path childrenPath(int thread) {
    return root.resolve("self/task/" + thread + "/children");
  }

  /** Children of our own, but for those of the threads named. */
  List<Integer> children(Set<Integer> exceptThreads) {
    List<Integer> children = new ArrayList<>();
    for (int thread : numbersIn(root.resolve("self/task"))) {
      if (!exceptThreads.contains(thread)) {
        children.addAll(childrenOfThread(thread));
      }
    }
    return children;
  }

  /** Whether this kernel lists children by thread (almost all do). */
  boolean listsChildren(int ownThread) {
    return Files.exists(childrenPath(ownThread));
  }

  private static List<Integer> numbersIn(Path directory) {
    List<Integer> numbers = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (Character.isDigit(name.charAt(0))) {
          numbers.add(Integer.valueOf(name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The processes in " + directory + " cannot be listed", e);
    }
    return numbers;
  }

  private byte @Nullable [] read(int pid, String file) {
    return read(root.resolve(Integer.toString(pid)).resolve(file));
  }

  /** Null when the process is gone, or the file is not for us. */
  private static byte @Nullable [] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException | AccessDeniedException e) {
      return null; // An answer, see the class.
    } catch (IOException e) {
      // A process that goes while its file is open gives "no such process" (ESRCH); looking at the
      // entry needs no descriptor, so it also answers when we have too many open.
      String message = String.valueOf(e.getMessage());
      if (message.contains("No such process") || !Files.exists(file)) {
        return null;
      }
      throw new UncheckedIOException("Process information cannot be read: " + file, e);
    }
  }
}
