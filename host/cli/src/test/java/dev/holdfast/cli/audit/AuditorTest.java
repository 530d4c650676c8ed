package dev.holdfast.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.session.ExitCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** When a finding counts. */
class AuditorTest {
  private final Deque<Look> looks = new ArrayDeque<>();
  private final FakeTime time = new FakeTime();

  /** Stands still but when it is told to pass. */
  private static final class FakeTime implements Auditor.Time {
    private Duration now = Duration.ZERO;

    @Override
    public Duration now() {
      return now;
    }

    @Override
    public void pass(Duration duration) {
      now = now.plus(duration);
    }
  }

  private static Look left(String... files) {
    var given = new Given();
    for (String file : files) {
      given.temporaryFiles.add(Path.of(file));
    }
    return given.look();
  }

  /** The looks there are; the last one for ever. */
  private AuditReport audit(Look... taken) throws InterruptedException {
    looks.addAll(List.of(taken));
    return new Auditor(
            () -> looks.size() > 1 ? looks.remove() : Objects.requireNonNull(looks.peek()),
            Rule.ALL,
            time)
        .audit();
  }

  @Test
  void whatIsWell_isLookedAtOnce() throws Exception {
    AuditReport report = audit(left());

    assertThat(report.looks()).isEqualTo(1);
    assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
  }

  @Test
  void whatIsThereInEveryLook_counts_afterTheBound() throws Exception {
    AuditReport report = audit(left("/a"));

    assertThat(report.looks()).isGreaterThanOrEqualTo(Auditor.LOOKS_MIN);
    assertThat(report.took()).isGreaterThanOrEqualTo(Auditor.BOUND);
    assertThat(report.exitCode()).isEqualTo(ExitCode.NO);
    assertThat(report.toJson(Instant.EPOCH).at("/broken/0").asString()).isEqualTo("files");
  }

  @Test
  void whatIsGoneInOneLook_doesNotCount() throws Exception {
    AuditReport report = audit(left("/a"), left("/a"), left());

    assertThat(report.looks()).isEqualTo(3);
    assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
  }

  @Test
  void somethingElseEachTime_doesNotCount() throws Exception {
    AuditReport report = audit(left("/a"), left("/b"), left("/c"));

    assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(report.looks()).isEqualTo(2);
  }

  @Test
  void theReport_namesTheRuleItsFindingAndWhatToDo() throws Exception {
    AuditReport report = audit(left("/srv/holdfast/unpacked/.incoming-1"));

    assertThat(AuditReport.lines(report.toJson(Instant.EPOCH)))
        .contains(
            "files: not so: no temporary file or folder is left in the home or the quorum"
                + " directory",
            "  .incoming-1: /srv/holdfast/unpacked/.incoming-1 is half of something that was never"
                + " finished",
            "      try: the next start of the service removes it")
        .last()
        .asString()
        .startsWith("broken: files (");
  }

  @Test
  void aServiceThatDoesNotAnswer_isUnreachable_unlessSomethingIsBroken() throws Exception {
    var silent = new Given();
    silent.answers = false;
    assertThat(audit(silent.look()).exitCode()).isEqualTo(ExitCode.UNREACHABLE);

    looks.clear();
    silent.temporaryFiles.add(Path.of("/a"));
    assertThat(audit(silent.look()).exitCode()).isEqualTo(ExitCode.NO);
  }
}
