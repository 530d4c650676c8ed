package dev.holdfast.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTargetTest {
  @TempDir private Path folder;
  private SampleQuorum sample;
  private Path file;

  @BeforeEach
  void makeOne() throws Exception {
    sample = SampleQuorum.in(folder.resolve("quorum"));
    file = Files.createDirectory(folder.resolve("backups")).resolve("b.tar");
  }

  private Stream<String> files() throws IOException {
    try (Stream<Path> files = Files.list(file.getParent())) {
      return files.map(each -> each.getFileName().toString()).toList().stream();
    }
  }

  @Test
  void whatIsFinished_isForItsOwnerAlone() throws Exception {
    sample.backUpTo(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(files()).containsExactly("b.tar");
  }

  @Test
  void whatIsNotFinished_isGone() throws Exception {
    try (BackupTarget target = BackupTarget.create(file, false, sample.directory())) {
      target.out().write(new byte[100]);
      assertThat(files()).containsExactly("b.tar.new");
    }

    assertThat(files()).isEmpty();
  }

  @Test
  void halfOfOne_getsNoName() throws Exception {
    try (BackupTarget target = BackupTarget.create(file, false, sample.directory())) {
      target.out().write(new byte[100]);

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> target.verify(Progress.NONE))
          .withMessageContaining("no backup was written to " + file)
          .withMessageContaining("read back");
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void whatADeathLeft_isWrittenOver() throws Exception {
    Files.write(file.resolveSibling("b.tar.new"), new byte[1 << 20]);

    sample.backUpTo(file);

    assertThat(files()).containsExactly("b.tar");
  }

  @Test
  void fileThatIsThere_isReplacedOnlyWhenItIsSaid() throws Exception {
    Files.writeString(file, "mine");

    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> sample.backUpTo(file))
        .withMessageContaining("--force");
    assertThat(file).hasContent("mine");

    try (var log = sample.open();
        Backup backup = sample.backup(log);
        BackupTarget target = BackupTarget.create(file, true, sample.directory())) {
      backup.writeTo(target.out(), Progress.NONE);
      assertThat(target.verify(Progress.NONE)).isEmpty();
      assertThat(file).hasContent("mine");
      target.finish();
    }
    try (BackupFile backup = BackupFile.open(file)) {
      assertThat(backup.verify(Progress.NONE)).isEmpty();
    }
  }

  @Test
  void placeInTheQuorumDirectory_isRefused_alsoByALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), sample.directory());

    for (Path inside : new Path[] {sample.directory(), sample.directory().resolve("blobs"), link}) {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> BackupTarget.create(inside.resolve("b.tar"), false, sample.directory()))
          .withMessageContaining("in the quorum directory");
    }
  }

  @Test
  void twoAtOnce_doNotMix() throws Exception {
    try (BackupTarget _ = BackupTarget.create(file, false, sample.directory())) {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> BackupTarget.create(file, false, sample.directory()))
          .withMessageContaining("another one is being written");
    }
  }

  @Test
  void missingFolder_andTooLittleRoom_areSaid() throws Exception {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(
            () ->
                BackupTarget.create(
                    folder.resolve("nowhere").resolve("b.tar"), false, sample.directory()))
        .withMessageContaining("there is no directory");
    try (BackupTarget target = BackupTarget.create(file, false, sample.directory())) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> target.requireRoom(Long.MAX_VALUE))
          .withMessageContaining("bytes are free on the file system of");
    }
  }
}
