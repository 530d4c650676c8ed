package dev.holdfast.cli.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Two monitors would call one resource; a monitor that outlives its service serves nobody. */
final class OneProcessPerMonitor implements Rule {
  private static final String MONITOR_MAIN = "dev.holdfast.monitor.ResourceMonitor";
  private static final String STATE_FLAG = "--state";

  @Override
  public String name() {
    return "monitors";
  }

  @Override
  public String promise() {
    return "each monitor is one living process, which answers, and there is no other";
  }

  @Override
  public Judgement judge(Look look) {
    List<ProcessSeen> running = running(look);
    List<Finding> findings = new ArrayList<>();
    if (look.facts().isPresent()) {
      Facts facts = look.facts().get();
      facts.monitors().forEach(monitor -> known(look, monitor, findings));
      running.stream()
          .filter(process -> facts.monitors().stream().noneMatch(m -> isOf(process, m)))
          .forEach(process -> findings.add(unknown(process)));
      return Judgement.of(
          this,
          "%d monitors, %d processes".formatted(facts.monitors().size(), running.size()),
          findings);
    }
    if (look.servicePid().isPresent()) {
      return Judgement.notLookedAt(this, look.silence());
    }
    running.forEach(process -> findings.add(left(process)));
    return Judgement.of(this, "no service, %d processes".formatted(running.size()), findings);
  }

  /** The monitors of this home, by their command lines: each keeps its state in the home. */
  private static List<ProcessSeen> running(Look look) {
    String folder = look.home().resolve("monitors") + "/";
    return look.processes().all().stream()
        .filter(process -> !process.isDead() && process.command().contains(MONITOR_MAIN))
        .filter(process -> stateOf(process).filter(state -> state.startsWith(folder)).isPresent())
        .toList();
  }

  private static Optional<String> stateOf(ProcessSeen process) {
    int flag = process.command().indexOf(STATE_FLAG);
    return flag >= 0 && flag + 1 < process.command().size()
        ? Optional.of(process.command().get(flag + 1))
        : Optional.empty();
  }

  private static boolean isOf(ProcessSeen process, Facts.Monitor monitor) {
    return monitor.process().filter(life -> life.pid() == process.pid()).isPresent();
  }

  private static void known(Look look, Facts.Monitor monitor, List<Finding> findings) {
    if (monitor.process().isPresent()) {
      Facts.Life life = monitor.process().get();
      if (look.processes().living(life).isEmpty()) {
        findings.add(
            finding(
                monitor,
                "gone " + life.pid(),
                "the service holds process %d for this monitor, and it does not live"
                    .formatted(life.pid())));
      } else if (!monitor.answered() && monitor.state().equals("Ready")) {
        findings.add(
            finding(
                monitor,
                "mute " + life.pid(),
                "process %d is Ready, and does not say what it holds".formatted(life.pid())));
      }
    }
  }

  private static Finding finding(Facts.Monitor monitor, String identity, String what) {
    return new Finding(
        monitor.name() + " " + identity,
        monitor.name(),
        what,
        "holdfast monitor restart " + monitor.name());
  }

  private static Finding unknown(ProcessSeen process) {
    return new Finding(
        process.identity(),
        "pid " + process.pid(),
        "process %d is a monitor of this home, and the service does not know it"
            .formatted(process.pid()),
        "end it, it holds nothing that counts: kill " + process.pid());
  }

  private static Finding left(ProcessSeen process) {
    return new Finding(
        process.identity(),
        "pid " + process.pid(),
        "process %d is a monitor of this home, and there is no service".formatted(process.pid()),
        "start the service, which ends it: holdfast serve");
  }
}
