package dev.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuorumLockTest {
  @Test
  void aFileSystemWithoutLocks_isNamedAndExplained(@TempDir Path directory) {
    var refused = new IOException("No locks available");

    IOException told = QuorumLock.noLocks(directory, refused);

    assertThat(told)
        .hasMessageContainingAll(
            directory.toString(), "No locks available", "two nodes could write", "local disk")
        .hasCause(refused);
  }
}
