package dev.holdfast.cli.command;

import dev.holdfast.cli.audit.Audit;
import dev.holdfast.cli.output.Times;
import dev.holdfast.cli.session.Session;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code holdfast audit}. */
final class AuditCommand extends Verb {
  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description =
          "Compare threads and descriptors with what an earlier audit saved; while no service"
              + " answers, also the processes with the records of then.")
  @Nullable Path baseline;

  @Option(
      names = "--save-baseline",
      paramLabel = "FILE",
      description = "Save what was seen, for a later --baseline.")
  @Nullable Path save;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "Compare with a look taken that long before, such as 10s.")
  @Nullable String over;

  @Override
  int run(Session session) {
    if (over != null && baseline != null) {
      throw usage("--for takes a baseline of its own; give either --for or --baseline.");
    }
    return new Audit(session).run(baseline, save, duration());
  }

  private @Nullable Duration duration() {
    if (over == null) {
      return null;
    }
    try {
      return Times.duration(over);
    } catch (IllegalArgumentException noDuration) {
      throw usage("--for: " + noDuration.getMessage());
    }
  }
}
