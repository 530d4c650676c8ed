package dev.holdfast.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ClusterServiceMainTest {
  private static final Path HOME = Path.of("/srv/holdfast");

  @Test
  void aFullDisk_isToldWithTheHome_whatBecameOfApplications_andWhatToDo() {
    assertThat(ClusterServiceMain.explained(new IOException("No space left on device"), HOME))
        .isEqualTo(
            "The cluster service of /srv/holdfast cannot run: No space left on device. Applications"
                + " are as they were. Make room, then: holdfast serve --home /srv/holdfast");
  }

  @Test
  void whatNamesNoFile_isToldWithTheHome_andWhatDoesIsToldAsItIs() {
    assertThat(ClusterServiceMain.explained(new IOException("Bad file descriptor"), HOME))
        .isEqualTo("The cluster service of /srv/holdfast cannot run: Bad file descriptor");
    assertThat(ClusterServiceMain.explained(new IOException("The file /a/b is a folder."), HOME))
        .isEqualTo("The file /a/b is a folder.");
  }
}
