package dev.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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

  /** A restore lets another directory take the place of one that somebody is about to lock. */
  @Test
  void lockOfADirectoryThatHasLeftItsPlace_isNoneOfTheOneThatCame(@TempDir Path folder)
      throws Exception {
    Holder alpha = Holder.thisProcess("alpha", Instant.EPOCH);
    Path here = Files.createDirectory(folder.resolve("here"));
    try (QuorumLock lock = QuorumLock.tryTake(here, alpha).orElseThrow()) {
      Files.move(here, folder.resolve("kept"));
      Files.createDirectory(here);
      assertThat(lock).isNotNull();
    }
    try (QuorumLock lock = QuorumLock.tryTake(here, alpha).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(QuorumLock.tryTake(here, alpha)).isEmpty();
    }
  }
}
