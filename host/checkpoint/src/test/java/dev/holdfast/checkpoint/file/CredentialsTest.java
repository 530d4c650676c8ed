package dev.holdfast.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  @TempDir Path proc;

  @Test
  void own_readsStatus() throws Exception {
    Files.createDirectory(proc.resolve("self"));
    Files.writeString(
        proc.resolve("self/status"),
        """
        Name:\tjava
        Uid:\t1\t1\t1\t1000
        Gid:\t2\t2\t2\t2000
        Groups:\t10 20\s
        CapEff:\t0000000000000009
        """);

    assertThat(Credentials.own(proc))
        .isEqualTo(new Credentials(1000, Set.of(2000L, 10L, 20L), 0b1001));
  }

  @Test
  void whoHasCapabilities_mayGiveToAnyone() {
    var able = new Credentials(1, Set.of(1L), 0b1001);

    assertThat(able.mayGiveTo(2, 2)).isTrue();
    assertThat(able.mayRenameOf(2, 2)).isTrue();
  }

  @Test
  void whoHasNone_mayGiveToOwnGroups() {
    var plain = new Credentials(1, Set.of(1L, 5L), 0);

    assertThat(plain.mayGiveTo(1, 5)).isTrue();
    assertThat(plain.mayGiveTo(1, 6)).isFalse();
    assertThat(plain.mayGiveTo(2, 5)).isFalse();
    assertThat(plain.mayRenameOf(1, 2)).isTrue();
    assertThat(plain.mayRenameOf(2, 1)).isTrue();
    assertThat(plain.mayRenameOf(2, 2)).isFalse();
  }
}
