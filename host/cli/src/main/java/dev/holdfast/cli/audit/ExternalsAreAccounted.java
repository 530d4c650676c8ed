package dev.holdfast.cli.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What resources have elsewhere has no process to look at: its record is looked at, and whether two
 * resources of one cluster claim one thing.
 */
final class ExternalsAreAccounted implements Rule {
  @Override
  public String name() {
    return "externals";
  }

  @Override
  public String promise() {
    return "what is written down as had elsewhere is one resource's, which may have it";
  }

  @Override
  public Judgement judge(Look look) {
    if (look.facts().isEmpty()) {
      return Judgement.notLookedAt(this, look.silence());
    }
    Facts facts = look.facts().get();
    Map<String, Facts.Resource> resources = new HashMap<>();
    facts.resources().forEach(resource -> resources.put(resource.id(), resource));
    List<Finding> findings = new ArrayList<>();
    Map<List<String>, Facts.External> owners = new HashMap<>();
    for (Facts.External external : facts.externals()) {
      Optional.ofNullable(resources.get(external.resourceId()))
          .ifPresentOrElse(
              resource -> judge(external, resource, findings),
              () ->
                  findings.add(
                      finding(external, "its resource is not there", "holdfast resource list")));
      Facts.External other = owners.putIfAbsent(List.of(external.kind(), external.key()), external);
      if (other != null) {
        findings.add(
            finding(
                external,
                "it is written down for %s, too".formatted(other.label()),
                "take one of the two offline, and give it another"));
      }
    }
    return Judgement.of(this, "%d records".formatted(facts.externals().size()), findings);
  }

  private static void judge(
      Facts.External external, Facts.Resource resource, List<Finding> findings) {
    if (external.epoch() > resource.epoch()) {
      findings.add(
          finding(
              external,
              "it was written down under epoch %d, and the resource has only %d"
                  .formatted(external.epoch(), resource.epoch()),
              "holdfast resource show '%s'".formatted(resource.name())));
    }
    if (external.lives().filter(lives -> !lives.equals("ELSEWHERE")).isPresent()) {
      findings.add(
          finding(
              external,
              "its type lives " + external.lives().get(),
              "holdfast type show '%s'".formatted(resource.type())));
    }
    if (resource.state().equals("Offline") && resource.wanted().equals("Offline")) {
      findings.add(
          finding(
              external,
              "the resource is Offline, as is wanted, and it was not released",
              "holdfast resource online '%s', then offline".formatted(resource.name())));
    }
  }

  private static Finding finding(Facts.External external, String what, String next) {
    return new Finding(
        external.resourceId() + "/" + external.slot() + " " + what,
        external.label(),
        "%s %s: %s".formatted(external.kind(), external.key(), what),
        next);
  }
}
