package dev.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Storage;
import dev.holdfast.registry.hive.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobsTest {
  private static final String NAMED = "named";
  private static final String SYNCED = "synced";
  private static final String DIRECTORY_SYNCED = "directory synced";
  private static final String DELETED = "deleted";

  @TempDir private Path directory;
  private final List<String> done = new ArrayList<>();
  private String failsAt = "";
  private Deed meanwhile = () -> {};
  private Blobs blobs;

  @BeforeEach
  void open() {
    blobs = new Blobs(new Told(new DirectoryStorage(directory)), directory);
  }

  /** Something that others do. */
  private interface Deed {
    void run() throws IOException;
  }

  /** Tells what is done to the directory, and fails at what it is told to. */
  private final class Told implements Storage {
    private final Storage storage;

    Told(Storage storage) {
      this.storage = storage;
    }

    private void step(String what) throws IOException {
      if (what.equals(failsAt)) {
        throw new IOException("no " + what);
      }
      done.add(what);
    }

    @Override
    public boolean exists(String name) throws IOException {
      return storage.exists(name);
    }

    @Override
    public List<String> names() throws IOException {
      return storage.names();
    }

    @Override
    public StorageFile open(String name) throws IOException {
      return new ToldFile(storage.open(name));
    }

    @Override
    public StorageFile create(String name) throws IOException {
      return new ToldFile(storage.create(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
      step(NAMED);
      storage.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
      step(DELETED);
      storage.delete(name);
    }

    @Override
    public void syncDirectory() throws IOException {
      step(DIRECTORY_SYNCED);
      storage.syncDirectory();
    }

    @Override
    public String describe(String name) {
      return storage.describe(name);
    }

    private final class ToldFile implements StorageFile {
      private final StorageFile file;

      ToldFile(StorageFile file) {
        this.file = file;
      }

      @Override
      public long size() throws IOException {
        return file.size();
      }

      @Override
      public int read(long offset, ByteBuffer target) throws IOException {
        return file.read(offset, target);
      }

      @Override
      public void write(long offset, ByteBuffer source) throws IOException {
        file.write(offset, source);
      }

      @Override
      public void sync() throws IOException {
        step(SYNCED);
        file.sync();
        Deed now = meanwhile;
        meanwhile = () -> {};
        now.run();
      }

      @Override
      public void truncate(long size) throws IOException {
        file.truncate(size);
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    }
  }

  private Blobs.Blob put(String content) throws IOException {
    return blobs.put(out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.toList();
    }
  }

  @Test
  void aNewContent_hasItsNameBeforeItIsSynced_andBothAreDurableWhenPutReturns() throws IOException {
    Blobs.Blob blob = put("content");

    assertThat(done).containsExactly(NAMED, SYNCED, DIRECTORY_SYNCED);
    assertThat(blobs.check(blob.digest())).isEqualTo(Blobs.Condition.GOOD);
    assertThat(blobs.file(blob.digest())).hasContent("content");
  }

  @Test
  void aContentThatIsHeld_isReplacedByAWholeOneOnly_whichMendsADamagedOne() throws IOException {
    Blobs.Blob blob = put("content");
    Files.writeString(blobs.file(blob.digest()), "damaged");
    done.clear();

    put("content");

    assertThat(done).containsExactly(SYNCED, NAMED, DIRECTORY_SYNCED);
    assertThat(blobs.check(blob.digest())).isEqualTo(Blobs.Condition.GOOD);
    assertThat(files()).hasSize(1);
  }

  @Test
  void itGoesWithItsLastHold() throws IOException {
    Blobs.Blob blob = put("content");
    put("content");

    blobs.release(blob.digest());
    assertThat(blobs.check(blob.digest())).isEqualTo(Blobs.Condition.GOOD);
    blobs.release(blob.digest());
    assertThat(blobs.check(blob.digest())).isEqualTo(Blobs.Condition.MISSING);
  }

  @Test
  void whatCannotBeMadeDurable_leavesNothing_andNothingHeld() throws IOException {
    for (String step : List.of(NAMED, SYNCED, DIRECTORY_SYNCED)) {
      failsAt = step;
      assertThatThrownBy(() -> put("content")).hasMessageEndingWith(": no " + step);
      assertThat(files()).as(step).isEmpty();
    }
    failsAt = "";

    Blobs.Blob blob = put("content");
    blobs.release(blob.digest());
    assertThat(files()).isEmpty();
  }

  @Test
  void oneThatWasNamed_beforeTheSyncOfAnotherFailed_isNotTakenForDurable() throws IOException {
    meanwhile =
        () -> {
          failsAt = DIRECTORY_SYNCED;
          assertThatThrownBy(() -> put("another")).hasMessageEndingWith(": no " + DIRECTORY_SYNCED);
          failsAt = "";
        };

    assertThatThrownBy(() -> put("content")).hasMessageContaining("failed to sync");
    assertThat(files()).isEmpty();

    Blobs.Blob blob = put("content");
    assertThat(blobs.check(blob.digest())).isEqualTo(Blobs.Condition.GOOD);
  }

  @Test
  void oneThatIsHeld_staysWhatItWas_whenItCannotBeWrittenAgain() throws IOException {
    Blobs.Blob blob = put("content");

    for (String step : List.of(NAMED, SYNCED, DIRECTORY_SYNCED)) {
      failsAt = step;
      assertThatThrownBy(() -> put("content")).hasMessageEndingWith(": no " + step);
      assertThat(blobs.check(blob.digest())).as(step).isEqualTo(Blobs.Condition.GOOD);
      assertThat(files()).as(step).hasSize(1);
    }
    failsAt = "";
    blobs.release(blob.digest());
    assertThat(files()).isEmpty();
  }

  @Test
  void whatADeathLeft_isCollected_andWhatIsHeldStays() throws IOException {
    Blobs.Blob kept = put("kept");
    put("without a record");
    Files.writeString(directory.resolve("7.new"), "half");
    var afterwards = new Blobs(new DirectoryStorage(directory), directory);
    afterwards.hold(kept.digest());

    assertThat(afterwards.collect()).isEqualTo(2);

    assertThat(files()).containsExactly(afterwards.file(kept.digest()));
  }

  /** Content in whose file the next one of its length is to be written. */
  private Blobs.Blob replaced(String content) throws IOException {
    Blobs.Blob blob = put(content);
    blobs.replace(blob.digest(), blob.sizeBytes());
    done.clear();
    return blob;
  }

  private static Object file(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino");
  }

  @Test
  void oneThatIsReplaced_isThereNoMore_andItsFileHasTheNextOfItsLength() throws IOException {
    Blobs.Blob old = replaced("content");
    Object oldFile = file(blobs.file(old.digest()));
    assertThat(blobs.check(old.digest())).isEqualTo(Blobs.Condition.MISSING);

    Blobs.Blob next = put("another");

    assertThat(done).containsExactly(NAMED, SYNCED, DIRECTORY_SYNCED);
    assertThat(files()).containsExactly(blobs.file(next.digest()));
    assertThat(file(blobs.file(next.digest()))).isEqualTo(oldFile);
    assertThat(blobs.check(next.digest())).isEqualTo(Blobs.Condition.GOOD);
    blobs.release(next.digest());
    assertThat(files()).isEmpty();
  }

  @Test
  void oneOfAnotherLength_isAFileOfItsOwn() throws IOException {
    replaced("content");

    Blobs.Blob next = put("something longer");

    assertThat(files()).hasSize(2);
    assertThat(blobs.file(next.digest())).hasContent("something longer");
  }

  @Test
  void oneThatComesAgain_isWrittenAgain_andIsHeldAsAnyOther() throws IOException {
    Blobs.Blob other = replaced("another");
    Blobs.Blob blob = replaced("content");

    put("content");
    put("content");
    put("picture");

    assertThat(blobs.check(blob.digest())).isEqualTo(Blobs.Condition.GOOD);
    assertThat(blobs.check(other.digest())).isEqualTo(Blobs.Condition.MISSING);
    assertThat(files()).hasSize(2);
    blobs.release(blob.digest());
    assertThat(blobs.check(blob.digest())).isEqualTo(Blobs.Condition.GOOD);
    blobs.release(blob.digest());
    assertThat(blobs.check(blob.digest())).isEqualTo(Blobs.Condition.MISSING);
  }

  @Test
  void oneThatComesAgain_whileItsFileIsWrittenAnew_isAFileOfItsOwn() throws IOException {
    Blobs.Blob first = replaced("content");
    meanwhile = () -> put("content");

    Blobs.Blob second = put("another");

    assertThat(blobs.file(first.digest())).hasContent("content");
    assertThat(blobs.file(second.digest())).hasContent("another");
  }

  @Test
  void oneThatSomebodyElseHolds_isNotWrittenInto() throws IOException {
    Blobs.Blob blob = put("content");
    assertThat(blobs.tryHold(blob.digest())).isTrue();

    blobs.replace(blob.digest(), blob.sizeBytes());
    put("another");

    assertThat(blobs.file(blob.digest())).hasContent("content");
    blobs.release(blob.digest());
    assertThat(blobs.tryHold(blob.digest())).isFalse();
    assertThat(files()).hasSize(1);
  }

  @Test
  void whatCannotBeMadeDurableInAFileThatWasThere_leavesNothing_andNothingHeld()
      throws IOException {
    for (String step : List.of(NAMED, SYNCED, DIRECTORY_SYNCED)) {
      replaced("content");
      failsAt = step;
      assertThatThrownBy(() -> put("another")).hasMessageEndingWith(": no " + step);
      failsAt = "";
      assertThat(files()).as(step).isEmpty();
    }

    Blobs.Blob blob = put("another");
    assertThat(blobs.check(blob.digest())).isEqualTo(Blobs.Condition.GOOD);
  }

  @Test
  void aFileThatSomebodyDeletedOrChanged_isNotWrittenInto() throws IOException {
    Blobs.Blob deleted = replaced("content");
    Files.delete(blobs.file(deleted.digest()));
    Blobs.Blob changed = replaced("message");
    Files.writeString(blobs.file(changed.digest()), "of another length");

    Blobs.Blob next = put("another");

    assertThat(blobs.check(next.digest())).isEqualTo(Blobs.Condition.GOOD);
    assertThat(files()).containsExactly(blobs.file(next.digest()));
  }

  @Test
  void filesThatWait_areFew_andDeletedWhenTheyAreIdle() throws IOException {
    List<Blobs.Blob> all = new ArrayList<>();
    for (int i = 0; i < Blobs.SPARES_MAX + 10; i++) {
      all.add(put("content " + (1000 + i)));
    }
    for (Blobs.Blob each : all) {
      blobs.replace(each.digest(), each.sizeBytes());
    }
    assertThat(files()).hasSize(Blobs.SPARES_MAX);

    assertThat(blobs.deleteIdleSpares()).isTrue();
    Blobs.Blob used = put("content 2000");
    assertThat(files()).hasSize(Blobs.SPARES_MAX);
    Blobs.Blob late = replaced("later");
    assertThat(blobs.deleteIdleSpares()).isTrue();
    assertThat(files())
        .containsExactlyInAnyOrder(blobs.file(used.digest()), blobs.file(late.digest()));

    assertThat(blobs.deleteIdleSpares()).isFalse();
    assertThat(files()).containsExactly(blobs.file(used.digest()));
  }

  @Test
  void allThatWait_goAtOnce_whenThatIsAskedFor() throws IOException {
    replaced("content");

    blobs.deleteSpares();

    assertThat(files()).isEmpty();
  }

  @Test
  void whileAllIsKept_nothingIsWrittenInto() throws IOException {
    Blobs.Blob blob = put("content");
    try (Blobs.Keeping _ = blobs.keepAll()) {
      blobs.replace(blob.digest(), blob.sizeBytes());
      put("another");
      assertThat(blobs.file(blob.digest())).hasContent("content");
    }
    assertThat(files()).hasSize(1);
  }

  @Test
  void aLargeOne_isWrittenAsItComes_andItsFileIsNotKept() throws IOException {
    String large = "0123456789".repeat(Blobs.SMALL_BYTES_MAX / 5);
    Blobs.Blob blob =
        blobs.put(
            out -> {
              for (int i = 0; i < large.length(); i++) {
                out.write(large.charAt(i));
              }
            });

    assertThat(blob.sizeBytes()).isEqualTo(large.length());
    assertThat(blobs.file(blob.digest())).hasContent(large);
    assertThat(put(large)).isEqualTo(blob);
    blobs.release(blob.digest());
    blobs.replace(blob.digest(), blob.sizeBytes());
    assertThat(files()).isEmpty();
  }
}
