package dev.holdfast.service.process;

import dev.holdfast.service.posix.Pidfd;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One process that the {@link ExitWatcher} waits for.
 *
 * <pre>
 *            pidfd readable            status known, told to the owner    acknowledged
 *   waiting ────────────────► dead ──────────────────────────────► told ───────────────► closed
 *                                                                       and held by none
 * </pre>
 *
 * All fields are guarded by the watch itself, except the final ones.
 */
final class Watch {
  final long key;
  final ProcessIdentity process;

  /** Null when it was gone already. Open until the watch is closed. */
  final @Nullable Pidfd pidfd;

  /** Completed, with nothing, as soon as it is dead; its status may not be known yet. */
  final CompletableFuture<Void> died = new CompletableFuture<>();

  @Nullable ExitListener owner;
  @Nullable ExitStatus status;
  boolean child;
  boolean told;
  boolean acknowledged;
  boolean closed;
  int holds;

  Watch(long key, ProcessIdentity process, @Nullable Pidfd pidfd) {
    this.key = key;
    this.process = process;
    this.pidfd = pidfd;
  }

  /** Whether nobody needs it any more. */
  boolean isDone() {
    return holds == 0 && (owner == null || (told && (acknowledged || !child)));
  }
}
