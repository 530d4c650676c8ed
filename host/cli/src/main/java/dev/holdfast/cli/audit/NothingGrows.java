package dev.holdfast.cli.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Threads and descriptors of the service and its monitors. How many there should be depends on what
 * runs, so they are held against a baseline that was taken with the same resources; without one
 * only against the limit that the machine sets.
 */
final class NothingGrows implements Rule {
  /** Of its limit of descriptors a process takes at most this part, or it will soon meet it. */
  private static final double LIMIT_SHARE_MAX = 0.8;

  /** Pools grow to what was once needed at a time: HTTP, archives, plugin threads that idle. */
  static final int THREADS_SLACK = 24;

  /** Connections and files that are open for a moment. */
  static final int DESCRIPTORS_SLACK = 32;

  /** A slot costs the service a pidfd and its output; a monitor a pidfd, a link, its output. */
  private static final int DESCRIPTORS_PER_PROCESS = 4;

  /** A monitor costs the service a thread that reads its link and one that writes it. */
  private static final int THREADS_PER_PROCESS = 2;

  @Override
  public String name() {
    return "growth";
  }

  @Override
  public String promise() {
    return "threads and descriptors of service and monitors are flat";
  }

  @Override
  public Judgement judge(Look look) {
    if (look.footprints().isEmpty()) {
      return Judgement.notLookedAt(this, "no process of the service or a monitor was found");
    }
    List<Finding> findings = new ArrayList<>();
    Map<String, Footprint> now = new TreeMap<>(look.footprints());
    now.forEach(
        (name, footprint) -> {
          nearLimit(name, footprint, findings);
          look.baseline().ifPresent(baseline -> grown(look, baseline, name, findings));
        });
    List<String> figures = new ArrayList<>();
    now.forEach(
        (name, footprint) ->
            figures.add(
                "%s %d threads %d descriptors"
                    .formatted(name, footprint.threads(), footprint.descriptors())));
    return Judgement.of(
        this,
        String.join(", ", figures) + (look.baseline().isPresent() ? "" : "; no baseline"),
        findings);
  }

  private static void nearLimit(String name, Footprint footprint, List<Finding> findings) {
    if (footprint.descriptors() > footprint.descriptorsMax() * LIMIT_SHARE_MAX) {
      findings.add(
          new Finding(
              name + " limit",
              name,
              "it has %d descriptors open of the %d it may have"
                  .formatted(footprint.descriptors(), footprint.descriptorsMax()),
              "see what they are: ls -l /proc/PID/fd; then raise the limit or restart it"));
    }
  }

  private static void grown(Look look, Baseline baseline, String name, List<Finding> findings) {
    Footprint before = baseline.footprints().get(name);
    Footprint now = look.footprints().get(name);
    if (before == null || now == null) {
      return; // It was not there then; there is nothing to compare.
    }
    long more = Math.max(0, Baseline.processes(look) - baseline.processes());
    grown(
        name,
        "threads",
        before.threads(),
        now.threads(),
        THREADS_SLACK + more * THREADS_PER_PROCESS,
        findings);
    grown(
        name,
        "descriptors",
        before.descriptors(),
        now.descriptors(),
        DESCRIPTORS_SLACK + more * DESCRIPTORS_PER_PROCESS,
        findings);
  }

  private static void grown(
      String name, String what, long before, long now, long slack, List<Finding> findings) {
    if (now > before + slack) {
      findings.add(
          new Finding(
              name + " " + what,
              name,
              "it has %d %s; the baseline has %d, and up to %d more are no growth"
                  .formatted(now, what, before, slack),
              "compare thread dumps, or ls -l /proc/PID/fd, some minutes apart"));
    }
  }
}
