package dev.holdfast.samples.scriptable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What happened, in the file {@code journal} of the resource's directory, across every monitor that
 * ever held it. A line an event, each appended by one write:
 *
 * <pre>
 *   nanos=81240110022 boot=3f1c… pid=4711 epoch=3 call=online event=enter
 *   nanos=81240310022 boot=3f1c… pid=4711 epoch=3 call=online event=return answer=done
 * </pre>
 *
 * {@code nanos} is the kernel's monotonic clock: it compares across processes of one boot. Not
 * forced to the disk: it tells of deaths of processes, not of machines.
 */
final class Journal {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path file;
  private final String boot;

  Journal(Path directory) throws IOException {
    this.file = directory.resolve("journal");
    this.boot = Files.isReadable(BOOT_ID) ? Files.readString(BOOT_ID).strip() : "unknown";
  }

  void enter(Place place, long epoch) throws IOException {
    write(place, epoch, "event=enter");
  }

  void answered(Place place, long epoch, String answer) throws IOException {
    write(place, epoch, "event=return answer=" + answer);
  }

  void thrown(Place place, long epoch, Throwable thrown) throws IOException {
    write(place, epoch, "event=throw thrown=" + words(thrown));
  }

  /** Its class alone, when it will not be talked about. */
  private static String words(Throwable thrown) {
    try {
      return thrown.toString();
    } catch (RuntimeException poisoned) {
      return thrown.getClass().getName();
    }
  }

  private void write(Place place, long epoch, String event) throws IOException {
    String line =
        "nanos=%d boot=%s pid=%d epoch=%d call=%s %s"
            .formatted(
                System.nanoTime(),
                boot,
                ProcessHandle.current().pid(),
                epoch,
                place.word(),
                event.replace('\n', ' '));
    Files.write(
        file,
        (line + "\n").getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
