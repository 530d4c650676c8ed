package dev.holdfast.cli.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A cluster that is not as it is wanted is no fault; one that cannot say why is. */
final class WantedIsActual implements Rule {
  @Override
  public String name() {
    return "wanted";
  }

  @Override
  public String promise() {
    return "each resource is as it is wanted, or why gives a reason";
  }

  @Override
  public Judgement judge(Look look) {
    if (look.facts().isEmpty()) {
      return Judgement.notLookedAt(this, look.silence());
    }
    Facts facts = look.facts().get();
    List<Finding> findings = new ArrayList<>();
    int explained = 0;
    for (Facts.Resource resource : facts.resources()) {
      if (!resource.isAsWanted()) {
        if (isExplained(facts, resource, Optional.ofNullable(look.reasons().get(resource.id())))) {
          explained++;
        } else {
          findings.add(unexplained(resource));
        }
      }
    }
    return Judgement.of(
        this,
        "%d resources, %d not as wanted with a reason"
            .formatted(facts.resources().size(), explained),
        findings);
  }

  /**
   * What happened is a reason for not being Online; for being Online unwanted it is none, unless
   * the way to Offline has begun.
   */
  private static boolean isExplained(
      Facts facts, Facts.Resource resource, Optional<Reason> reason) {
    if (facts.stopping() || !resource.typeStatus().equals("Registered")) {
      return true;
    }
    if (reason.isEmpty()) {
      return false;
    }
    boolean happened = !reason.get().chain().isEmpty();
    boolean mayBeSoByHistory = resource.wanted().equals("Online") || !resource.isOnline();
    return reason.get().isBlocked() || (happened && mayBeSoByHistory);
  }

  private static Finding unexplained(Facts.Resource resource) {
    return new Finding(
        resource.id() + " " + resource.state() + " " + resource.wanted(),
        resource.name(),
        "it is %s, wanted is %s, and why gives no reason"
            .formatted(resource.state(), resource.wanted()),
        "holdfast resource %s '%s'"
            .formatted(resource.wanted().equals("Online") ? "online" : "offline", resource.name()));
  }
}
