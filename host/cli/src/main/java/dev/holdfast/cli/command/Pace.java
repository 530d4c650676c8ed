package dev.holdfast.cli.command;

import dev.holdfast.backup.Progress;
import dev.holdfast.cli.session.Interruption;
import dev.holdfast.cli.session.Session;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** Tells how far something has come, now and then; and ends it when it is to end. */
final class Pace implements Progress {
  private static final Duration BETWEEN = Duration.ofSeconds(2);
  private static final long MIB = 1 << 20;

  private final Session session;
  private final String what;
  private final Interruption interruption;
  private Instant next;

  Pace(Session session, String what, Interruption interruption) {
    this.session = session;
    this.what = what;
    this.interruption = interruption;
    this.next = session.surroundings().clock().instant().plus(BETWEEN);
  }

  @Override
  public void at(long done, long of) throws IOException {
    interruption.check();
    Instant now = session.surroundings().clock().instant();
    if (now.isAfter(next)) {
      next = now.plus(BETWEEN);
      session.narrate(
          of < MIB
              ? "    %s: %,d of %,d".formatted(what, done, of)
              : "    %s: %,d of %,d MiB".formatted(what, done / MIB, of / MIB));
    }
  }
}
