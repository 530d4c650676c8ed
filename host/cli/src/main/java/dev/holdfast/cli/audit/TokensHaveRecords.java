package dev.holdfast.cli.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What runs is written down, and what is written down runs. */
final class TokensHaveRecords implements Rule {
  /** A start that takes longer is given up; what is Intended for longer is nobody's work. */
  private static final long START_TICKS_MAX = 35 * 100;

  @Override
  public String name() {
    return "records";
  }

  @Override
  public String promise() {
    return "no process with a token without a record, no record without its process";
  }

  @Override
  public Judgement judge(Look look) {
    Optional<List<Facts.Slot>> slots = look.slots();
    if (slots.isEmpty()) {
      return Judgement.notLookedAt(this, look.silence());
    }
    List<Finding> findings = new ArrayList<>();
    slots.get().forEach(slot -> record(look, slot, findings));
    if (look.facts().isPresent()) {
      // A baseline is too old for this: what was started after it has no record in it.
      tokens(look, slots.get(), findings);
    }
    return Judgement.of(
        this,
        "%d records%s, %d processes with a token, other homes' included"
            .formatted(slots.get().size(), look.source(), look.processes().holders().size()),
        findings);
  }

  // ---- from the records --------------------------------------------------------------------

  private static void record(Look look, Facts.Slot slot, List<Finding> findings) {
    List<ProcessSeen> holders = look.processes().holders(slot.tokenDigest());
    if (slot.isRunning()) {
      slot.process()
          .filter(life -> look.processes().living(life).isEmpty())
          .ifPresent(life -> findings.add(gone(look, slot, life)));
    } else if (!holders.isEmpty()
        && !slot.isLeft()
        && look.facts().isPresent()
        && !isBeingEnded(look, slot)) {
      holders.forEach(holder -> findings.add(left(slot, holder)));
    } else if (slot.isIntended()
        && look.processes().uptimeTicks() - slot.intendedTicks() > START_TICKS_MAX) {
      findings.add(
          new Finding(
              slot.tokenDigest() + " intended",
              slot.label(),
              "its start was written down %d s ago, and neither a process nor an end is"
                  .formatted((look.processes().uptimeTicks() - slot.intendedTicks()) / 100),
              why(slot)));
    }
  }

  private static Finding gone(Look look, Facts.Slot slot, Facts.Life life) {
    boolean unreaped = look.processes().find(life).isPresent();
    return new Finding(
        slot.tokenDigest() + " gone",
        slot.label(),
        "its record says that process %d runs, and %s"
            .formatted(
                life.pid(),
                unreaped ? "it has ended (a zombie)" : "there is no such process of that start"),
        look.facts().isPresent()
            ? why(slot)
            : "start the service, which restarts what is wanted: holdfast serve");
  }

  /** While the rest of a tree is being ended, its leader's end is written down already. */
  private static boolean isBeingEnded(Look look, Facts.Slot slot) {
    return look.facts().stream()
        .flatMap(facts -> facts.resources().stream())
        .anyMatch(resource -> resource.id().equals(slot.resourceId()) && resource.isPending());
  }

  private static Finding left(Facts.Slot slot, ProcessSeen holder) {
    return new Finding(
        slot.tokenDigest() + " " + holder.identity(),
        slot.label(),
        "its record says %s, and %s carries its token"
            .formatted(
                slot.isIntended() ? "that nothing was started yet" : "that it has ended",
                holder.label()),
        "see what it does, then: kill " + holder.pid());
  }

  private static String why(Facts.Slot slot) {
    return "holdfast why '" + slot.resource() + "'";
  }

  // ---- from the tokens ---------------------------------------------------------------------

  private static void tokens(Look look, List<Facts.Slot> slots, List<Finding> findings) {
    Set<String> known =
        slots.stream().map(Facts.Slot::tokenDigest).collect(Collectors.toCollection(HashSet::new));
    var kinship = new Kinship(look);
    Map<String, List<ProcessSeen>> unknown =
        look.processes().holders().stream()
            .filter(holder -> !known.contains(holder.tokenDigest().orElseThrow()))
            .sorted(Comparator.comparingInt(ProcessSeen::pid))
            .collect(
                Collectors.groupingBy(
                    holder -> holder.tokenDigest().orElseThrow(),
                    TreeMap::new,
                    Collectors.toList()));
    unknown.forEach(
        (token, holders) -> {
          if (!kinship.isOfAnotherHome(holders)) {
            holders.forEach(holder -> findings.add(unrecorded(holder)));
          }
        });
  }

  private static Finding unrecorded(ProcessSeen holder) {
    return new Finding(
        holder.identity(),
        "pid " + holder.pid(),
        holder.label() + " carries a slot's token that no record has",
        "see who started it; an application that nobody keeps is ended by: kill " + holder.pid());
  }
}
