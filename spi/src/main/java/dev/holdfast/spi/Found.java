package dev.holdfast.spi;

import java.util.Objects;

/**
 * What {@link Resource#find} saw. Only {@link Absent} leads to an online; the other three never do.
 *
 * <p>From OCF's probe and Nomad's RecoverTask; MSCS had no such question, so a new monitor could
 * only start again.
 */
public sealed interface Found {
  /**
   * It runs, and this object is attached to it.
   *
   * @param evidence how it is known, for people: "slot main, pid 4711"
   */
  record Running(String evidence) implements Found {
    public Running {
      Objects.requireNonNull(evidence, "evidence");
    }
  }

  /**
   * It does not run: it may be started.
   *
   * @param evidence how it is known
   */
  record Absent(String evidence) implements Found {
    public Absent {
      Objects.requireNonNull(evidence, "evidence");
    }
  }

  /**
   * Someone else holds it. Never started, blocked with the holder's name.
   *
   * @param holder who holds it, for people
   * @param epoch the epoch under which it is held, as the thing itself tells
   */
  record Foreign(String holder, long epoch) implements Found {
    public Foreign {
      Objects.requireNonNull(holder, "holder");
    }
  }

  /**
   * It could not be told. Asked again with backoff; never means start.
   *
   * @param why what stood in the way
   */
  record Unknown(String why) implements Found {
    public Unknown {
      Objects.requireNonNull(why, "why");
    }
  }

  static Found running(String evidence) {
    return new Running(evidence);
  }

  static Found absent(String evidence) {
    return new Absent(evidence);
  }

  static Found foreign(String holder, long epoch) {
    return new Foreign(holder, epoch);
  }

  static Found unknown(String why) {
    return new Unknown(why);
  }
}
