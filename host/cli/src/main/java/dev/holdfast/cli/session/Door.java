package dev.holdfast.cli.session;

import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.transport.UnixHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

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
final class Door {
  private Door() {}

  /**
   * Connects to the service of a home.
   *
   * @throws Failure unreachable: there is none, or it does not answer
   */
  static UnixHttp open(Home home) {
    Path file = home.path().resolve("run").resolve("service.json");
    String written;
    try {
      written = Files.readString(file);
    } catch (NoSuchFileException none) {
      throw nobody(home, "No cluster service runs on " + home.path(), none);
    } catch (AccessDeniedException notOurs) {
      return openByRule(home, notOurs);
    } catch (IOException unreadable) {
      throw nobody(home, file + " cannot be read: " + unreadable, unreadable);
    }
    return openWritten(home, file, written);
  }

  private static UnixHttp openWritten(Home home, Path file, String written) {
    JsonNode service;
    try {
      service = Json.read(written);
    } catch (JacksonException broken) {
      throw nobody(home, file + " cannot be read: it is not JSON", broken);
    }
    String socket = service.path("socket").asString("");
    if (socket.isEmpty()) {
      throw new Failure(
          ExitCode.UNREACHABLE,
          "The cluster service of "
              + home.path()
              + " is starting and takes no commands yet; try again in a moment.");
    }
    try {
      return UnixHttp.connect(Path.of(socket));
    } catch (IOException | RuntimeException gone) {
      String pid = service.path("pid").asString("?");
      throw nobody(
          home,
          "The cluster service of " + home.path() + " (pid " + pid + ") does not listen any more",
          gone);
    }
  }

  private static UnixHttp openByRule(Home home, IOException denied) {
    try {
      String name = "holdfast-" + hash(home.path().toRealPath().toString());
      for (Path socket : candidates(name)) {
        if (Files.exists(socket)) {
          UnixHttp connection = UnixHttp.connect(socket);
          if (connection.server().equals(Files.getOwner(home.path()))
              || connection.server().getName().equals("root")) {
            return connection;
          }
          connection.close();
        }
      }
    } catch (IOException alsoNot) {
      denied.addSuppressed(alsoNot);
    }
    throw nobody(
        home, "The home " + home.path() + " is not ours, and no service listens for it", denied);
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

  private static Failure nobody(Home home, String found, Exception cause) {
    return new Failure(
        ExitCode.UNREACHABLE, found + ". Start one with: " + home.startCommand(), cause);
  }
}
