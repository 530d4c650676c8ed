package dev.holdfast.service.home;

import dev.holdfast.failpoint.StoragePoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The data directory of a node.
 *
 * <pre>
 *   format                 "holdfast-home 1"
 *   holdfast.conf          settings; may be missing
 *   resources/ID/          a resource's own directory, with its output.log
 *   monitors/NAME/         a monitor's output, state block and crash report
 *   unpacked/SHA256/       unpacked plugin archives
 *   events/  incidents/N/  what happened
 *   service.log            what the service logged
 *   hives/                 the hives of this node: software.hive, system.hive, with their snapshots
 *   quorum/                the cluster database, unless it has a place of its own
 *   run/home.lock          held while a service runs; never read
 *   run/service.json       who that is, and where it is reached
 * </pre>
 *
 * <p>Everything is for its owner only (0700).
 */
public final class Home {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final String FORMAT = "holdfast-home 1\n";
  private static final String NEW_FORMAT_FILE = "format.new";

  private final Path root;

  private Home(Path root) {
    this.root = root;
  }

  /**
   * Opens a home, and makes what is missing of it.
   *
   * @throws IOException it cannot be made, is another user's, or was written by another version
   */
  public static Home open(Path directory) throws IOException {
    Path root = directory.toAbsolutePath().normalize();
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw new IOException(
          "The home %s cannot be made: %s. Choose another with --home."
              .formatted(root, e.getMessage()),
          e);
    }
    var home = new Home(root);
    home.checkFormat();
    Files.setPosixFilePermissions(root, OWNER_ONLY);
    for (Path part : home.parts()) {
      Files.createDirectories(part);
    }
    return home;
  }

  private Path[] parts() {
    return new Path[] {resources(), monitors(), unpacked(), events(), incidents(), hives(), run()};
  }

  private void checkFormat() throws IOException {
    Path format = root.resolve("format");
    if (Files.exists(format)) {
      String found = Files.readString(format);
      if (!found.equals(FORMAT)) {
        throw new IOException(
            "%s says \"%s\"; this version of Holdfast reads \"%s\". It was left as it is."
                .formatted(format, found.strip(), FORMAT.strip()));
      }
      return;
    }
    try (var entries = Files.list(root)) {
      if (entries.anyMatch(entry -> !entry.endsWith(NEW_FORMAT_FILE))) {
        throw new IOException(
            "%s is neither empty nor a Holdfast home. Choose another with --home.".formatted(root));
      }
    }
    // Under another name first: half of it would say that this is another version's home.
    Path fresh = root.resolve(NEW_FORMAT_FILE);
    StoragePoint.HOME_FORMAT.before();
    Files.writeString(fresh, FORMAT);
    Files.move(fresh, format, StandardCopyOption.ATOMIC_MOVE);
    StoragePoint.HOME_FORMAT.after();
  }

  public Path root() {
    return root;
  }

  public Path settings() {
    return root.resolve("holdfast.conf");
  }

  public Path resources() {
    return root.resolve("resources");
  }

  /** A resource's own directory. */
  public Path resource(String id) {
    return resources().resolve(id);
  }

  /** What a resource's processes write. */
  public Path output(String id) {
    return resource(id).resolve("output.log");
  }

  public Path monitors() {
    return root.resolve("monitors");
  }

  /** A monitor's own directory. */
  public Path monitor(String name) {
    return monitors().resolve(name);
  }

  public Path unpacked() {
    return root.resolve("unpacked");
  }

  public Path events() {
    return root.resolve("events");
  }

  public Path incidents() {
    return root.resolve("incidents");
  }

  /** Where the hives of this node are. */
  public Path hives() {
    return root.resolve("hives");
  }

  public Path log() {
    return root.resolve("service.log");
  }

  public Path run() {
    return root.resolve("run");
  }

  /** Where the layer of checkpoints keeps what it throws away again. */
  public Path captures() {
    return run().resolve("checkpoints");
  }

  public Path lock() {
    return run().resolve("home.lock");
  }

  public Path serviceFile() {
    return run().resolve("service.json");
  }

  /** Where the quorum directory is when nobody said otherwise. */
  public Path quorum() {
    return root.resolve("quorum");
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
