package dev.holdfast.spi;

import java.util.Objects;

/**
 * What {@link Resource#find} saw. Only {@link Absent} leads to an online; {@link Running} and
 * {@link Unknown} never do, {@link Foreign} in one case.
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
   * Someone else holds it. Never started, blocked with the holder's name, but for one case: when
   * the holder is a node of this cluster, and the epoch is one of this resource's since its
   * external slot was first written down, the cluster database knows that this node has the
   * resource now. Then {@code online} is called, to take it over by its higher epoch. And an
   * operator may have it taken over as it runs: {@link Resource#adopt}.
   *
   * @param holder who holds it, for people; a node by its name, as {@link Context#nodeName} gives
   *     it
   * @param epoch the epoch under which it is held, as the thing itself tells; 0 when it has none
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
