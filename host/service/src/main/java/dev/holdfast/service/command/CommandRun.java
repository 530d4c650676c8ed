package dev.holdfast.service.command;

import dev.holdfast.spi.Command;
import dev.holdfast.spi.Exit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One command on its way.
 *
 * <pre>
 *   WAITING ──turn──► RUNNING ──ended by itself──────────────► OVER
 *      │                 │  limit passed, or nobody waits: killed with its tree ──► OVER
 *      └── nobody waits ─┴─► never begun, or killed as soon as it has begun
 * </pre>
 *
 * Thread-safe.
 */
final class CommandRun {
  /** Why a command is ended. */
  enum Reason {
    /** Its limit passed. */
    LIMIT,
    /** Nobody waits for it any more. */
    CANCELLED
  }

  private final CommandRuns.Asked asked;
  private final Command command;

  /**
   * Completes when it was to be ended, and is gone with all of its tree; fails when that stands.
   */
  private final CompletableFuture<Void> killed = new CompletableFuture<>();

  private @Nullable Reason reason;
  private @Nullable Supplier<CompletableFuture<?>> killer;
  private @Nullable Future<?> limit;
  private boolean over;

  CommandRun(CommandRuns.Asked asked, Command command) {
    this.asked = asked;
    this.command = command;
  }

  CommandRuns.Asked asked() {
    return asked;
  }

  Command command() {
    return command;
  }

  /**
   * Its end, given that of its process: what was to be ended has ended when its tree has, and fails
   * at once when that stands, though its process may never end.
   */
  CompletableFuture<Exit> over(CompletableFuture<Exit> end) {
    CompletableFuture<Exit> whole =
        end.thenCompose(
            exit ->
                reason() == null
                    ? CompletableFuture.completedFuture(exit)
                    : killed.thenApply(_ -> exit));
    var over = new CompletableFuture<Exit>();
    var _ =
        whole.whenComplete(
            (exit, failure) -> {
              if (failure == null) {
                over.complete(exit);
              } else {
                over.completeExceptionally(failure);
              }
            });
    var _ =
        killed.exceptionally(
            failure -> {
              over.completeExceptionally(failure);
              return null;
            });
    return over;
  }

  synchronized @Nullable Reason reason() {
    return reason;
  }

  boolean isCancelled() {
    return reason() == Reason.CANCELLED;
  }

  /**
   * It runs.
   *
   * @param kill ends it with its tree; fails when something stands
   * @param alarm ends it when its limit passes
   */
  void began(Supplier<CompletableFuture<?>> kill, Future<?> alarm) {
    boolean unwanted;
    synchronized (this) {
      killer = kill;
      limit = alarm;
      unwanted = reason != null;
    }
    if (unwanted) {
      kill(kill);
    }
  }

  /** Ends it. The first reason counts. */
  void end(Reason why) {
    Supplier<CompletableFuture<?>> kill;
    synchronized (this) {
      if (over || reason != null) {
        return;
      }
      reason = why;
      kill = killer;
    }
    if (kill != null) {
      kill(kill);
    }
  }

  private void kill(Supplier<CompletableFuture<?>> kill) {
    var _ =
        kill.get()
            .whenComplete(
                (_, failure) -> {
                  if (failure == null) {
                    killed.complete(null);
                  } else {
                    killed.completeExceptionally(failure);
                  }
                });
  }

  /** It has ended. */
  synchronized void ended() {
    over = true;
    if (limit != null) {
      limit.cancel(false);
    }
  }
}
