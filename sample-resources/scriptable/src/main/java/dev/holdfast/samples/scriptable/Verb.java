package dev.holdfast.samples.scriptable;

import java.util.Locale;
import java.util.Optional;

/**
 * What a step does. After one that passes, the next one follows, and then the well-behaved
 * resource.
 */
enum Verb {
  /** {@code delay 2s}: waits; can be interrupted. Passes. */
  DELAY("DURATION", Where.ANYWHERE),
  /** {@code progress 20 100ms}: says something new that often, at that interval. Passes. */
  PROGRESS("COUNT DURATION", Where.IN_CALLS),
  /** {@code log 1000}: writes that many lines to the resource's log. Passes. */
  LOG("COUNT", Where.OPENED),
  /** {@code allocate 16MiB}: keeps that much memory for ever. Passes. */
  ALLOCATE("SIZE", Where.ANYWHERE),
  /** {@code leak-thread}: leaves a thread behind that heeds no interrupt. Passes. */
  LEAK_THREAD("", Where.ANYWHERE),
  /** {@code signal REASON}: tells the host, unasked, that the resource failed. Passes. */
  SIGNAL("REASON", Where.OPENED),
  /** {@code static-init halt 3}: does the rest in the static initialiser of a class. Passes. */
  STATIC_INIT("STEP", Where.OPENED),

  /** {@code wait}: until it is cancelled or interrupted; ends by InterruptedException. */
  WAIT("", Where.IN_CALLS),
  /** {@code hang}: for ever, whatever is asked of it. */
  HANG("", Where.ANYWHERE),
  /** {@code spin}: for ever, with all the processor it can get. */
  SPIN("", Where.ANYWHERE),
  /** {@code exit 3}: System.exit. */
  EXIT("CODE", Where.ANYWHERE),
  /** {@code halt 3}: Runtime.halt. */
  HALT("CODE", Where.ANYWHERE),
  /** {@code kill SEGV}: a signal to its own JVM. */
  KILL("SIGNAL", Where.ANYWHERE),

  /** {@code throw SomeCode USER NOWHERE a sentence}: a ResourceException. */
  THROW("CODE RESPONSIBILITY RETRY REASON", Where.CAN_FAIL),
  /** {@code throw-unchecked a sentence}: an IllegalStateException. */
  THROW_UNCHECKED("REASON", Where.ANYWHERE),
  /** {@code throw-error a sentence}: a LinkageError. */
  THROW_ERROR("REASON", Where.ANYWHERE),

  /** {@code fail a sentence}: Health.Failed, or a ResourceException where no health is asked. */
  FAIL("REASON", Where.CAN_FAIL),
  /** {@code degraded a sentence}: Health.Degraded. */
  DEGRADED("REASON", Where.IN_CHECKS),
  /** {@code alive}: Health.Alive, whatever is true. */
  ALIVE("", Where.IN_CHECKS),
  /** {@code running}: Found.Running, whatever is true. */
  RUNNING("", Where.IN_FIND),
  /** {@code absent}: Found.Absent, whatever is true. */
  ABSENT("", Where.IN_FIND),
  /** {@code foreign 7 a name}: Found.Foreign. */
  FOREIGN("EPOCH REASON", Where.IN_FIND),
  /** {@code unknown a sentence}: Found.Unknown. */
  UNKNOWN("REASON", Where.IN_FIND),
  /** {@code null}: returns null where an answer is due. */
  NULL("", Where.ANSWERED),
  /** {@code lie}: answers the opposite of the truth; where nothing is answered, does nothing. */
  LIE("", Where.IN_CALLS);

  private final String form;
  private final Where where;

  Verb(String form, Where where) {
    this.form = form;
    this.where = where;
  }

  /** As it is written: {@code leak-thread}. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What follows it, in words; the last of them takes the rest of the line when it can. */
  String form() {
    return form;
  }

  boolean isPossibleIn(Place place) {
    return switch (where) {
      case ANYWHERE -> true;
      case OPENED -> place != Place.LOAD;
      case CAN_FAIL -> place != Place.LOAD && place != Place.CLOSE;
      case IN_CALLS -> place.hasCall();
      case IN_CHECKS -> place.isHealth();
      case IN_FIND -> place == Place.FIND;
      case ANSWERED -> place == Place.FIND || place.isHealth();
    };
  }

  static Optional<Verb> of(String word) {
    for (Verb verb : values()) {
      if (verb.word().equalsIgnoreCase(word)) {
        return Optional.of(verb);
      }
    }
    return Optional.empty();
  }

  private enum Where {
    ANYWHERE,
    OPENED,
    CAN_FAIL,
    IN_CALLS,
    IN_CHECKS,
    IN_FIND,
    ANSWERED
  }
}
