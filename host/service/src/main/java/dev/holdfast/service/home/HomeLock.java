package dev.holdfast.service.home;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lock that makes a service the only one on its home. The file is opened once and never read:
 * closing another descriptor of it in this JVM would drop a POSIX lock. Who holds it is written
 * beside it, in {@code service.json}.
 */
public final class HomeLock implements AutoCloseable {
  private static final Pattern PID = Pattern.compile("\"pid\"\\s*:\\s*(\\d+)");

  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Another service has the home. */
  public static final class HeldException extends IOException {
    private static final long serialVersionUID = 1;

    private HeldException(String message) {
      super(message);
    }
  }

  /**
   * Takes the lock.
   *
   * @throws HeldException another service has it; the message names its pid
   */
  public static HomeLock take(Home home) throws IOException {
    var channel =
        FileChannel.open(home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw held(home);
    }
    if (lock == null) {
      channel.close();
      throw held(home);
    }
    return new HomeLock(channel);
  }

  private static HeldException held(Home home) {
    String holder =
        holderPid(home)
            .map(pid -> "the service with pid " + pid)
            .orElse("another service, which has not said its pid yet");
    return new HeldException(
        "The home %s is held by %s. Use that one, stop it (holdfast service stop --home %s), or choose another home with --home."
            .formatted(home, holder, home));
  }

  /** The pid in {@code service.json}; empty when there is none. */
  private static Optional<String> holderPid(Home home) {
    try {
      Matcher pid = PID.matcher(Files.readString(home.serviceFile()));
      return pid.find() ? Optional.of(pid.group(1)) : Optional.empty();
    } catch (IOException e) {
      // The holder is just starting, and has not written it; its lock is proof enough.
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
