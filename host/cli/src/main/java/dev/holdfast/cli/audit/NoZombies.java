package dev.holdfast.cli.audit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What has ended is reaped by the one that started it. */
final class NoZombies implements Rule {
  @Override
  public String name() {
    return "zombies";
  }

  @Override
  public String promise() {
    return "no dead process waits to be reaped by the service or a monitor";
  }

  @Override
  public Judgement judge(Look look) {
    Map<Integer, String> parents = new HashMap<>();
    look.servicePid().ifPresent(pid -> parents.put(pid, "the service"));
    look.facts().stream()
        .flatMap(facts -> facts.monitors().stream())
        .forEach(
            monitor ->
                monitor
                    .process()
                    .ifPresent(life -> parents.put(life.pid(), "monitor " + monitor.name())));
    if (parents.isEmpty()) {
      return Judgement.notLookedAt(this, "no process of the service or a monitor was found");
    }
    List<Finding> findings =
        look.processes().all().stream()
            .filter(process -> process.isDead() && parents.containsKey(process.parent()))
            .map(process -> finding(process, parents.getOrDefault(process.parent(), "?")))
            .toList();
    return Judgement.of(this, "children of %d processes".formatted(parents.size()), findings);
  }

  private static Finding finding(ProcessSeen zombie, String parent) {
    return new Finding(
        zombie.identity(),
        "pid " + zombie.pid(),
        "process %d (%s) has ended, and %s has not reaped it"
            .formatted(zombie.pid(), zombie.name(), parent),
        "look at service.log for an end that could not be written down");
  }
}
