package dev.holdfast.service.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalLong;

/** The system's accounts. A look-up may ask a directory service, and then it blocks. */
public final class Accounts {
  private static final NativeFunction GETPWNAM = NativeFunction.fixed("getpwnam_r");
  private static final NativeFunction GETPWUID = NativeFunction.fixed("getpwuid_r");
  private static final NativeFunction GETGRNAM = NativeFunction.fixed("getgrnam_r");
  private static final NativeFunction GETGRGID = NativeFunction.fixed("getgrgid_r");
  private static final long PASSWD_BYTES = 64;
  private static final long PW_UID = 16;
  private static final long PW_GID = 20;
  private static final long GR_GID = 16;
  private static final long TEXT_BYTES = 64 * 1024;

  private Accounts() {}

  /**
   * An account.
   *
   * @param user its number
   * @param group the number of its primary group
   */
  public record Account(int user, int group) {}

  /** The account of this name. */
  public static Optional<Account> find(String name) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      return find(arena, GETPWNAM, "user " + name, arena.allocateFrom(name, UTF_8).address())
          .map(passwd -> new Account(passwd.get(JAVA_INT, PW_UID), passwd.get(JAVA_INT, PW_GID)));
    }
  }

  /** The name of a user. */
  public static Optional<String> userName(long user) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      return find(arena, GETPWUID, "user " + user, user).map(Accounts::name);
    }
  }

  /** The number of a group. */
  public static OptionalLong findGroup(String name) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      return find(arena, GETGRNAM, "group " + name, arena.allocateFrom(name, UTF_8).address())
          .map(group -> OptionalLong.of(Integer.toUnsignedLong(group.get(JAVA_INT, GR_GID))))
          .orElse(OptionalLong.empty());
    }
  }

  /** The name of a group. */
  public static Optional<String> groupName(long group) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      return find(arena, GETGRGID, "group " + group, group).map(Accounts::name);
    }
  }

  /** Of users and groups alike the name comes first. */
  private static String name(MemorySegment entry) {
    return MemorySegment.ofAddress(entry.get(JAVA_LONG, 0))
        .reinterpret(TEXT_BYTES)
        .getString(0, UTF_8);
  }

  /** What one of the four functions finds; as long as the arena is open. */
  private static Optional<MemorySegment> find(
      Arena arena, NativeFunction function, String what, long key) throws PosixException {
    MemorySegment entry = arena.allocate(PASSWD_BYTES, Long.BYTES);
    MemorySegment found = arena.allocate(ADDRESS);
    int error =
        function.call(
            key,
            entry.address(),
            arena.allocate(TEXT_BYTES).address(),
            TEXT_BYTES,
            found.address(),
            0);
    // The manual lets "not found" come as an error too, with either of these.
    boolean absent = error == Errno.ENOENT.number() || error == Errno.ESRCH.number();
    PosixException.check("look up " + what, absent ? 0 : -error);
    return absent || found.get(JAVA_LONG, 0) == 0 ? Optional.empty() : Optional.of(entry);
  }
}
