package dev.holdfast.samples.scriptable;

import java.util.Locale;
import java.util.Optional;

/**
 * What a step does. After one that passes, the next one follows, and then the well-behaved
 * resource.
 */
enum Verb {
  // ---- takes its time ---------------------------------------------------------------------

  /** {@code delay 2s}: waits; can be interrupted. Passes. */
  DELAY("DURATION", Where.ANYWHERE),
  /** {@code delay-deaf 2s}: waits, whatever is asked of it. Passes. */
  DELAY_DEAF("DURATION", Where.ANYWHERE),
  /** {@code late 2s}: waits, deaf, until it is cancelled and that much longer. Passes. */
  LATE("DURATION", Where.IN_CALLS),
  /** {@code progress 20 100ms}: says something new that often, at that interval. Passes. */
  PROGRESS("COUNT DURATION", Where.IN_CALLS),
  /** {@code wait}: until it is cancelled or interrupted; ends by InterruptedException. */
  WAIT("", Where.IN_CALLS),
  /** {@code hang}: for ever, whatever is asked of it. */
  HANG("", Where.ANYWHERE),
  /** {@code spin}: for ever, with all of one processor. */
  SPIN("", Where.ANYWHERE),
  /** {@code spin-cores}: leaves a thread behind for each processor, which spins. Passes. */
  SPIN_CORES("", Where.ANYWHERE),

  // ---- takes what is not its own ----------------------------------------------------------

  /** {@code leak-memory 16MiB}: keeps that much of the heap for ever. Passes. */
  LEAK_MEMORY("SIZE", Where.ANYWHERE),
  /** {@code leak-native 16MiB}: keeps that much memory beside the heap for ever. Passes. */
  LEAK_NATIVE("SIZE", Where.ANYWHERE),
  /** {@code leak-threads 10}: leaves so many threads behind that heed no interrupt. Passes. */
  LEAK_THREADS("COUNT", Where.ANYWHERE),
  /** {@code leak-descriptors 100}: opens so many files and never closes them. Passes. */
  LEAK_DESCRIPTORS("COUNT", Where.ANYWHERE),
  /** {@code exhaust-heap}: takes memory until there is none. */
  EXHAUST_HEAP("", Where.ANYWHERE),
  /** {@code overflow-stack}: calls itself until a StackOverflowError comes. */
  OVERFLOW_STACK("", Where.ANYWHERE),
  /** {@code leave-interrupted}: leaves the host's thread with its interrupt status set. Passes. */
  LEAVE_INTERRUPTED("", Where.ANYWHERE),

  // ---- says too much ----------------------------------------------------------------------

  /** {@code log 1000}: writes that many lines to the resource's log. Passes. */
  LOG("COUNT", Where.OPENED),
  /** {@code log-huge 1MiB}: writes one line of that size to the resource's log. Passes. */
  LOG_HUGE("SIZE", Where.OPENED),
  /** {@code print 1000}: writes that many lines to the output of its JVM. Passes. */
  PRINT("COUNT", Where.ANYWHERE),
  /** {@code signal REASON}: tells the host, unasked, that the resource failed. Passes. */
  SIGNAL("REASON", Where.OPENED),
  /** {@code token 1MiB}: has the host remember that much. Passes, when the host does. */
  TOKEN("SIZE", Where.IN_ONLINE),
  /** {@code huge 32MiB}: an answer with that much text; an exception where none is due. */
  HUGE("SIZE", Where.CAN_FAIL),

  // ---- ends its JVM -----------------------------------------------------------------------

  /** {@code exit 3}: System.exit. */
  EXIT("CODE", Where.ANYWHERE),
  /** {@code hang-at-exit}: has an exit wait for ever, by a shutdown hook. Passes. */
  HANG_AT_EXIT("", Where.ANYWHERE),
  /** {@code halt 3}: Runtime.halt. */
  HALT("CODE", Where.ANYWHERE),
  /** {@code kill SEGV}: a signal to its own JVM. */
  KILL("SIGNAL", Where.ANYWHERE),
  /** {@code segfault}: writes to memory that is not there. */
  SEGFAULT("", Where.ANYWHERE),

  // ---- throws -----------------------------------------------------------------------------

  /** {@code throw SomeCode USER NOWHERE a sentence}: a ResourceException. */
  THROW("CODE RESPONSIBILITY RETRY REASON", Where.CAN_FAIL),
  /** {@code throw-class java.io.IOException a sentence}: anything that can be thrown. */
  THROW_CLASS("CLASS REASON", Where.ANYWHERE),
  /** {@code throw-poison}: an exception that throws when it is asked for its message. */
  THROW_POISON("", Where.ANYWHERE),

  // ---- answers ----------------------------------------------------------------------------

  /** {@code fail a sentence}: Health.Failed, or an exception where no health is asked. */
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
  LIE("", Where.TRUTHFUL),

  // ---- does another step elsewhere --------------------------------------------------------

  /** {@code in-static-init halt 3}: does a step in the static initialiser of a class. Passes. */
  IN_STATIC_INIT("STEP", Where.ANYWHERE),
  /** {@code in-thread halt 3}: does a step in a thread of its own, unwaited for. Passes. */
  IN_THREAD("STEP", Where.ANYWHERE);

  private final String form;
  private final Where where;

  Verb(String form, Where where) {
    this.form = form;
    this.where = where;
  }

  /** As it is written: {@code leak-threads}. */
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
      case OPENED -> place.isOfResource();
      case CAN_FAIL -> place.isOfResource() && place != Place.CLOSE;
      case IN_CALLS -> place.hasCall();
      case IN_ONLINE -> place == Place.ONLINE;
      case IN_CHECKS -> place.isHealth();
      case IN_FIND -> place == Place.FIND;
      case ANSWERED ->
          switch (place) {
            case DESCRIPTION, VALIDATE, OPEN, FIND, LOOKS_ALIVE, IS_ALIVE, CONTROL -> true;
            case STATIC_INIT, CONSTRUCTOR, ONLINE, ADOPT, OFFLINE, TERMINATE, CHANGED, CLOSE ->
                false;
          };
      case TRUTHFUL -> place.hasCall() || place == Place.DESCRIPTION;
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
    IN_ONLINE,
    IN_CHECKS,
    IN_FIND,
    ANSWERED,
    TRUTHFUL
  }
}
