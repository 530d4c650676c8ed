package dev.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.hive.DirectoryStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * While somebody reads blobs that records name, nothing goes; afterwards everything that was due.
 */
class BlobsKeptTest {
  @TempDir private Path folder;
  private Blobs blobs;

  @BeforeEach
  void open() {
    blobs = new Blobs(new DirectoryStorage(folder), folder);
  }

  private String put(String content) throws IOException {
    return blobs.put(out -> out.write(content.getBytes(StandardCharsets.UTF_8))).digest();
  }

  @Test
  void whatIsLetGoOf_staysUntilTheLastKeeperLeaves() throws Exception {
    String digest = put("one");
    Blobs.Keeping first = blobs.keepAll();
    Blobs.Keeping second = blobs.keepAll();

    blobs.release(digest);
    assertThat(blobs.file(digest)).exists();
    first.close();
    first.close();
    assertThat(blobs.file(digest)).exists();
    second.close();

    assertThat(blobs.file(digest)).doesNotExist();
  }

  @Test
  void whatIsHeldAgainMeanwhile_stays() throws Exception {
    String digest = put("one");
    try (Blobs.Keeping _ = blobs.keepAll()) {
      blobs.release(digest);
      assertThat(put("one")).isEqualTo(digest);
    }

    assertThat(blobs.file(digest)).hasContent("one");
    blobs.release(digest);
    assertThat(blobs.file(digest)).doesNotExist();
  }
}
