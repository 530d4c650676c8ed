package dev.holdfast.failpoint;

import java.time.Duration;

/** What a fail point does when it strikes. */
public sealed interface Deed {
  /** The process ends, at once and without a word to anybody, with {@link FailPoints#HALTED}. */
  record Halt() implements Deed {}

  /** The process is stopped, as by SIGSTOP from outside; it goes on after SIGCONT. */
  record Stop() implements Deed {}

  /** The operation fails as when a disk is full or broken. At storage points only. */
  record Refuse(String message) implements Deed {}

  /** The thread waits. */
  record Delay(Duration time) implements Deed {}
}
