package dev.holdfast.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.quorum.Blobs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
  @TempDir private Path folder;
  private SampleQuorum sample;
  private Path file;

  @BeforeEach
  void makeOne() throws Exception {
    sample = SampleQuorum.in(folder.resolve("quorum"));
    file = folder.resolve("backup.tar");
  }

  private byte[] backUp() throws IOException {
    try (var log = sample.open();
        Backup backup = sample.backup(log)) {
      var out = new ByteArrayOutputStream();
      backup.writeTo(out, Progress.NONE);
      assertThat(out.size()).isEqualTo(backup.sizeBytes());
      return out.toByteArray();
    }
  }

  private List<Finding> verify(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try (BackupFile backup = BackupFile.open(file)) {
      return backup.verify(Progress.NONE);
    }
  }

  @Test
  void whatWasWritten_isGood_andTheSameEachTime() throws Exception {
    byte[] bytes = backUp();

    assertThat(verify(bytes)).isEmpty();
    assertThat(backUp()).isEqualTo(bytes);
  }

  @Test
  void anyTar_bringsTheFilesBack_andSha256sumTheManifest() throws Exception {
    byte[] bytes = backUp();

    List<String> names = new ArrayList<>();
    try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.add(entry.getName());
        if (entry.getName().equals(Manifest.SEAL)) {
          assertThat(new String(tar.readAllBytes(), StandardCharsets.US_ASCII))
              .matches("[0-9a-f]{64}  backup\\.json\n");
        }
      }
    }
    assertThat(names).startsWith("backup.json", "format", "cluster.log");
    assertThat(names).endsWith("backup.json.sha256");
    assertThat(names).filteredOn(name -> name.startsWith("blobs/")).hasSize(2);
    assertThat(names).filteredOn(name -> name.startsWith("plugins/")).hasSize(1);
  }

  @Test
  void manifest_saysWhatItIsOf() throws Exception {
    Files.write(file, backUp());

    try (BackupFile backup = BackupFile.open(file)) {
      Manifest manifest = backup.manifest();
      assertThat(manifest.node()).isEqualTo("alpha");
      assertThat(manifest.takenAt()).isEqualTo(SampleQuorum.NOW);
      assertThat(manifest.quorum()).isEqualTo(folder.resolve("quorum").toString());
      assertThat(manifest.revision()).isEqualTo(sample.revision());
      assertThat(manifest.lacking()).isEmpty();
      assertThat(backup.database().hiveId()).isEqualTo(manifest.cluster());
    }
  }

  /** Every byte is a content's, or is known beforehand. */
  @Test
  void eachByteThatIsAnother_isFound() throws Exception {
    byte[] bytes = backUp();
    Files.write(file, bytes);

    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int at = 0; at < bytes.length; at++) {
        channel.write(ByteBuffer.wrap(new byte[] {(byte) (bytes[at] ^ 0x41)}), at);
        try (BackupFile backup = BackupFile.open(file)) {
          assertThat(backup.verify(Progress.NONE)).as("byte %d", at).isNotEmpty();
        } catch (MalformedBackupException told) {
          assertThat(told.getMessage()).isNotEmpty();
        }
        channel.write(ByteBuffer.wrap(bytes, at, 1), at);
      }
    }
    assertThat(verify(bytes)).isEmpty();
  }

  @Test
  void eachCut_isFound() throws Exception {
    byte[] bytes = backUp();

    for (int size = 0; size < bytes.length; size += 256) {
      byte[] cut = Arrays.copyOf(bytes, size);
      assertThatExceptionOfType(MalformedBackupException.class).isThrownBy(() -> verify(cut));
    }
    assertThatExceptionOfType(MalformedBackupException.class)
        .isThrownBy(() -> verify(Arrays.copyOf(bytes, bytes.length + 512)))
        .withMessageContaining("its manifest says");
  }

  @Test
  void blobThatIsDamagedOrMissing_isLeftOut_andSaid() throws Exception {
    Files.write(sample.blob(0), new byte[] {1}, StandardOpenOption.APPEND);
    Files.delete(sample.plugin());

    List<Finding> findings = verify(backUp());

    assertThat(findings).extracting(Finding::kind).containsOnly(Finding.Kind.LACKING);
    assertThat(findings)
        .extracting(Finding::what)
        .containsExactlyInAnyOrder(
            "it was damaged when the backup was taken; needed by generation 1 of checkpoint 1 of"
                + " resource web",
            "it was missing when the backup was taken; needed by version 1.0 of type Sample");
  }

  @Test
  void whatIsLetGoOfMeanwhile_isInItAllTheSame_andDeletedAfterwards() throws Exception {
    try (var log = sample.open()) {
      Blobs blobs = sample.blobs(log);
      var out = new ByteArrayOutputStream();
      try (Backup backup = Backup.of(log, blobs, "alpha", SampleQuorum.NOW)) {
        blobs.release(sample.digest(0));
        assertThat(sample.blob(0)).exists();
        backup.writeTo(out, Progress.NONE);
      }
      assertThat(sample.blob(0)).doesNotExist();
      assertThat(verify(out.toByteArray())).isEmpty();
    }
  }

  @Test
  void writersGoOn_andTheBackupIsOfOneRevision() throws Exception {
    try (var log = sample.open();
        Backup backup = sample.backup(log)) {
      log.commit(SampleQuorum.group("later"));
      var out = new ByteArrayOutputStream();
      backup.writeTo(out, Progress.NONE);

      assertThat(verify(out.toByteArray())).isEmpty();
      try (BackupFile written = BackupFile.open(file)) {
        assertThat(written.database().snapshot().key("Groups\\later")).isEmpty();
      }
    }
  }

  @Test
  void progress_comesToTheEnd_andCanEndIt() throws Exception {
    try (var log = sample.open();
        Backup backup = sample.backup(log)) {
      var told = new ArrayList<Long>();
      backup.writeTo(new ByteArrayOutputStream(), (done, _) -> told.add(done));
      assertThat(told).isSorted().last().isEqualTo(backup.sizeBytes());
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(
              () ->
                  backup.writeTo(
                      new ByteArrayOutputStream(),
                      (_, _) -> {
                        throw new IOException("enough");
                      }))
          .withMessage("enough");
    }
  }

  // ---- files of others -----------------------------------------------------------------------

  /** A backup whose manifest says something else, sealed and laid out as one should be. */
  private byte[] forged(UnaryOperator<Manifest> change) throws IOException {
    Files.write(file, backUp());
    Manifest manifest;
    try (BackupFile backup = BackupFile.open(file)) {
      manifest = change.apply(backup.manifest());
      Layout layout = Layout.of(manifest);
      var out = new ByteArrayOutputStream();
      put(out, layout.manifestHeader());
      put(out, layout.manifest().duplicate());
      out.write(
          new byte
              [(int)
                  (Layout.padded(layout.manifest().remaining()) - layout.manifest().remaining())]);
      for (Manifest.Member member : manifest.members()) {
        put(out, layout.header(member));
        if (backup.offset(member.name()) >= 0) {
          backup.copy(member, piece -> put(out, piece), Progress.NONE);
        } else {
          out.write(new byte[(int) member.sizeBytes()]);
        }
        out.write(new byte[(int) (Layout.padded(member.sizeBytes()) - member.sizeBytes())]);
      }
      put(out, layout.tail());
      return out.toByteArray();
    }
  }

  private static void put(ByteArrayOutputStream out, ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.get(array);
    out.writeBytes(array);
  }

  private static Manifest with(Manifest manifest, List<Manifest.Member> members) {
    return new Manifest(
        manifest.format(),
        manifest.cluster(),
        manifest.node(),
        manifest.quorum(),
        manifest.revision(),
        manifest.takenAt(),
        members,
        manifest.lacking());
  }

  private static List<Manifest.Member> plus(Manifest manifest, String name) {
    var members = new ArrayList<>(manifest.members());
    members.add(new Manifest.Member(name, 3, Sha256.of(ByteBuffer.wrap(new byte[3]))));
    return members;
  }

  @Test
  void memberThatIsMissing_isFound() throws Exception {
    byte[] forged =
        forged(
            manifest ->
                with(
                    manifest,
                    manifest.members().stream()
                        .filter(member -> !member.name().startsWith("plugins/"))
                        .toList()));

    assertThat(verify(forged))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(Finding.Kind.BROKEN);
              assertThat(finding.what()).contains("needed by version 1.0 of type Sample");
            });
  }

  @Test
  void memberThatNobodyNeeds_isFound() throws Exception {
    String name = "blobs/" + "0".repeat(64);

    byte[] forged = forged(manifest -> with(manifest, plus(manifest, name)));

    assertThat(verify(forged))
        .extracting(Finding::toString)
        .containsExactly(name + ": the database does not name it");
  }

  @Test
  void namesThatNoQuorumDirectoryHas_areRefused() throws Exception {
    for (String name :
        List.of(
            "../format",
            "/etc/passwd",
            "blobs/../format",
            "blobs/x",
            "cluster.log.1.regf/x",
            "quorum.lock",
            "format\n",
            "plugins/" + "0".repeat(64))) {
      byte[] forged = forged(manifest -> with(manifest, plus(manifest, name)));
      assertThatExceptionOfType(MalformedBackupException.class)
          .as(name)
          .isThrownBy(() -> verify(forged))
          .withMessageContaining("no quorum directory has");
    }
    byte[] twice =
        forged(
            manifest -> {
              var members = new ArrayList<>(manifest.members());
              members.add(manifest.members().getFirst());
              return with(manifest, members);
            });
    assertThatExceptionOfType(MalformedBackupException.class)
        .isThrownBy(() -> verify(twice))
        .withMessageContaining("a member twice");
  }

  @Test
  void otherRevisionOrCluster_isFound() throws Exception {
    byte[] forged =
        forged(
            manifest ->
                new Manifest(
                    manifest.format(),
                    manifest.cluster(),
                    manifest.node(),
                    manifest.quorum(),
                    manifest.revision() + 1,
                    manifest.takenAt(),
                    manifest.members(),
                    manifest.lacking()));

    assertThat(verify(forged)).singleElement().asString().contains("the manifest says");
  }

  @Test
  void laterFormat_isNamed() throws Exception {
    byte[] forged =
        forged(
            manifest ->
                new Manifest(
                    "holdfast-quorum-backup 2",
                    manifest.cluster(),
                    manifest.node(),
                    manifest.quorum(),
                    manifest.revision(),
                    manifest.takenAt(),
                    manifest.members(),
                    manifest.lacking()));

    assertThatExceptionOfType(MalformedBackupException.class)
        .isThrownBy(() -> verify(forged))
        .withMessageContaining("\"holdfast-quorum-backup 2\", this program knows");
  }

  @Test
  void tarOfSomebodyElse_isNoBackup() throws Exception {
    var out = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(out)) {
      var entry = new TarArchiveEntry("../../etc/passwd");
      entry.setSize(3);
      tar.putArchiveEntry(entry);
      tar.write(new byte[3]);
      tar.closeArchiveEntry();
    }

    assertThatExceptionOfType(MalformedBackupException.class)
        .isThrownBy(() -> verify(out.toByteArray()))
        .withMessageContaining("does not begin as a backup does");
    assertThatExceptionOfType(MalformedBackupException.class)
        .isThrownBy(() -> BackupFile.open(folder))
        .withMessageContaining("not a file");
    assertThatExceptionOfType(MalformedBackupException.class)
        .isThrownBy(() -> BackupFile.open(folder.resolve("nothing")))
        .withMessageContaining("no such file");
  }
}
