package dev.holdfast.cli.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was registered is there (Q242398): in the service, on the disk, and in each monitor. */
final class TypesResolve implements Rule {
  @Override
  public String name() {
    return "types";
  }

  @Override
  public String promise() {
    return "each registration resolves, its archive is what was registered, and so is what runs";
  }

  @Override
  public Judgement judge(Look look) {
    if (look.facts().isEmpty()) {
      return Judgement.notLookedAt(this, look.silence());
    }
    Facts facts = look.facts().get();
    List<Finding> findings = new ArrayList<>();
    facts.types().forEach(type -> registered(look, type, findings));
    long answered = facts.monitors().stream().filter(Facts.Monitor::answered).count();
    for (Facts.Resource resource : facts.resources()) {
      held(facts, resource).ifPresent(findings::add);
    }
    return Judgement.of(
        this,
        "%d registrations and their archives, %d monitors asked"
            .formatted(facts.types().size(), answered),
        findings);
  }

  private static void registered(Look look, Facts.Type type, List<Finding> findings) {
    if (!type.status().equals("Registered")) {
      findings.add(finding(type, "it is %s: %s".formatted(type.status(), type.detail())));
      return; // What is wrong with its archive is then said already.
    }
    switch (look.archives().get(type.archive())) {
      case Archive.Present(String digest) -> {
        if (!digest.equals(type.digest())) {
          findings.add(
              finding(
                  type,
                  "its archive %s has the digest %s, registered was %s"
                      .formatted(type.archive(), digest, type.digest())));
        }
      }
      case Archive.Unreadable(String why) ->
          findings.add(
              finding(type, "its archive %s cannot be read: %s".formatted(type.archive(), why)));
      case null ->
          findings.add(finding(type, "its archive %s was not looked at".formatted(type.archive())));
    }
  }

  /** One of a type, whoever saw it first: between two looks the service may have seen it, too. */
  private static Finding finding(Facts.Type type, String what) {
    return new Finding(
        type.name() + " archive",
        type.name(),
        what,
        "put the archive back, or register the type again: holdfast type register ARCHIVE.zip");
  }

  /** A resource's code, as its monitor has it, is the code of its registration. */
  private static Optional<Finding> held(Facts facts, Facts.Resource resource) {
    Optional<Facts.Type> type =
        facts.types().stream()
            .filter(each -> each.name().equalsIgnoreCase(resource.type()))
            .findFirst();
    Optional<Facts.Monitor> monitor =
        resource
            .monitor()
            .flatMap(
                name -> facts.monitors().stream().filter(m -> m.name().equals(name)).findFirst())
            .filter(Facts.Monitor::answered);
    if (type.isEmpty() || monitor.isEmpty() || resource.unsupervisedSince().isPresent()) {
      return Optional.empty();
    }
    boolean offered =
        monitor.get().plugins().stream()
            .anyMatch(
                plugin ->
                    plugin.digest().equals(type.get().digest())
                        && plugin.classes().contains(type.get().className()));
    Optional<String> other =
        monitor.get().resources().stream()
            .filter(each -> each.resourceId().equals(resource.id()))
            .map(Facts.HeldResource::digest)
            .filter(digest -> !digest.equals(type.get().digest()))
            .findFirst();
    if (offered && other.isEmpty()) {
      return Optional.empty();
    }
    String what =
        other
            .map(digest -> "runs it with the archive " + digest)
            .orElse("has not loaded " + type.get().className());
    return Optional.of(
        new Finding(
            resource.id() + " " + monitor.get().name(),
            resource.name(),
            "the monitor %s %s; registered for its type %s is %s"
                .formatted(monitor.get().name(), what, type.get().name(), type.get().digest()),
            "holdfast monitor restart " + monitor.get().name()));
  }
}
