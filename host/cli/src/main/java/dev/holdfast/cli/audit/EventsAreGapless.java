package dev.holdfast.cli.audit;

import java.util.ArrayList;
import java.util.List;

/** The event log as it is on the disk: a number that was given out is never missing. */
final class EventsAreGapless implements Rule {
  @Override
  public String name() {
    return "events";
  }

  @Override
  public String promise() {
    return "the event log is whole: every line is what was written, and no number is missing";
  }

  @Override
  public Judgement judge(Look look) {
    EventFiles events = look.events();
    List<Finding> findings = new ArrayList<>();
    for (EventFiles.Damage damage : events.damages()) {
      // A service that writes is in the middle of its last line now and then; one that was killed
      // there leaves it, and the next one cuts it off.
      if (!damage.atTheEnd() || look.servicePid().isPresent()) {
        findings.add(finding(damage.place(), damage.place(), damage.what()));
      }
    }
    look.facts()
        .filter(facts -> facts.newestEvent() > events.last())
        .ifPresent(
            facts ->
                findings.add(
                    finding(
                        "newest",
                        "event " + facts.newestEvent(),
                        "the service gave out event %d, and the last one in the files is %d"
                            .formatted(facts.newestEvent(), events.last()))));
    return Judgement.of(
        this,
        events.last() == 0
            ? "no events"
            : "events %d to %d in %d files"
                .formatted(events.first(), events.last(), events.files()),
        findings);
  }

  private static Finding finding(String identity, String subject, String what) {
    return new Finding(
        identity,
        subject,
        what,
        "keep the file for whoever looks into it; event 2014 will name it after the next start");
  }
}
