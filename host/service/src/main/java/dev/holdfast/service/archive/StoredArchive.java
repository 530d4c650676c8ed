package dev.holdfast.service.archive;

import java.nio.file.Path;
import java.util.List;

/**
 * An archive in the store.
 *
 * @param digest what it is kept under
 * @param path where it is: {@code <plugins>/<sha256>.zip}
 * @param archive what was found in it
 * @param others digests of other archives in the store that call themselves by the same plugin id
 *     and version: two archives with one name. Whether that is refused is the caller's to say: one
 *     may be left over from a registration that is gone
 */
public record StoredArchive(
    ArchiveDigest digest, Path path, PluginArchive archive, List<ArchiveDigest> others) {
  /** Copies the list. */
  public StoredArchive {
    others = List.copyOf(others);
  }
}
