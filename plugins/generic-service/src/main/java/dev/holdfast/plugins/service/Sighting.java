package dev.holdfast.plugins.service;

import java.time.Duration;
import java.util.Optional;

/**
 * What the service manager says of a service at one moment.
 *
 * @param stage how far it is
 * @param run what tells this run of it from every other of this boot; empty where that cannot be
 *     told
 * @param began when this run began, since boot
 * @param restarts how often the manager has started it again by itself since somebody started it
 * @param words how it is, for people: {@code nginx.service is active (running), main pid 4711}
 * @param atBoot that it is also started at boot, with the command that ends that, as a sentence
 * @param supervised that its manager, too, starts it again when it ends, and how to end that
 */
record Sighting(
    Stage stage,
    Optional<String> run,
    Optional<Duration> began,
    long restarts,
    String words,
    Optional<String> atBoot,
    Optional<String> supervised) {

  /** How far a service is. */
  enum Stage {
    /** It runs, as its manager sees it. */
    RUNNING,
    /** It is being started, or the manager waits to start it again. */
    STARTING,
    /** It is being stopped. */
    STOPPING,
    /** It does not run. */
    STOPPED,
    /** It does not run, and cannot be started: there is no such service, or it is masked. */
    UNUSABLE,
    /** The manager did not say. */
    UNKNOWN
  }

  /** Whether something of it is there, or about to be. */
  boolean isThere() {
    return stage == Stage.RUNNING || stage == Stage.STARTING || stage == Stage.STOPPING;
  }

  /** Of what does not run, or cannot be told. */
  static Sighting of(Stage stage, String words) {
    return new Sighting(
        stage, Optional.empty(), Optional.empty(), 0, words, Optional.empty(), Optional.empty());
  }

  static Sighting unknown(String why) {
    return of(Stage.UNKNOWN, why);
  }
}
