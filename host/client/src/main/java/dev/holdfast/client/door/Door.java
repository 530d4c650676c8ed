package dev.holdfast.client.door;

import dev.holdfast.client.transport.UnixHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the service's socket. The home's {@code run/service.json} says where it is ({@code
 * {"pid":…,"startTicks":…,"socket":"…","http":…,"version":"…"}}). Who may not read the home looks
 * where the service's own rule puts it, and then believes only a socket that the home's owner, or
 * root, listens on: anybody can open one in /tmp.
 *
 * <pre>
 *   {@code /run/holdfast-<hash>/api.sock} or {@code /tmp/holdfast-<hash>/api.sock}
 *   hash = first 16 hex digits of SHA-256 of the home's real path
 * </pre>
 */
public final class Door {
  private Door() {}

  /**
   * Connects to the service of a home.
   *
   * @param wait how long that may take, and all that follows until another limit is set
   * @throws NoServiceException there is none, it is not the home's, or it does not take us
   */
  public static UnixHttp open(Path home, Duration wait) throws NoServiceException {
    Path file = home.resolve("run").resolve("service.json");
    String written;
    try {
      written = Files.readString(file);
    } catch (NoSuchFileException none) {
      throw nobody("No cluster service runs on " + home + ".", none);
    } catch (AccessDeniedException notOurs) {
      return openByRule(home, notOurs, wait);
    } catch (IOException unreadable) {
      throw nobody(file + " cannot be read: " + unreadable + ".", unreadable);
    }
    return openWritten(home, file, written, wait);
  }

  private static UnixHttp openWritten(Path home, Path file, String written, Duration wait)
      throws NoServiceException {
    JsonNode service;
    try {
      service = JsonMapper.shared().readTree(written);
    } catch (JacksonException broken) {
      throw nobody(file + " cannot be read: it is not JSON.", broken);
    }
    String socket = service.path("socket").asString("");
    if (socket.isEmpty()) {
      throw new NoServiceException(
          "The cluster service of "
              + home
              + " is starting and takes no commands yet; try again in a moment.",
          true,
          null);
    }
    try {
      return UnixHttp.connect(Path.of(socket), wait);
    } catch (IOException | RuntimeException gone) {
      String pid = service.path("pid").asString("?");
      throw nobody(
          "The cluster service of " + home + " (pid " + pid + ") does not listen any more.", gone);
    }
  }

  private static UnixHttp openByRule(Path home, IOException denied, Duration wait)
      throws NoServiceException {
    try {
      String name = "holdfast-" + hash(home.toRealPath().toString());
      for (Path socket : candidates(name)) {
        if (Files.exists(socket)) {
          UnixHttp connection = UnixHttp.connect(socket, wait);
          if (connection.server().equals(Files.getOwner(home))
              || connection.server().getName().equals("root")) {
            return connection;
          }
          connection.close();
        }
      }
    } catch (IOException alsoNot) {
      denied.addSuppressed(alsoNot);
    }
    throw nobody("The home " + home + " is not ours, and no service listens for it.", denied);
  }

  private static List<Path> candidates(String name) {
    List<Path> sockets = new ArrayList<>();
    for (String base : List.of("/run", "/tmp")) {
      sockets.add(Path.of(base, name, "api.sock"));
    }
    return sockets;
  }

  static String hash(String path) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private static NoServiceException nobody(String found, Exception cause) {
    return new NoServiceException(found, false, cause);
  }
}
