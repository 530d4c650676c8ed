package dev.holdfast.samples.volume.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path directory;

  @Test
  void whatWasDone_isKnownAgain_andWhatADeathCutOffIsNot() throws Exception {
    Volume before;
    try (Journal journal = Journal.open(directory)) {
      journal.change("d", "attach", Map.of("epoch", "2", "nonce", "n", "node", "alpha"));
      journal.change("d", "write", Map.of("epoch", "3", "nonce", "n", "text", "two words=x"));
      journal.change("d", "write", Map.of("epoch", "2", "nonce", "n", "text", "late"));
      journal.change("d", "snapshot", Map.of("epoch", "3", "nonce", "n", "name", "s"));
      before = journal.volume("d");
    }
    Path file = directory.resolve("journal");
    assertThat(Files.readString(file))
        .isEqualTo(
            """
            volume=d epoch=2 nonce=n event=attach node=alpha over=nobody
            volume=d epoch=3 nonce=n event=write text=two words=x
            volume=d epoch=2 nonce=n refused=Stale asked=write
            volume=d epoch=3 nonce=n event=snapshot name=s
            """);
    Files.writeString(file, "volume=d epoch=9 nonce=n event=det", StandardOpenOption.APPEND);

    try (Journal journal = Journal.open(directory)) {
      assertThat(journal.volume("d")).isEqualTo(before);
      journal.change("d", "detach", Map.of("epoch", "4", "nonce", "n"));
    }
    assertThat(Files.readAllLines(file)).hasSize(5).last().asString().endsWith("event=detach");
  }

  @Test
  void whatNobodyCanAskFor_isNotDone() throws Exception {
    try (Journal journal = Journal.open(directory)) {
      assertThat(journal.change("d", "format", Map.of())).isEmpty();
    }
    assertThat(directory.resolve("journal")).isEmptyFile();
  }
}
