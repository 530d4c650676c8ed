package dev.holdfast.service.home;

import dev.holdfast.failpoint.StoragePoint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * {@code run/service.json}: which service runs on a home, and where it is reached. Written by
 * rename, so that a reader sees a whole one; removed at a clean end. After a death it names a
 * process that is gone, which its pid and start ticks tell.
 */
public final class ServiceFile {
  private ServiceFile() {}

  /**
   * Writes it.
   *
   * @param socket empty while the API is not served yet
   */
  public static void write(
      Home home,
      long pid,
      long startTicks,
      String version,
      Optional<Path> socket,
      Optional<URI> http)
      throws IOException {
    String json =
        """
        {"pid": %d, "startTicks": %d, "version": "%s", "socket": %s, "http": %s}
        """
            .formatted(
                pid,
                startTicks,
                version,
                socket.map(path -> quoted(path.toString())).orElse("null"),
                http.map(uri -> quoted(uri.toString())).orElse("null"));
    Path temporary = home.run().resolve("service.json.new");
    StoragePoint.SERVICE_FILE_WRITE.before();
    Files.writeString(temporary, json);
    StoragePoint.SERVICE_FILE_WRITE.after();
    StoragePoint.SERVICE_FILE_RENAME.before();
    Files.move(
        temporary,
        home.serviceFile(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    StoragePoint.SERVICE_FILE_RENAME.after();
  }

  /** Removes it. */
  public static void remove(Home home) throws IOException {
    Files.deleteIfExists(home.serviceFile());
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
