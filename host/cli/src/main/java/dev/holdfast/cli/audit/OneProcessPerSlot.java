package dev.holdfast.cli.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What must never be: an application twice. */
final class OneProcessPerSlot implements Rule {
  @Override
  public String name() {
    return "slots";
  }

  @Override
  public String promise() {
    return "each slot has at most one living process, with what that started";
  }

  @Override
  public Judgement judge(Look look) {
    Optional<List<Facts.Slot>> slots = look.slots();
    if (slots.isEmpty()) {
      return Judgement.notLookedAt(this, look.silence());
    }
    List<Finding> findings = new ArrayList<>();
    var kinship = new Kinship(look);
    int carriers = 0;
    for (Facts.Slot slot : slots.get()) {
      List<ProcessSeen> holders = look.processes().holders(slot.tokenDigest());
      carriers += holders.size();
      Optional<ProcessSeen> leader = slot.process().flatMap(look.processes()::living);
      if (leader.isPresent()) {
        holders.stream()
            .filter(holder -> kinship.isStranger(holder, leader.get()))
            .forEach(holder -> findings.add(second(slot, leader.get(), holder)));
      }
    }
    return Judgement.of(
        this,
        "%d slots%s, %d processes with their tokens"
            .formatted(slots.get().size(), look.source(), carriers),
        findings);
  }

  private static Finding second(Facts.Slot slot, ProcessSeen leader, ProcessSeen holder) {
    return new Finding(
        slot.resourceId() + "/" + slot.slot() + " " + holder.identity(),
        slot.label(),
        "%s carries the slot's token beside %s, and was not started by it"
            .formatted(holder.label(), leader.label()),
        "see which of the two serves; end the other: kill %d".formatted(holder.pid()));
  }
}
