package dev.holdfast.backup;

import dev.holdfast.quorum.Blobs;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.quorum.Holder;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.RegistryValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A quorum directory with a group, a resource with two generations, and a type. */
final class SampleQuorum {
  static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
  static final InstantSource CLOCK = InstantSource.fixed(NOW);
  static final Holder ALPHA = Holder.thisProcess("alpha", NOW);

  private static final String CHECKPOINT = "Resources\\r1\\Checkpoints\\00000001";

  private final Path directory;
  private final List<String> digests = new ArrayList<>();
  private String archive = "";
  private long revision;

  private SampleQuorum(Path directory) {
    this.directory = directory;
  }

  static SampleQuorum in(Path directory) throws Exception {
    var sample = new SampleQuorum(directory);
    try (DirectoryQuorumLog log = sample.open()) {
      sample.fill(log);
    }
    return sample;
  }

  private void fill(DirectoryQuorumLog log) throws Exception {
    Blobs blobs = log.blobs(UnaryOperator.identity());
    for (String content : List.of("first", "second".repeat(200))) {
      digests.add(blobs.put(out -> out.write(content.getBytes(StandardCharsets.UTF_8))).digest());
    }
    byte[] zip = "an archive".getBytes(StandardCharsets.UTF_8);
    archive = Sha256.of(ByteBuffer.wrap(zip));
    Files.write(plugin(), zip);
    log.commit(group("web"));
    log.commit(
        Batch.builder()
            .createKey(CHECKPOINT)
            .createKey("ResourceTypes\\Sample\\Versions\\1.0")
            .set("Resources\\r1", RegistryValue.sz("Name", "web"))
            .set("ResourceTypes\\Sample", RegistryValue.sz("Name", "Sample"))
            .set("ResourceTypes\\Sample\\Versions\\1.0", RegistryValue.sz("Digest", archive))
            .set("Resources\\r1\\Checkpoints", RegistryValue.dword("NextId", 2))
            .set(CHECKPOINT, RegistryValue.sz("Source", "registry"))
            .set(CHECKPOINT, RegistryValue.sz("Path", "Software\\Sample"))
            .set(CHECKPOINT, RegistryValue.multiSz("Excludes", List.of()))
            .set(CHECKPOINT, RegistryValue.sz("OnRestoreFailure", "continue"))
            .set(CHECKPOINT, RegistryValue.sz("OnDrift", "restore"))
            .set(CHECKPOINT, RegistryValue.dword("Keep", 10))
            .set(CHECKPOINT, RegistryValue.qword("QuietMillis", 250))
            .set(CHECKPOINT, RegistryValue.qword("DelayMillis", 2000))
            .set(CHECKPOINT, RegistryValue.qword("RollBackWithinMillis", 0))
            .set(CHECKPOINT, RegistryValue.qword("Current", 2))
            .build());
    for (int i = 0; i < digests.size(); i++) {
      log.commit(generation(i + 1, digests.get(i)));
    }
    revision = log.snapshot().revision().number();
  }

  static Batch group(String name) {
    return Batch.builder()
        .createKey("Groups\\" + name)
        .set("Groups\\" + name, RegistryValue.sz("Name", name))
        .build();
  }

  static Batch generation(int number, String digest) {
    String key = CHECKPOINT + "\\Generations\\%08d".formatted(number);
    return Batch.builder()
        .createKey(key)
        .set(key, RegistryValue.sz("Digest", digest))
        .set(key, RegistryValue.sz("Fingerprint", digest))
        .set(key, RegistryValue.qword("SizeBytes", 5))
        .set(key, RegistryValue.qword("SavedAt", NOW.toEpochMilli()))
        .set(key, RegistryValue.sz("Cause", "Changed"))
        .set(key, RegistryValue.sz("Node", "alpha"))
        .set(key, RegistryValue.qword("Revision", number))
        .build();
  }

  DirectoryQuorumLog open() throws IOException {
    return DirectoryQuorumLog.tryOpen(directory, ALPHA, CLOCK);
  }

  /** With each blob held, as a service has them. */
  Blobs blobs(DirectoryQuorumLog log) {
    Blobs blobs = log.blobs(UnaryOperator.identity());
    digests.forEach(blobs::hold);
    return blobs;
  }

  Backup backup(DirectoryQuorumLog log) throws IOException {
    return Backup.of(log, blobs(log), "alpha", NOW);
  }

  /** Writes a backup. */
  Path backUpTo(Path file) throws IOException {
    try (DirectoryQuorumLog log = open();
        Backup backup = backup(log);
        BackupTarget target = BackupTarget.create(file, false, directory)) {
      backup.writeTo(target.out(), Progress.NONE);
      if (!target.verify(Progress.NONE).isEmpty()) {
        throw new IllegalStateException("the sample's backup is not good");
      }
      return target.finish();
    }
  }

  Path directory() {
    return directory;
  }

  long revision() {
    return revision;
  }

  String digest(int number) {
    return digests.get(number);
  }

  Path blob(int number) {
    return directory.resolve("blobs").resolve(digest(number).substring("sha256:".length()));
  }

  Path plugin() {
    return directory.resolve("plugins").resolve(archive.substring("sha256:".length()) + ".zip");
  }
}
