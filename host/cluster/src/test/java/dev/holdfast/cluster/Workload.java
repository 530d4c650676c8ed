package dev.holdfast.cluster;

import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Lives;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a resource runs, which is not real: whether it runs, and how its plugin behaves. */
final class Workload {
  final Lives lives;

  /** Entry points that never return by themselves. */
  final Set<EntryPoint> hanging = EnumSet.noneOf(EntryPoint.class);

  /** Entry points that throw. */
  final Set<EntryPoint> failing = EnumSet.noneOf(EntryPoint.class);

  Duration onlineTakes = Duration.ofSeconds(1);
  Duration offlineTakes = Duration.ofMillis(500);

  /** How often online and offline report progress; null: never. */
  @Nullable Duration progressEvery;

  /** What find says instead of the truth. */
  @Nullable Found findSays;

  /** What a check says instead of the truth. */
  @Nullable Health checkSays;

  /** Whether neither offline nor terminate ends it. */
  boolean immortal;

  /** Whether its calls go on when they are told that nobody waits for them. */
  boolean stubborn;

  /** Whether a failure says that trying again makes no sense. */
  boolean nowhere;

  /** Elsewhere only: another node has it, which lost the resource; until it is started or ended. */
  boolean heldByLoser;

  private boolean running;

  Workload(Lives lives) {
    this.lives = lives;
  }

  boolean isRunning() {
    return running;
  }

  /** Starts it: the one thing that must not happen twice. */
  void start() {
    if (running) {
      throw new AssertionError("a second occupant was started");
    }
    running = true;
    heldByLoser = false;
  }

  /** What somebody else started is its own from now on. */
  void adopt() {
    running = true;
    findSays = null;
  }

  void end() {
    running = false;
    heldByLoser = false;
  }

  Found find() {
    Found told = findSays;
    return told != null ? told : running ? Found.running("it runs") : Found.absent("nothing there");
  }

  Health check() {
    Health told = checkSays;
    return told != null ? told : running ? Health.alive() : Health.failed("it does not run");
  }

  /** As one whose author made no mistake, in a world without trouble. */
  void behave() {
    hanging.clear();
    failing.clear();
    onlineTakes = Duration.ofSeconds(1);
    offlineTakes = Duration.ofMillis(500);
    progressEvery = null;
    findSays = null;
    checkSays = null;
    immortal = false;
    stubborn = false;
    nowhere = false;
  }
}
