package dev.holdfast.plugins.service;

import dev.holdfast.plugins.service.Ownership.Verdict;
import dev.holdfast.plugins.service.Sighting.Stage;
import dev.holdfast.spi.Call;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.OfflineCall;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One service.
 *
 * <pre>
 *   find          there, and ours: Running; there, and not: Foreign; else Absent
 *   online        written down, started, seen running, claimed, asked until it works
 *   adopt         seen running, claimed
 *   offline       stopped in its own way, if it is ours; then no run is ours
 *   terminate     the same by force
 *   looksAlive    the run that is ours goes on
 *   isAlive       the manager says so, and the probe
 * </pre>
 *
 * A run of somebody else's is never stopped: {@code offline} and {@code terminate} leave it, and
 * the host's {@code find} behind them says whose it is.
 */
final class ServiceResource implements Resource {
  private static final Duration FIRST_WAIT = Duration.ofMillis(10);
  private static final Duration LONGEST_WAIT = Duration.ofMillis(250);
  private static final int LINES_CHARS_MAX = 600;

  private final Context context;
  private final ServiceManager manager;
  private final Ownership ownership;

  /** What the last look said of the next boot; looksAlive does not ask. */
  private volatile Optional<String> atBoot = Optional.empty();

  ServiceResource(Context context, Node node) {
    this.context = context;
    this.manager = node.manager(context);
    this.ownership = new Ownership(context.directory(), node);
  }

  @Override
  public Found find(Call call) throws Exception {
    Sighting seen = look(call);
    if (seen.stage() == Stage.UNKNOWN) {
      return Found.unknown(seen.words());
    }
    if (!seen.isThere()) {
      return Found.absent(seen.words());
    }
    return isOurs(call, seen)
        ? Found.running(seen.words())
        : Found.foreign(stranger(call, seen), 0);
  }

  /** Who holds it, and what can be done about that. */
  private String stranger(Call call, Sighting seen) throws ResourceException {
    return "someone outside Holdfast, who started it (%s). Stop it (%s), or take it over as it runs: holdfast resource online '%s' --adopt"
        .formatted(seen.words(), manager.stopByHand(call.properties()), context.resourceName());
  }

  private boolean isOurs(Call call, Sighting seen) throws ResourceException {
    return verdict(call, seen) != Verdict.STRANGER;
  }

  /**
   * Whose it is. What is ours by an intention, or by its manager's starting it again, is claimed;
   * and once a stranger was seen, no later run is ours because its manager started that again.
   */
  private Verdict verdict(Call call, Sighting seen) throws ResourceException {
    String service = name(call);
    Verdict verdict = ownership.verdict(service, seen);
    if (verdict == Verdict.STRANGER) {
      ownership.forget();
    } else if (seen.run().isPresent() && !ownership.claimed(service).equals(seen.run())) {
      ownership.claim(service, seen.run());
    }
    return verdict;
  }

  @Override
  public void online(OnlineCall call) throws Exception {
    String service = name(call);
    Sighting before = look(call);
    if (before.stage() == Stage.UNUSABLE) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.OTHER_NODE,
          "ServiceNotOpened",
          "Starting %s on node %s: %s. Correct ServiceName, or make the service one that can be started there."
              .formatted(service, context.nodeName(), before.words()));
    }
    if (before.isThere()) {
      throw notStarted(
          "Starting %s: it was found not to run, and now %s; it was not started a second time."
              .formatted(service, before.words()));
    }
    warn(call, before);
    ownership.intend(service);
    call.progress("start " + service, Call.UNKNOWN_PERCENT);
    CommandResult started = manager.start(call);
    Sighting after = look(call);
    if (!started.exited(0) || after.stage() != Stage.RUNNING) {
      throw notStarted(
          "Starting %s: %s, and %s%s."
              .formatted(service, Commands.words("start", started), after.words(), lines(call)));
    }
    ownership.claim(service, after.run());
    awaitReady(call, service);
  }

  @Override
  public void adopt(OnlineCall call) throws Exception {
    Sighting seen = look(call);
    if (seen.stage() != Stage.RUNNING) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.HERE,
          "NothingToAdopt",
          "Adopting %s: %s. Only what runs can be taken over; without --adopt it is started."
              .formatted(name(call), seen.words()));
    }
    warn(call, seen);
    ownership.claim(name(call), seen.run());
  }

  /** What an operator should change is said while he looks, and stays in the resource's log. */
  private void warn(OnlineCall call, Sighting seen) {
    Stream.concat(seen.atBoot().stream(), seen.supervised().stream())
        .forEach(
            warning -> {
              context.logger().log(Level.WARNING, "{0}", warning);
              call.progress("warning: " + warning, Call.UNKNOWN_PERCENT);
            });
  }

  private void awaitReady(OnlineCall call, String service) throws Exception {
    Duration wait = FIRST_WAIT;
    while (true) {
      Health probed = Probe.ask(call);
      // What answered may be another on the same port.
      if (looksAlive(call) instanceof Health.Failed ended) {
        throw notStarted("Waited for %s to be ready: %s.".formatted(service, ended.why()));
      }
      if (!(probed instanceof Health.Failed failed)) {
        return;
      }
      call.progress("waiting for " + service + ": " + failed.why(), Call.UNKNOWN_PERCENT);
      if (call.cancelled() || !context.clock().instant().isBefore(call.deadline())) {
        throw notStarted(
            "Waited for %s to be ready: the time is over; last seen: %s."
                .formatted(service, failed.why()));
      }
      Thread.sleep(wait.toMillis());
      wait = wait.compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
    }
  }

  private static ResourceException notStarted(String sentence) {
    return new ResourceException(
        Responsibility.RESOURCE, Retry.HERE, "ServiceNotStarted", sentence);
  }

  @Override
  public void offline(OfflineCall call) throws Exception {
    Sighting before = requireKnown(call, look(call));
    if (before.isThere()) {
      requireOurs(call, before);
      call.progress("stop " + name(call), Call.UNKNOWN_PERCENT);
      CommandResult stopped = manager.stop(call);
      Sighting after = requireKnown(call, look(call));
      if (!stopped.exited(0) || after.isThere()) {
        throw new ResourceException(
            Responsibility.RESOURCE,
            Retry.HERE,
            "ServiceNotStopped",
            "Stopping %s: %s, and %s%s."
                .formatted(
                    name(call), Commands.words("stop", stopped), after.words(), lines(call)));
      }
    }
    ownership.forget();
  }

  private void requireOurs(Call call, Sighting seen) throws ResourceException {
    if (!isOurs(call, seen)) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.HERE,
          "ServiceNotOurs",
          "Stopping %s: it is held by %s. It was left as it is."
              .formatted(name(call), stranger(call, seen)));
    }
  }

  @Override
  public void terminate(Call call) throws Exception {
    Sighting seen = requireKnown(call, look(call));
    if (seen.isThere()) {
      if (!isOurs(call, seen)) {
        context.logger().log(Level.WARNING, "{0} is left as it is: {1}", name(call), seen.words());
        return;
      }
      manager.kill(call, seen.run().orElse(""));
      if (requireKnown(call, look(call)).isThere()) {
        return; // The host looks, too, and asks again; until then it stays ours.
      }
    }
    ownership.forget();
  }

  /** What cannot be seen is neither stopped nor forgotten. */
  private Sighting requireKnown(Call call, Sighting seen) throws ResourceException {
    if (seen.stage() == Stage.UNKNOWN) {
      throw new ResourceException(
          Responsibility.ENVIRONMENT,
          Retry.HERE,
          "ServiceManagerSilent",
          "How %s is cannot be told: %s.".formatted(name(call), seen.words()));
    }
    return seen;
  }

  @Override
  public Health looksAlive(Call call) throws Exception {
    Optional<String> run = ownership.claimed(name(call));
    return run.isPresent() && manager.runsOn(call, run.get()) ? running() : health(call);
  }

  @Override
  public Health isAlive(Call call) throws Exception {
    Health managers = health(call);
    if (managers instanceof Health.Failed) {
      return managers;
    }
    Health probed = Probe.ask(call);
    return probed instanceof Health.Alive ? managers : probed;
  }

  private Sighting look(Call call) throws ResourceException {
    Sighting seen = manager.look(call);
    atBoot = seen.atBoot();
    return seen;
  }

  /** It works; but whoever is not told now will wonder after the next boot. */
  private Health running() {
    return atBoot.<Health>map(Health::degraded).orElseGet(Health::alive);
  }

  /** The manager's word. */
  private Health health(Call call) throws ResourceException {
    Sighting seen = requireKnown(call, look(call));
    if (seen.stage() != Stage.RUNNING) {
      return Health.failed(seen.words() + lines(call));
    }
    return switch (verdict(call, seen)) {
      case OURS -> running();
      case RESTARTED ->
          Health.degraded(
              "its manager has started it again by itself (%d times by now): %s%s%s"
                  .formatted(
                      seen.restarts(),
                      seen.words(),
                      lines(call),
                      seen.supervised().map(warning -> "; " + warning).orElse("")));
      case STRANGER -> Health.failed("it was started anew outside Holdfast: " + seen.words());
    };
  }

  /** The last lines of its log, as the end of a sentence. */
  private String lines(Call call) {
    List<String> lines = manager.lastLines(call);
    String text = String.join(" | ", lines);
    return text.isEmpty()
        ? ""
        : "; its log ends with: " + text.substring(Math.max(0, text.length() - LINES_CHARS_MAX));
  }

  private String name(Call call) throws ResourceException {
    return manager.serviceName(call.properties());
  }
}
