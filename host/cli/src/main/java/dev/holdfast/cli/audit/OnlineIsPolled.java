package dev.holdfast.cli.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who is Online is looked at. Twice the interval is allowed, because a check waits its turn while
 * another call is inside; what the last one took comes on top, and a second for the machine.
 */
final class OnlineIsPolled implements Rule {
  private static final int INTERVALS = 2;
  private static final Duration SLACK = Duration.ofSeconds(1);

  @Override
  public String name() {
    return "polling";
  }

  @Override
  public String promise() {
    return "each Online resource was checked within two intervals, in its current epoch";
  }

  @Override
  public Judgement judge(Look look) {
    if (look.facts().isEmpty()) {
      return Judgement.notLookedAt(this, look.silence());
    }
    Facts facts = look.facts().get();
    List<Facts.Resource> online =
        facts.resources().stream()
            .filter(resource -> resource.isOnline() && !resource.maintenance())
            .toList();
    List<Finding> findings = new ArrayList<>();
    for (Facts.Resource resource : online) {
      checks(facts, resource, "LooksAlive", resource.looksAlive(), findings);
      checks(facts, resource, "IsAlive", resource.isAlive(), findings);
      heldAsKnown(facts, resource).ifPresent(findings::add);
    }
    return Judgement.of(this, "%d Online resources".formatted(online.size()), findings);
  }

  private static void checks(
      Facts facts,
      Facts.Resource resource,
      String kind,
      Facts.Checks checks,
      List<Finding> findings) {
    if (checks.intervalMillis() <= 0) {
      return;
    }
    Instant since =
        checks
            .lastAt()
            .or(resource::polledSince)
            .or(resource::unsupervisedSince)
            .orElse(Instant.EPOCH);
    Duration ago = Duration.between(since, facts.time());
    Duration allowed =
        Duration.ofMillis(checks.intervalMillis())
            .multipliedBy(INTERVALS)
            .plusMillis(checks.lastMillis())
            .plus(SLACK);
    if (ago.compareTo(allowed) > 0) {
      findings.add(late(resource, kind, checks, ago));
    }
  }

  private static Finding late(
      Facts.Resource resource, String kind, Facts.Checks checks, Duration ago) {
    String interval = "its interval is %d ms".formatted(checks.intervalMillis());
    String what =
        checks.lastAt().isPresent()
            ? "the last %s was reported %s ago; %s".formatted(kind, rough(ago), interval)
            : resource.polledSince().isPresent()
                ? "no %s was reported in the %s since its polling began; %s"
                    .formatted(kind, rough(ago), interval)
                : "no monitor asks %s; %s".formatted(kind, interval);
    return new Finding(
        resource.id() + " " + kind + " " + resource.epoch(),
        resource.name(),
        what,
        resource
            .monitor()
            .map(monitor -> "holdfast monitor restart " + monitor)
            .orElse("holdfast why '" + resource.name() + "'"));
  }

  private static String rough(Duration time) {
    return time.toMillis() < 10_000 ? time.toMillis() + " ms" : time.toSeconds() + " s";
  }

  /** The monitor's own word: it has it open, and polls it, in the epoch that the service knows. */
  private static Optional<Finding> heldAsKnown(Facts facts, Facts.Resource resource) {
    if (resource.unsupervisedSince().isPresent() || resource.polledSince().isEmpty()) {
      return Optional.empty(); // What is not polled is told above, once it is for too long.
    }
    return resource
        .monitor()
        .flatMap(name -> facts.monitors().stream().filter(m -> m.name().equals(name)).findFirst())
        .filter(Facts.Monitor::answered)
        .flatMap(monitor -> disagreement(monitor, resource));
  }

  private static Optional<Finding> disagreement(Facts.Monitor monitor, Facts.Resource resource) {
    Optional<Facts.HeldResource> held =
        monitor.resources().stream()
            .filter(each -> each.resourceId().equals(resource.id()))
            .findFirst();
    String found =
        held.isEmpty()
            ? "does not have it open"
            : held.get().polledEpoch().isEmpty()
                ? "does not poll it"
                : held.get().polledEpoch().get() != resource.epoch()
                    ? "polls it for epoch %d, and it is in epoch %d"
                        .formatted(held.get().polledEpoch().get(), resource.epoch())
                    : "";
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Finding(
                resource.id() + " held " + resource.epoch(),
                resource.name(),
                "the monitor %s says that it %s".formatted(monitor.name(), found),
                "holdfast monitor restart " + monitor.name()));
  }
}
