package dev.holdfast.service.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Storage;
import dev.holdfast.registry.hive.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That it changes nothing while no point strikes; strikes are the sweep's. */
class FailingStorageTest {
  @TempDir Path folder;
  private Storage storage = new DirectoryStorage(Path.of(""));

  @BeforeEach
  void open() {
    storage = FailingStorage.ofHives(new DirectoryStorage(folder));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void fileThatGetsTheNameOfAnother_isGoneOnWith() throws IOException {
    try (StorageFile copy = storage.create("log.new")) {
      copy.write(0, bytes("tree"));
      copy.sync();
      storage.rename("log.new", "log");
      storage.syncDirectory();
      copy.write(4, bytes(" and more"));
      copy.truncate(8);
      copy.sync();
      assertThat(copy.size()).isEqualTo(8);
    }

    assertThat(folder.resolve("log")).hasContent("tree and");
    assertThat(storage.exists("log.new")).isFalse();
    assertThat(storage.describe("log")).isEqualTo(folder.resolve("log").toString());
  }

  @Test
  void fileThatIsDeleted_isGone() throws IOException {
    storage.create("log.new").close();

    storage.delete("log.new");

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void fileThatIsOpened_isReadAsItIs() throws IOException {
    try (StorageFile made = storage.create("format.new")) {
      made.write(0, bytes("one"));
    }
    storage.rename("format.new", "format");

    try (StorageFile opened = storage.open("format")) {
      ByteBuffer read = ByteBuffer.allocate(10);
      assertThat(opened.read(0, read)).isEqualTo(3);
    }
  }

  @Test
  void directoryOfBlobs_isAsOneOfHives() throws IOException {
    Storage blobs = FailingStorage.ofBlobs(new DirectoryStorage(folder));
    try (StorageFile made = blobs.create("1.new")) {
      made.write(0, bytes("content"));
      made.sync();
    }
    blobs.rename("1.new", "named");
    blobs.syncDirectory();
    assertThat(folder.resolve("named")).hasContent("content");

    blobs.delete("named");

    assertThat(folder).isEmptyDirectory();
  }
}
