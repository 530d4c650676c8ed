package dev.holdfast.service.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where a service's sockets are. Their paths must be short (a Unix socket's path has at most 107
 * bytes), and others than the owner must reach the API's, so they cannot be in the home, which is
 * 0700. The directory is named by the home, so that somebody who cannot read the home's {@code
 * run/service.json} finds the socket all the same; the command line knows the same rule:
 *
 * <pre>
 *   {@code /run/holdfast-<hash>}   for root
 *   {@code /tmp/holdfast-<hash>}   for others
 *   hash = first 16 hex digits of SHA-256 of the home's real path, as UTF-8
 * </pre>
 */
public final class RuntimeDirectory {
  /** Name of the API's socket within the directory. */
  public static final String API_SOCKET = "api.sock";

  private RuntimeDirectory() {}

  /**
   * The directory of a home. Touches nothing but to resolve links.
   *
   * @param asRoot whether the service runs as root
   */
  public static Path of(Path home, boolean asRoot) throws IOException {
    Path real = Files.exists(home) ? home.toRealPath() : home.toAbsolutePath().normalize();
    return Path.of(asRoot ? "/run" : "/tmp", "holdfast-" + hash(real.toString()));
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

  /**
   * Makes the directory, open to all for searching and reading (0755), or takes the one that is
   * there, if it is ours: anybody can put something of that name into /tmp.
   *
   * @throws IOException it cannot be made, or what is there is not a directory of ours
   */
  public static void make(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
        || !Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getOwner(Path.of("/proc/self")))) {
      throw new IOException(
          "The runtime directory "
              + directory
              + " is there, but it is not a directory of ours. Remove it, and start again.");
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
