package dev.holdfast.cli.audit;

import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.Home;
import dev.holdfast.cli.session.ServiceClient;
import dev.holdfast.client.transport.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Looks at a cluster: asks the service, reads {@code /proc}, reads the home. Changes nothing. */
final class Observer {
  /** A service that does not answer for so long is stopped, or might as well be. */
  private static final Duration ANSWER = Duration.ofSeconds(3);

  private final Home home;
  private final ServiceClient service;
  private final Path proc;
  private final Optional<Baseline> baseline;

  /**
   * @param proc where the proc file system is
   * @param baseline what to compare with
   */
  Observer(Home home, ServiceClient service, Path proc, Optional<Baseline> baseline) {
    this.home = home;
    this.service = service;
    this.proc = proc;
    this.baseline = baseline;
  }

  /** An observer that compares with this. */
  Observer comparingWith(Baseline other) {
    return new Observer(home, service, proc, Optional.of(other));
  }

  /** What the service said, or why it said nothing. */
  private record Word(Optional<Facts> facts, String silence) {}

  /**
   * Looks.
   *
   * @throws Failure not permitted: only the home's owner and root see enough
   */
  Look look() {
    try {
      Path root = home.path().toRealPath();
      requireRights(root);
      Word word = word();
      ProcessTable processes = ProcessTable.read(proc);
      OptionalInt pid = servicePid(root, processes);
      return new Look(
          root,
          word.facts(),
          word.silence(),
          pid,
          processes,
          archives(word),
          reasons(word),
          EventFiles.read(root.resolve("events")),
          IncidentFolders.read(root.resolve("incidents")),
          TemporaryFiles.in(root, plugins(root, word)),
          footprints(word, pid),
          baseline);
    } catch (IOException unreadable) {
      throw new Failure(
          ExitCode.FAILED,
          "The home "
              + home.path()
              + " could not be looked at: "
              + unreadable
              + ". Is it a home of Holdfast?",
          unreadable);
    }
  }

  private static void requireRights(Path root) {
    if (!Files.isReadable(root) || !Files.isExecutable(root)) {
      throw new Failure(
          ExitCode.NOT_PERMITTED,
          "The home "
              + root
              + " may be read by its owner and root only, and an audit reads it and the environment"
              + " of what runs. Run it as its owner.");
    }
  }

  private Word word() {
    try {
      JsonNode answer = service.ask(Target.of("audit"), ANSWER);
      return new Word(Optional.of(Facts.of(answer.required("items").required(0))), "");
    } catch (Failure refused) {
      if (refused.exitCode() == ExitCode.UNREACHABLE.number()) {
        return new Word(Optional.empty(), "the service does not answer");
      }
      throw refused;
    }
  }

  /** The service that {@code run/service.json} names, if it lives. */
  private static OptionalInt servicePid(Path root, ProcessTable processes) throws IOException {
    Path file = root.resolve("run").resolve("service.json");
    if (!Files.exists(file)) {
      return OptionalInt.empty();
    }
    try {
      JsonNode written = Json.read(Files.readString(file));
      var life =
          new Facts.Life(
              written.required("pid").asInt(), written.required("startTicks").asLong(), "");
      return processes.living(life).isPresent() ? OptionalInt.of(life.pid()) : OptionalInt.empty();
    } catch (JacksonException broken) {
      throw new IOException(file + " is not what a service writes: " + broken.getMessage(), broken);
    }
  }

  // ---- what the service's word leads to ------------------------------------------------------

  private static Map<String, Archive> archives(Word word) {
    Map<String, Archive> archives = new HashMap<>();
    word.facts().stream()
        .flatMap(facts -> facts.types().stream())
        .map(Facts.Type::archive)
        .forEach(path -> archives.computeIfAbsent(path, Observer::archive));
    return archives;
  }

  private static Archive archive(String path) {
    try {
      return new Archive.Present(Digests.ofFile(Path.of(path)));
    } catch (IOException unreadable) {
      return new Archive.Unreadable(unreadable.toString());
    }
  }

  private Map<String, Reason> reasons(Word word) {
    Map<String, Reason> reasons = new HashMap<>();
    word.facts().stream()
        .flatMap(facts -> facts.resources().stream())
        .filter(resource -> !resource.isAsWanted())
        .forEach(resource -> reason(resource).ifPresent(why -> reasons.put(resource.id(), why)));
    return reasons;
  }

  private Optional<Reason> reason(Facts.Resource resource) {
    try {
      JsonNode answer = service.ask(Target.of("why", resource.id()), ANSWER);
      return Optional.of(Reason.of(answer.required("items").required(0)));
    } catch (Failure goneMeanwhile) {
      // Deleted, or the service is ending; the next look sees which.
      return Optional.empty();
    }
  }

  /** The quorum directory may be elsewhere; registrations say where. */
  private static Path plugins(Path root, Word word) {
    return word.facts().stream()
        .flatMap(facts -> facts.types().stream())
        .map(type -> Path.of(type.archive()).getParent())
        .filter(parent -> parent != null)
        .findFirst()
        .orElse(root.resolve("quorum").resolve("plugins"));
  }

  private Map<String, Footprint> footprints(Word word, OptionalInt servicePid) {
    Map<String, Footprint> footprints = new HashMap<>();
    servicePid.ifPresent(
        pid -> Footprint.of(proc, pid).ifPresent(taken -> footprints.put("service", taken)));
    word.facts().stream()
        .flatMap(facts -> facts.monitors().stream())
        .forEach(
            monitor ->
                monitor
                    .process()
                    .flatMap(life -> Footprint.of(proc, life.pid()))
                    .ifPresent(taken -> footprints.put(monitor.name(), taken)));
    return footprints;
  }
}
