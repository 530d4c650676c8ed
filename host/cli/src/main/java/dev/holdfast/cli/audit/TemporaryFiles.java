package dev.holdfast.cli.audit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is made under another name first, where it would be left if it were never renamed:
 *
 * <pre>
 *   QUORUM/plugins/.incoming-…   an archive being stored
 *   HOME/unpacked/.incoming-…    a plugin being unpacked
 *   HOME/incidents/N.tmp         an incident being written or dropped
 *   HOME/incidents/N/….tmp       one being completed
 *   HOME/run/….new               service.json being replaced
 * </pre>
 */
final class TemporaryFiles {
  private TemporaryFiles() {}

  static List<Path> in(Path home, Path plugins) throws IOException {
    List<Path> found = new ArrayList<>();
    add(plugins, ".incoming-*", found);
    add(home.resolve("unpacked"), ".incoming-*", found);
    add(home.resolve("run"), "*.new", found);
    Path incidents = home.resolve("incidents");
    add(incidents, "*.tmp", found);
    List<Path> folders = new ArrayList<>();
    add(incidents, "[0-9]*", folders);
    for (Path folder : folders) {
      if (!found.contains(folder)) {
        add(folder, "*.tmp", found);
      }
    }
    return found;
  }

  private static void add(Path folder, String pattern, List<Path> found) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
      entries.forEach(found::add);
    } catch (NoSuchFileException | NotDirectoryException nothingThere) {
      // Then nothing is left there.
    }
  }
}
