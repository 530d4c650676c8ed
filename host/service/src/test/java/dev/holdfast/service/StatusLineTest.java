package dev.holdfast.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.ResourceState;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusLineTest {
  @Test
  void itCountsResourcesByState() {
    assertThat(StatusLine.of(List.of())).isEqualTo("Supervises no resource yet");
    assertThat(StatusLine.of(List.of(ResourceState.ONLINE)))
        .isEqualTo("Supervises 1 resource: 1 Online");
    assertThat(
            StatusLine.of(
                List.of(ResourceState.FAILED, ResourceState.ONLINE, ResourceState.ONLINE)))
        .isEqualTo("Supervises 3 resources: 2 Online, 1 Failed");
  }
}
