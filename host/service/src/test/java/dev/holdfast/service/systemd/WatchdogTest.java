package dev.holdfast.service.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private final Deque<CompletableFuture<Void>> asked = new ArrayDeque<>();
  private Instant now = Instant.EPOCH;
  private int signs;
  private final Watchdog watchdog = new Watchdog(() -> now, () -> signs++);

  private CompletableFuture<?> ask() {
    asked.add(new CompletableFuture<>());
    return asked.getLast();
  }

  @Test
  void aSignOfLifeIsGivenByEachProof_whenItComes() {
    watchdog.watch(this::ask);
    watchdog.tick();
    assertThat(signs).isZero();

    asked.getLast().complete(null);
    assertThat(signs).isEqualTo(1);

    watchdog.tick();
    asked.getLast().complete(null);
    assertThat(signs).isEqualTo(2);
    assertThat(asked).hasSize(2);
  }

  @Test
  void whileAProofIsOwed_nothingIsSaid_andNoOtherIsAskedFor() {
    watchdog.watch(this::ask);

    watchdog.tick();
    watchdog.tick();
    watchdog.tick();

    assertThat(signs).isZero();
    assertThat(asked).hasSize(1);
    asked.getLast().complete(null); // It was slow, and not dead.
    assertThat(signs).isEqualTo(1);
  }

  @Test
  void aProofThatIsRefused_isNoSignOfLife_andTheNextIsAskedFor() {
    watchdog.watch(this::ask);
    watchdog.tick();
    asked.getLast().completeExceptionally(new RejectedExecutionException("it is closed"));

    watchdog.tick();

    assertThat(signs).isZero();
    assertThat(asked).hasSize(2);
  }

  @Test
  void whenAskingFails_theNextTickAsksAgain() {
    watchdog.watch(
        () -> {
          if (asked.isEmpty()) {
            var _ = ask();
            throw new IllegalStateException("not yet");
          }
          return CompletableFuture.completedFuture(null);
        });

    watchdog.tick();
    assertThat(signs).isZero();
    watchdog.tick();

    assertThat(signs).isEqualTo(1);
  }

  @Test
  void whileItIsTrusted_nothingHasToBeProved_andNotLonger() {
    watchdog.watch(this::ask);
    watchdog.tick();
    watchdog.trust(Duration.ofMinutes(5));

    watchdog.tick();
    assertThat(signs).isEqualTo(1);
    now = now.plus(Duration.ofMinutes(5));
    watchdog.tick();

    assertThat(signs).isEqualTo(1);
  }

  @Test
  void whenSomethingElseIsWatched_whatWasOwedCountsNoMore() {
    watchdog.trust(Duration.ofMinutes(5));
    watchdog.watch(this::ask);
    watchdog.tick();
    watchdog.watch(this::ask);

    watchdog.tick();

    assertThat(asked).hasSize(2);
    assertThat(signs).isZero();
  }
}
