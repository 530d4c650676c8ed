package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import dev.holdfast.registry.hive.HiveCopy.Content;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HiveCopyTest {
  private static final String FILE = "h.log";
  private static final HiveSettings SETTINGS =
      new HiveSettings("copy", () -> new UUID(1, 2), HiveTimes.UNKNOWN, Long.MAX_VALUE / 4, 1_000);

  @TempDir private Path folder;

  private Storage storage(String name) throws Exception {
    return new DirectoryStorage(Files.createDirectories(folder.resolve(name)));
  }

  private Snapshot filled(Storage storage) throws Exception {
    try (Hive hive = Hive.create(storage, FILE, SETTINGS)) {
      hive.commit(Batch.builder().createKey("a\\b").build());
      hive.commit(Batch.builder().set("a", RegistryValue.sz("Name", "one")).build());
      hive.commit(Batch.builder().createKey("c").build());
      assertThat(hive.id()).isEqualTo(new UUID(1, 2));
      return hive.snapshot();
    }
  }

  private Map<String, Long> files(String name) throws Exception {
    Map<String, Long> files = new HashMap<>();
    try (Stream<Path> all = Files.list(folder.resolve(name))) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), Files.size(file));
      }
    }
    return files;
  }

  @Test
  void read_givesWhatTheHiveHas_andLeavesItsFilesAlone() throws Exception {
    Snapshot snapshot = filled(storage("original"));
    Map<String, Long> before = files("original");

    Content content = HiveCopy.read(storage("original"), FILE);

    assertThat(content.hiveId()).isEqualTo(new UUID(1, 2));
    assertThat(content.snapshot().revision()).isEqualTo(snapshot.revision());
    assertThat(TreeCodec.same(content.snapshot().root(), snapshot.root())).isTrue();
    assertThat(files("original")).isEqualTo(before);
  }

  @Test
  void write_makesAHiveThatOpensAndGoesOn() throws Exception {
    Snapshot snapshot = filled(storage("original"));
    Content content = HiveCopy.read(storage("original"), FILE);

    HiveCopy.write(storage("copy"), FILE, content);

    try (Hive hive = Hive.open(storage("copy"), FILE, SETTINGS)) {
      assertThat(hive.id()).isEqualTo(content.hiveId());
      assertThat(TreeCodec.same(hive.snapshot().root(), snapshot.root())).isTrue();
      assertThat(hive.commit(Batch.builder().createKey("d").build()))
          .isEqualTo(snapshot.revision().next());
    }
  }

  @Test
  void parts_areWhatIsWritten() throws Exception {
    filled(storage("original"));
    Content content = HiveCopy.read(storage("original"), FILE);
    HiveCopy.write(storage("copy"), FILE, content);

    for (HiveCopy.Part part : HiveCopy.parts(FILE, content)) {
      byte[] bytes = new byte[part.bytes().remaining()];
      part.bytes().duplicate().get(bytes);
      assertThat(folder.resolve("copy").resolve(part.name())).hasBinaryContent(bytes);
    }
    assertThat(files("copy")).hasSize(3);
  }

  @Test
  void aHiveOfNoCommits_isItsLogAlone() throws Exception {
    var content = new Content(new UUID(3, 4), Snapshot.EMPTY);

    HiveCopy.write(storage("copy"), FILE, content);

    assertThat(files("copy")).containsOnlyKeys(FILE);
    assertThat(HiveCopy.read(storage("copy"), FILE).snapshot().revision()).isEqualTo(Revision.ZERO);
  }

  @Test
  void damage_isNamed() throws Exception {
    filled(storage("original"));
    Path log = folder.resolve("original").resolve(FILE);
    byte[] bytes = Files.readAllBytes(log);
    bytes[20] ^= 1;
    Files.write(log, bytes);

    assertThatExceptionOfType(DamagedHiveException.class)
        .isThrownBy(() -> HiveCopy.read(storage("original"), FILE));
  }
}
