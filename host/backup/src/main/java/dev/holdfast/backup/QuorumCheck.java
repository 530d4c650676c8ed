package dev.holdfast.backup;

import dev.holdfast.quorum.QuorumDirectory;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.HiveCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What is wrong with a quorum directory that no service holds. Changes nothing in it.
 *
 * @param database what it has; empty if that cannot be read
 */
public record QuorumCheck(Optional<Database> database, List<Finding> findings) {
  public QuorumCheck {
    findings = List.copyOf(findings);
  }

  /** Which database it is, and what it came to. */
  public record Database(UUID cluster, long revision) {}

  /** Reads all that counts in a quorum directory; who asks holds its lock. */
  public static QuorumCheck of(Path quorum, Progress progress) throws IOException {
    List<Finding> findings = new ArrayList<>();
    try {
      if (!new QuorumDirectory(quorum).hasFormat()) {
        findings.add(Finding.broken(QuorumDirectory.FORMAT_FILE, "it is not there"));
      }
    } catch (IOException e) {
      findings.add(Finding.broken(QuorumDirectory.FORMAT_FILE, String.valueOf(e.getMessage())));
    }
    HiveCopy.Content database;
    try {
      database = HiveCopy.read(new DirectoryStorage(quorum), QuorumDirectory.LOG_FILE);
    } catch (IOException e) {
      findings.add(
          Finding.broken(
              QuorumDirectory.LOG_FILE,
              "the database cannot be read: " + Space.explained("it", quorum, e).getMessage()));
      return new QuorumCheck(Optional.empty(), findings);
    }
    List<Needed> all = Needed.of(database.snapshot());
    long done = 0;
    for (Needed needed : all) {
      progress.at(++done, all.size());
      Path file = quorum.resolve(needed.name());
      if (!Layout.isName(needed.name()) || !Files.isRegularFile(file)) {
        findings.add(Finding.lacking(needed.name(), "it is not there; needed by " + needed.by()));
      } else if (!Sha256.of(file).equals(needed.digest())) {
        findings.add(Finding.lacking(needed.name(), "it is damaged; needed by " + needed.by()));
      }
    }
    return new QuorumCheck(
        Optional.of(new Database(database.hiveId(), database.snapshot().revision().number())),
        findings);
  }
}
