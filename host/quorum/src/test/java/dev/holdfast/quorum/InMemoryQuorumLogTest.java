package dev.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.Revision;
import org.junit.jupiter.api.Test;

class InMemoryQuorumLogTest extends QuorumLogContract {
  @Override
  QuorumLog newLog() {
    return new InMemoryQuorumLog();
  }

  @Test
  void submit_isDoneWhenItReturns() {
    try (var log = new InMemoryQuorumLog()) {
      assertThat(log.submit(Batch.builder().createKey("a").build())).isCompleted();
    }
  }

  @Test
  void goesOnFromWhatAnotherOneHad() throws Exception {
    try (var first = new InMemoryQuorumLog()) {
      first.commit(Batch.builder().createKey("a").build());
      try (var second = new InMemoryQuorumLog(first.snapshot())) {
        assertThat(second.snapshot().key("a")).isPresent();
        assertThat(second.commit(Batch.builder().createKey("b").build()))
            .isEqualTo(new Revision(2));
      }
    }
  }
}
