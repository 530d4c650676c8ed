package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of the test's own, in memory, that can be filled and made read-only. It takes root,
 * which not every machine gives; where it cannot be mounted, tests that need one are skipped.
 */
final class SmallDisk {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /**
   * @param folder is made, and the disk mounted there
   * @param size as mount(8) reads it, such as {@code 16m}
   */
  static SmallDisk mount(Path folder, String size) throws IOException, InterruptedException {
    Files.createDirectory(folder);
    Ran mount =
        run(folder, "mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder.toString());
    // The sweep has disks full by fail points, everywhere.
    Assumptions.assumeTrue(
        mount.exitCode() == 0, "a disk of the test's own can be mounted: " + mount.err());
    return new SmallDisk(folder);
  }

  private static Ran run(Path folder, String... command) throws IOException, InterruptedException {
    return Distribution.run(folder.resolveSibling("."), Map.of(), List.of(command));
  }

  Path folder() {
    return folder;
  }

  private Path ballast() {
    return folder.resolve("ballast");
  }

  /** Leaves no room. */
  void fill() throws IOException {
    var block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(ballast())) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  /** Takes away what filled it. */
  void makeRoom() throws IOException {
    Files.delete(ballast());
  }

  /**
   * Lets nobody write below a folder on it, whatever is open elsewhere; until {@link #writable}.
   */
  void readOnly(Path below) throws IOException, InterruptedException {
    does("mount", "--bind", below.toString(), below.toString());
    does("mount", "-o", "remount,ro,bind", below.toString());
  }

  void writable(Path below) throws IOException, InterruptedException {
    does("umount", below.toString());
  }

  private void does(String... command) throws IOException, InterruptedException {
    Ran ran = run(folder, command);
    assertThat(ran.exitCode()).as(ran.toString()).isZero();
  }

  /** Takes it away, and what was made read-only on it. */
  void close() throws IOException, InterruptedException {
    does("umount", "--recursive", folder.toString());
  }
}
