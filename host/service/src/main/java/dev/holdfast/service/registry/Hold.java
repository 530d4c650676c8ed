package dev.holdfast.service.registry;

import dev.holdfast.registry.handle.HandleOwner;
import dev.holdfast.service.api.BlockingFeed;
import dev.holdfast.service.api.Feed;
import dev.holdfast.service.api.RegistryHandleView;
import java.time.Duration;
import java.util.Optional;

/**
 * The handles of one connection, as whoever holds them hears of them. They end with it; and with
 * the process that opened them, also when a child of that keeps the connection open.
 */
final class Hold implements Feed<RegistryHandleView> {
  private final KeyHolds holds;
  private final HandleOwner owner;
  private final BlockingFeed<RegistryHandleView> waiting = new BlockingFeed<>();

  Hold(KeyHolds holds, HandleOwner owner) {
    this.holds = holds;
    this.owner = owner;
  }

  /** Something about one of them; who does not listen loses them all. */
  void tell(RegistryHandleView view) {
    if (!waiting.add(view)) {
      close();
    }
  }

  /** Nothing more is to be told. */
  void end() {
    waiting.close();
  }

  @Override
  public Optional<RegistryHandleView> next(Duration wait) throws InterruptedException {
    Optional<RegistryHandleView> next = waiting.next(wait);
    if (next.isEmpty() && !holds.isAlive(owner)) {
      close();
    }
    return next;
  }

  @Override
  public boolean ended() {
    return waiting.ended();
  }

  @Override
  public void close() {
    holds.closeConnection(owner.connection());
    waiting.close();
  }
}
