package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Remembers what a watch told. */
class Heard implements WatchListener {
  private static final long LONG_SECONDS = 20;

  private final BlockingQueue<KeyChange> changes = new LinkedBlockingQueue<>();
  private final CompletableFuture<WatchEnd> end = new CompletableFuture<>();

  @Override
  public void changed(KeyChange change) {
    changes.add(change);
  }

  @Override
  public void ended(WatchEnd ended) {
    assertThat(end.complete(ended)).as("it ends once").isTrue();
  }

  /** The next so many changes, as kind and path. */
  List<String> next(int count) throws InterruptedException {
    List<String> next = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      KeyChange change = changes.poll(LONG_SECONDS, TimeUnit.SECONDS);
      assertThat(change).as("change %d of %d", i + 1, count).isNotNull();
      next.add(change.kind() + " " + change.path());
    }
    return next;
  }

  WatchEnd end() throws Exception {
    return end.get(LONG_SECONDS, TimeUnit.SECONDS);
  }

  /** What nobody asked for yet. */
  int left() {
    return changes.size();
  }
}
