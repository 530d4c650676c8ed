package dev.holdfast.service.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The system's accounts. A look-up may ask a directory service, and then it blocks. */
public final class Accounts {
  private static final NativeFunction GETPWNAM = NativeFunction.fixed("getpwnam_r");
  private static final long PASSWD_BYTES = 64;
  private static final long PW_UID = 16;
  private static final long PW_GID = 20;
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
      MemorySegment passwd = arena.allocate(PASSWD_BYTES, Long.BYTES);
      MemorySegment found = arena.allocate(ADDRESS);
      int error =
          GETPWNAM.call(
              arena.allocateFrom(name, UTF_8).address(),
              passwd.address(),
              arena.allocate(TEXT_BYTES).address(),
              TEXT_BYTES,
              found.address(),
              0);
      // The manual lets "not found" come as an error too, with either of these.
      boolean absent = error == Errno.ENOENT.number() || error == Errno.ESRCH.number();
      PosixException.check("look up user " + name, absent ? 0 : -error);
      return absent || found.get(JAVA_LONG, 0) == 0
          ? Optional.empty()
          : Optional.of(new Account(passwd.get(JAVA_INT, PW_UID), passwd.get(JAVA_INT, PW_GID)));
    }
  }
}
