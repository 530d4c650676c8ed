package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a tree asks of the machine, where tests have their own.
 *
 * @param proc where {@code /proc} is
 * @param credentials as whom files are touched
 * @param room how many bytes may still be written
 * @param exchanges whether two files can change places in one step
 * @param steps is told of each
 */
record Machine(Path proc, Identity credentials, Room room, boolean exchanges, Steps steps) {
  private static final Path PROC = Path.of("/proc");

  static final Machine OURS =
      new Machine(
          PROC,
          () -> Credentials.own(PROC),
          directory -> Files.getFileStore(directory).getUsableSpace(),
          true,
          Steps.UNSEEN);

  /** Says who we are. */
  @FunctionalInterface
  interface Identity {
    Credentials own() throws IOException;
  }

  /** Says what room there is. */
  @FunctionalInterface
  interface Room {
    long usableBytes(Path directory) throws IOException;
  }

  Machine withProc(Path other) {
    return new Machine(other, credentials, room, exchanges, steps);
  }

  Machine withCredentials(Credentials other) {
    return new Machine(proc, () -> other, room, exchanges, steps);
  }

  Machine withRoom(long usableBytes) {
    return new Machine(proc, credentials, directory -> usableBytes, exchanges, steps);
  }

  Machine withoutExchange() {
    return new Machine(proc, credentials, room, false, steps);
  }

  Machine withSteps(Steps other) {
    return new Machine(proc, credentials, room, exchanges, other);
  }
}
