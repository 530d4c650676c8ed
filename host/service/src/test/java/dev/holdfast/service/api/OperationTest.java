package dev.holdfast.service.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class OperationTest {
  private static final Instant NOW = Instant.EPOCH;
  private final Operation operation = new Operation("1", "online a", NOW);

  private static Narration line(String text) {
    return new Narration(NOW, "a", text);
  }

  private static Outcome done(String message) {
    return new Outcome.Done(Duration.ofMillis(1), message, List.of());
  }

  @Test
  void everyReaderSeesEveryLineInOrder_andTheEnd() throws Exception {
    int readers = 8;
    int lines = 2_000;
    List<List<String>> seen = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < readers; i++) {
      List<String> mine = new ArrayList<>();
      seen.add(mine);
      threads.add(Thread.ofPlatform().start(() -> readAll(mine)));
    }

    for (int i = 0; i < lines; i++) {
      operation.narrate(line("line " + i));
    }
    operation.end(done("ok"));

    for (Thread thread : threads) {
      thread.join();
    }
    List<String> all = operation.lines().stream().map(Narration::text).toList();
    assertThat(all).hasSize(lines);
    assertThat(seen).allSatisfy(mine -> assertThat(mine).isEqualTo(all));
  }

  private void readAll(List<String> mine) {
    try {
      while (true) {
        boolean ended = operation.outcome().isPresent();
        List<Narration> more = operation.awaitLines(mine.size(), Duration.ofSeconds(10));
        more.forEach(said -> mine.add(said.text()));
        if (ended && more.isEmpty()) {
          return;
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theFirstOutcomeStands_andNothingIsSaidAfterIt() throws Exception {
    assertThat(operation.end(done("first"))).isTrue();
    assertThat(operation.end(done("second"))).isFalse();
    operation.narrate(line("late"));

    assertThat(operation.await(Duration.ZERO)).contains(done("first"));
    assertThat(operation.lines()).isEmpty();
  }

  @Test
  void aWaitEndsWithoutAnOutcome() throws Exception {
    assertThat(operation.await(Duration.ofMillis(1))).isEmpty();
    assertThat(operation.awaitLines(0, Duration.ofMillis(1))).isEmpty();
  }

  @Test
  void moreLinesThanAreKept_areToldOf() {
    for (int i = 0; i < Operation.MAX_LINES + 50; i++) {
      operation.narrate(line("x"));
    }

    assertThat(operation.lines()).hasSize(Operation.MAX_LINES + 1);
    assertThat(operation.lines().getLast().text()).contains("not kept");
  }
}
