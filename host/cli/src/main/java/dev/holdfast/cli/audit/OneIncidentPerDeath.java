package dev.holdfast.cli.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A death of a monitor (event 1146) and its incident tell the same story, once each. The oldest
 * incidents and events are dropped as others come; what one of the two does not have any more is
 * not asked of the other.
 */
final class OneIncidentPerDeath implements Rule {
  /** So long after an incident was written its event is durable; others may be before it. */
  private static final Duration UNTIL_TOLD = Duration.ofSeconds(2);

  /**
   * A service that starts tells of what it takes over before it tells of its start. So when the one
   * before was last heard cannot be seen where they followed so soon.
   */
  private static final Duration SOON = Duration.ofSeconds(15);

  @Override
  public String name() {
    return "incidents";
  }

  @Override
  public String promise() {
    return "each death of a monitor has one incident, and each incident one death";
  }

  @Override
  public Judgement judge(Look look) {
    List<Finding> findings = new ArrayList<>();
    Map<Long, EventFiles.Death> bySeq = new HashMap<>();
    for (EventFiles.Death death : look.events().deaths()) {
      if (death.incident() == 0 && look.events().lost().contains(death.pid())) {
        continue; // Its loss is told, with the reason.
      }
      if (death.incident() == 0) {
        findings.add(finding(death, "event %d tells a death without an incident"));
        continue;
      }
      EventFiles.Death other = bySeq.putIfAbsent(death.incident(), death);
      if (other != null) {
        findings.add(
            finding(
                death,
                "event %%d tells of incident %d, as event %d did"
                    .formatted(death.incident(), other.seq())));
      }
      told(look, death, findings);
    }
    for (IncidentFolders.Incident incident : look.incidents().incidents()) {
      if (!bySeq.containsKey(incident.seq()) && isExpected(look, incident)) {
        findings.add(
            new Finding(
                "incident " + incident.seq(),
                "incident " + incident.seq(),
                "no event 1146 tells of it (monitor %s, process %d)"
                    .formatted(incident.monitor(), incident.pid()),
                "holdfast incident show " + incident.seq()));
      }
    }
    return Judgement.of(
        this,
        "%d deaths, %d incidents"
            .formatted(look.events().deaths().size(), look.incidents().incidents().size()),
        findings);
  }

  private static void told(Look look, EventFiles.Death death, List<Finding> findings) {
    IncidentFolders incidents = look.incidents();
    if (death.incident() < incidents.oldest()) {
      return; // Dropped, as the oldest.
    }
    incidents
        .find(death.incident())
        .ifPresentOrElse(
            incident -> {
              if (incident.pid() != death.pid()) {
                findings.add(
                    finding(
                        death,
                        "event %%d tells of process %d, its incident %d of process %d"
                            .formatted(death.pid(), incident.seq(), incident.pid())));
              }
            },
            () ->
                findings.add(
                    finding(
                        death,
                        "event %%d tells of incident %d, which is not there"
                            .formatted(death.incident()))));
  }

  /**
   * An event is durable a little after its incident; a service that dies in between loses it, as
   * its promise says. And the event may have been dropped with the oldest file.
   */
  private static boolean isExpected(Look look, IncidentFolders.Incident incident) {
    return look.events().from().filter(oldest -> oldest.isBefore(incident.time())).isPresent()
        && look.events().starts().stream()
            .noneMatch(start -> isInBetween(incident.written(), start));
  }

  /** Whether a service may have died between an incident and its event, and this one followed. */
  private static boolean isInBetween(Instant written, EventFiles.Start start) {
    boolean heardLater = start.lastBefore().isAfter(written.plus(UNTIL_TOLD));
    return !start.time().isBefore(written)
        && (!heardLater || start.time().isBefore(written.plus(SOON)));
  }

  private static Finding finding(EventFiles.Death death, String what) {
    return new Finding(
        "event " + death.seq(),
        death.monitor(),
        what.formatted(death.seq()),
        "holdfast events show " + death.seq());
  }
}
