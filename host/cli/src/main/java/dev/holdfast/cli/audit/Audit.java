package dev.holdfast.cli.audit;

import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** One run of {@code holdfast audit}. */
public final class Audit {
  private static final Path PROC = Path.of("/proc");

  private final Session session;
  private final Auditor.Time time;

  public Audit(Session session) {
    this.session = session;
    this.time = new MachineTime();
  }

  /**
   * Audits, prints the report; the exit code.
   *
   * @param compareWith file with a baseline
   * @param save file to write a baseline to
   * @param over compare with a look taken that long before
   */
  public int run(@Nullable Path compareWith, @Nullable Path save, @Nullable Duration over) {
    Optional<Baseline> baseline = Optional.ofNullable(compareWith).map(Audit::read);
    var observer = new Observer(session.home(), session.service(), PROC, baseline);
    try {
      if (over != null) {
        session.narrate("taking a baseline, and looking again in " + over.toMillis() + " ms");
        observer = observer.comparingWith(Baseline.of(observer.look(), now()));
        time.pass(over);
      }
      AuditReport report = new Auditor(observer::look, Rule.ALL, time).audit();
      if (save != null) {
        write(save, Baseline.of(report.look(), now()));
      }
      session.print(
          Session.envelope("AuditReport", report.toJson(session.surroundings().clock().instant())),
          items -> AuditReport.lines(items.getFirst()));
      return report.exitCode().number();
    } catch (InterruptedException enough) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.FAILED, "The audit was interrupted.", enough);
    }
  }

  private String now() {
    return session.surroundings().clock().instant().toString();
  }

  private static Baseline read(Path file) {
    try {
      return Baseline.of(Json.read(Files.readString(file)));
    } catch (NoSuchFileException none) {
      throw new Failure(
          ExitCode.NOT_FOUND,
          "There is no baseline " + file + ". Take one: holdfast audit --save-baseline " + file,
          none);
    } catch (IOException | JacksonException | IllegalArgumentException unreadable) {
      throw new Failure(
          ExitCode.INVALID,
          "The baseline " + file + " cannot be read: " + unreadable.getMessage(),
          unreadable);
    }
  }

  private static void write(Path file, Baseline baseline) {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(fresh, Json.pretty(baseline.toJson()) + "\n");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException unwritable) {
      throw new Failure(
          ExitCode.FAILED, "The baseline could not be written: " + unwritable, unwritable);
    }
  }
}
