package dev.holdfast.backup;

import dev.holdfast.quorum.Blobs;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.quorum.Holder;
import dev.holdfast.quorum.QuorumDirectory;
import dev.holdfast.quorum.QuorumFormatException;
import dev.holdfast.quorum.QuorumHeldException;
import dev.holdfast.quorum.QuorumLock;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.HiveCopy;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A quorum directory that no service holds: what is done with it takes its lock first. Whoever
 * finds it held is told by whom, in a {@link RefusedException}.
 */
public final class OfflineQuorum {
  private final Path directory;
  private final InstantSource clock;

  public OfflineQuorum(Path directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /** Whether there is one. */
  public boolean exists() {
    return Files.exists(directory.resolve(QuorumDirectory.FORMAT_FILE))
        || Files.exists(directory.resolve(QuorumDirectory.LOG_FILE));
  }

  /**
   * The home of the service that holds the directory, as it says there itself; which proves
   * nothing, and is where to ask.
   */
  public Optional<Path> holdersHome() {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory.resolve("nodes"), "*.json")) {
      for (Path file : files) {
        JsonNode node = JsonMapper.shared().readTree(Files.readString(file));
        if (node.path("role").asString("").equals("holder")) {
          return Optional.of(Path.of(node.path("home").asString("")));
        }
      }
    } catch (IOException | DirectoryIteratorException | JacksonException e) {
      // Nobody said it; that it is held is said all the same.
    }
    return Optional.empty();
  }

  /** Whether a process holds it now. */
  public boolean isHeld() throws IOException {
    try (QuorumLock _ = DirectoryQuorumLog.hold(directory, self())) {
      return false;
    } catch (QuorumHeldException held) {
      return true;
    }
  }

  private Holder self() {
    return Holder.thisProcess("holdfast quorum", clock.instant());
  }

  /** What was written. */
  public record Written(Path file, Manifest manifest, long sizeBytes, List<Finding> lacking) {}

  /** Writes a backup, reads it back, and gives it its name. */
  public Written backUp(BackupTarget target, Progress progress) throws IOException {
    try (DirectoryQuorumLog log = DirectoryQuorumLog.tryOpenExisting(directory, self(), clock)) {
      Blobs blobs = log.blobs(UnaryOperator.identity());
      Instant now = clock.instant();
      Manifest manifest;
      List<Finding> lacking;
      long size;
      try (Backup backup = Backup.of(log, blobs, node(log.snapshot()), now)) {
        manifest = backup.manifest();
        size = backup.sizeBytes();
        target.requireRoom(size);
        backup.writeTo(target.out(), progress);
        lacking = target.verify(progress);
      }
      Path file = target.finish();
      log.commit(
          QuorumKeys.write(new QuorumKeys.LastBackup(now, manifest.revision(), file.toString())));
      return new Written(file, manifest, size, lacking);
    } catch (QuorumHeldException e) {
      throw held("no backup was written", "ask the service that holds it, with --home", e);
    } catch (CommitException e) {
      throw new IOException(
          "the backup is good; that it was made could not be written down: " + e.getMessage(), e);
    }
  }

  private static String node(Snapshot database) {
    return database.value("Nodes", "Holder").map(RegistryValue::text).orElse("-");
  }

  private static RefusedException held(String what, String next, QuorumHeldException e) {
    return new RefusedException("%s: %s; %s".formatted(what, e.getMessage(), next), e);
  }

  /** Reads all of it, and says what is wrong. */
  public QuorumCheck check(Progress progress) throws IOException {
    if (!exists()) {
      throw new QuorumFormatException("there is no quorum directory at " + directory);
    }
    try (QuorumLock _ = DirectoryQuorumLog.hold(directory, self())) {
      return QuorumCheck.of(directory, progress);
    } catch (QuorumHeldException e) {
      throw held(
          directory + " was not verified",
          "what a service holds it verifies itself: holdfast checkpoint verify, holdfast type"
              + " verify",
          e);
    }
  }

  /** What its database says of itself. */
  public record Known(
      UUID cluster,
      long revision,
      Optional<QuorumKeys.LastBackup> lastBackup,
      Optional<QuorumKeys.Restored> restored) {}

  /** Reads the database. */
  public Known known() throws IOException {
    try (QuorumLock _ = DirectoryQuorumLog.hold(directory, self())) {
      HiveCopy.Content content =
          HiveCopy.read(new DirectoryStorage(directory), QuorumDirectory.LOG_FILE);
      Snapshot database = content.snapshot();
      return new Known(
          content.hiveId(),
          database.revision().number(),
          QuorumKeys.lastBackup(database),
          QuorumKeys.restored(database));
    } catch (QuorumHeldException e) {
      throw held(directory + " was not read", "ask the service that holds it, with --home", e);
    }
  }

  /**
   * Makes this directory what a backup says.
   *
   * @param replace another quorum directory may be there
   * @param rehearse say what would be done, and change nothing
   */
  public Restoration.Outcome restore(
      BackupFile backup, boolean replace, boolean rehearse, Progress progress) throws IOException {
    var restoration = new Restoration(backup, directory, replace, self(), clock);
    try {
      return rehearse ? restoration.rehearse() : restoration.run(progress);
    } catch (QuorumHeldException e) {
      throw held(
          "%s was not restored to %s".formatted(backup.file(), directory),
          "stop that service first: holdfast service stop, or holdfast service stop --keep",
          e);
    }
  }
}
