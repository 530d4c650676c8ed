package dev.holdfast.http;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.CheckpointApi;
import dev.holdfast.service.api.CheckpointChangeView;
import dev.holdfast.service.api.CheckpointDiffView;
import dev.holdfast.service.api.CheckpointDiffView.Line;
import dev.holdfast.service.api.CheckpointView;
import dev.holdfast.service.api.GenerationView;
import dev.holdfast.service.api.ResourceView;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints that are only remembered. At first web-app has two: one of a key, with two
 * generations, and one of files. Paths with certain words in them are refused: Absent is not there,
 * Secret may not be read.
 */
public final class FakeCheckpoints implements CheckpointApi {
  /** What an answer may hold before its first part goes out, and more. */
  static final int BREAKS_OFF_AFTER_BYTES = 1 << 20;

  private static final Line PORT = new Line("Parameters", "Port", "REG_DWORD 80", "REG_DWORD 8080");

  /** Every checkpoint that was to be added, dry or not. */
  public final List<NewCheckpoint> added = new CopyOnWriteArrayList<>();

  public final List<Caller> callers = new CopyOnWriteArrayList<>();

  /** Whether content ends in the middle, as if the disk failed. */
  public volatile boolean breaksOff;

  private final Function<String, ResourceView> resources;
  private final Map<String, Map<Integer, Kept>> kept = new TreeMap<>();

  /** A checkpoint, as it was added, and its generations. */
  private record Kept(CheckpointView asAdded, List<GenerationView> generations) {
    CheckpointView view() {
      GenerationView now = generations.getLast();
      return new CheckpointView(
          asAdded.id(),
          asAdded.resource(),
          asAdded.source(),
          asAdded.path(),
          now.generation(),
          now.digest(),
          now.sizeBytes(),
          now.savedAt(),
          now.cause(),
          asAdded.policy(),
          asAdded.onDrift(),
          asAdded.excludes(),
          asAdded.keep(),
          asAdded.quietMillis(),
          asAdded.delayMillis(),
          asAdded.rollBackWithinMillis(),
          asAdded.unrestored(),
          asAdded.watched(),
          asAdded.dirtySince());
    }

    GenerationView next(String cause) {
      GenerationView now = generations.getLast();
      return generation(now.resource(), now.checkpoint(), now.generation() + 1, cause);
    }

    Kept with(GenerationView next) {
      List<GenerationView> all = new ArrayList<>();
      generations.forEach(before -> all.add(copy(before, false, before.state())));
      all.add(next);
      return new Kept(asAdded, all);
    }
  }

  /**
   * Made by {@link FakeCluster}.
   *
   * @param resources finds a resource, or throws
   */
  FakeCheckpoints(Function<String, ResourceView> resources) {
    this.resources = resources;
    var key =
        new NewCheckpoint(
            "registry:Software\\Contoso", null, null, List.of(), null, null, null, null, false);
    var files =
        new NewCheckpoint(
            "file:/etc/contoso", "fail", "adopt", List.of("*.log"), 3, 0L, 500L, null, false);
    Kept first = given("web-app", 1, key);
    put(first.with(first.next("Changed")));
    put(given("web-app", 2, files));
  }

  private static Kept given(String resource, int id, NewCheckpoint wanted) {
    int colon = wanted.of().indexOf(':');
    GenerationView first = generation(resource, id, 1, "Added");
    return new Kept(
        new CheckpointView(
            id,
            resource,
            wanted.of().substring(0, colon),
            wanted.of().substring(colon + 1),
            1,
            first.digest(),
            first.sizeBytes(),
            first.savedAt(),
            "Added",
            wanted.onRestoreFailure() == null ? "continue" : wanted.onRestoreFailure(),
            wanted.onDrift() == null ? "restore" : wanted.onDrift(),
            wanted.excludes(),
            wanted.keep() == null ? 10 : wanted.keep(),
            wanted.quietMillis() == null ? 250 : wanted.quietMillis(),
            wanted.delayMillis() == null ? 2000 : wanted.delayMillis(),
            wanted.rollBackWithinMillis() == null ? 0 : wanted.rollBackWithinMillis(),
            false,
            true,
            null),
        List.of(first));
  }

  private static GenerationView generation(
      String resource, int checkpoint, long generation, String cause) {
    return new GenerationView(
        resource,
        checkpoint,
        generation,
        "sha256:%02x".formatted(checkpoint * 16L + generation),
        4096,
        FakeCluster.NOW.plusSeconds(generation),
        cause,
        "alpha",
        40 + generation,
        true,
        "Good");
  }

  private static GenerationView copy(GenerationView of, boolean current, String state) {
    return new GenerationView(
        of.resource(),
        of.checkpoint(),
        of.generation(),
        of.digest(),
        of.sizeBytes(),
        of.savedAt(),
        of.cause(),
        of.node(),
        of.revision(),
        current,
        state);
  }

  private void put(Kept checkpoint) {
    kept.computeIfAbsent(checkpoint.asAdded().resource(), name -> new TreeMap<>())
        .put(checkpoint.asAdded().id(), checkpoint);
  }

  /** From now on a generation's blob is Missing, Damaged, or Good again. */
  public synchronized void spoil(String resource, int id, long generation, String state) {
    Kept was = require(resource, id);
    put(
        new Kept(
            was.asAdded(),
            was.generations().stream()
                .map(g -> g.generation() == generation ? copy(g, g.current(), state) : g)
                .toList()));
  }

  private Map<Integer, Kept> of(String resource) {
    return kept.getOrDefault(resources.apply(resource).name(), Map.of());
  }

  private Kept require(String resource, int id) {
    Kept found = of(resource).get(id);
    if (found == null) {
      throw new ApiException.NotFound(
          "CheckpointNotFound",
          resource,
          "Resource " + resource + " has no checkpoint " + id + ".");
    }
    return found;
  }

  private GenerationView require(String resource, int id, @Nullable Long generation) {
    List<GenerationView> all = require(resource, id).generations();
    if (generation == null) {
      return all.getLast();
    }
    return all.stream()
        .filter(g -> g.generation() == generation)
        .findFirst()
        .orElseThrow(
            () ->
                new ApiException.NotFound(
                    "GenerationNotFound",
                    resource,
                    "Checkpoint %d of resource %s has no generation %d."
                        .formatted(id, resource, generation)));
  }

  @Override
  public synchronized List<CheckpointView> checkpoints(@Nullable String resource) {
    var all =
        resource == null
            ? kept.values().stream().flatMap(of -> of.values().stream())
            : of(resource).values().stream();
    return all.map(Kept::view).toList();
  }

  @Override
  public synchronized CheckpointView checkpoint(String resource, int id) {
    return require(resource, id).view();
  }

  @Override
  public synchronized CheckpointChangeView add(
      Caller caller, String resource, NewCheckpoint wanted, boolean dryRun) {
    Map<Integer, Kept> others = of(resource);
    if (!wanted.of().matches("registry:[^\\\\].*|file:/.*")) {
      throw new ApiException.Invalid(
          "BadPath", resource, wanted.of() + " is no path relative to HKLM.", List.of());
    }
    if (wanted.of().contains("Absent")) {
      throw new ApiException.Invalid(
          "NothingThere", resource, "There is no key " + wanted.of() + ".", List.of());
    }
    if (wanted.of().contains("Secret") && !wanted.grant()) {
      throw new ApiException.NotPermitted(
          "AccessDenied", "The cluster service may not read " + wanted.of() + "; see --grant.");
    }
    if (others.values().stream().anyMatch(other -> isOf(other.asAdded(), wanted.of()))) {
      throw new ApiException.Conflict(
          "AlreadyExists", resource, "Resource " + resource + " has it already.");
    }
    added.add(wanted);
    callers.add(caller);
    int id = others.keySet().stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
    Kept made = given(resource, id, wanted);
    if (!dryRun) {
      put(made);
    }
    List<String> notes =
        wanted.of().contains("\\Services\\")
            ? List.of("The key has the value Start, which belongs to the node.")
            : List.of();
    return new CheckpointChangeView(made.view(), notes, List.of());
  }

  private static boolean isOf(CheckpointView checkpoint, String of) {
    return (checkpoint.source() + ":" + checkpoint.path())
        .toLowerCase(Locale.ROOT)
        .equals(of.toLowerCase(Locale.ROOT));
  }

  @Override
  public synchronized CheckpointView remove(String resource, int id, boolean dryRun) {
    CheckpointView gone = require(resource, id).view();
    if (!dryRun) {
      of(resource).remove(id);
    }
    return gone;
  }

  @Override
  public synchronized List<CheckpointChangeView> save(
      String resource, @Nullable Integer id, boolean dryRun) {
    List<Kept> wanted =
        id == null ? List.copyOf(of(resource).values()) : List.of(require(resource, id));
    return wanted.stream().map(of -> change(of, "Manual", dryRun, List.of())).toList();
  }

  private CheckpointChangeView change(Kept was, String cause, boolean dryRun, List<String> notes) {
    Kept now = was.with(was.next(cause));
    if (!dryRun) {
      put(now);
    }
    boolean ofKey = was.asAdded().source().equals("registry");
    return new CheckpointChangeView(now.view(), notes, ofKey ? List.of(PORT) : List.of());
  }

  @Override
  public synchronized List<GenerationView> history(String resource, int id) {
    return require(resource, id).generations();
  }

  @Override
  public synchronized GenerationView generation(
      String resource, int id, @Nullable Long generation) {
    return require(resource, id, generation);
  }

  @Override
  public void content(
      String resource, int id, @Nullable Long generation, @Nullable String format, OutputStream out)
      throws IOException {
    GenerationView found;
    synchronized (this) {
      found = require(resource, id, generation);
    }
    String text = format + " of generation " + found.generation() + " \u00e9\n";
    out.write(text.getBytes(StandardCharsets.ISO_8859_1)); // No UTF-8: it is bytes.
    if (!found.state().equals("Good")) {
      throw new ApiException.Conflict(
          "Generation" + found.state(),
          resource,
          "The blob of generation %d is %s."
              .formatted(found.generation(), found.state().toLowerCase(Locale.ROOT)));
    }
    if (breaksOff) {
      out.write(new byte[BREAKS_OFF_AFTER_BYTES]);
      throw new IOException("The disk failed.");
    }
  }

  @Override
  public synchronized CheckpointDiffView diff(
      String resource, int id, @Nullable Long from, @Nullable Long to) {
    GenerationView older = require(resource, id, from);
    String newer = to == null ? "live" : Long.toString(require(resource, id, to).generation());
    String name = Long.toString(older.generation());
    String path = require(resource, id).asAdded().path();
    List<Line> lines = List.of();
    if (!newer.equals(name)) {
      lines = path.startsWith("/") ? differencesOfFiles() : differencesOfKeys();
    }
    return new CheckpointDiffView(resource, id, path, name, newer, lines);
  }

  private static List<Line> differencesOfKeys() {
    return List.of(
        new Line("", "owner", "root", "alice"),
        new Line("Old", "", "3 values", null),
        PORT,
        new Line("Parameters", "Theme", null, "REG_SZ dark\u001b[2J"),
        new Line("Parameters", "Width", "REG_DWORD 1", "REG_SZ 1"));
  }

  private static List<Line> differencesOfFiles() {
    return List.of(
        new Line("app.conf", "mode", "0644", "0600"), new Line("new.conf", "", null, "12 bytes"));
  }

  @Override
  public synchronized CheckpointChangeView rollback(
      String resource, int id, long to, boolean dryRun) {
    GenerationView older = require(resource, id, to);
    return change(
        require(resource, id),
        "RolledBack",
        dryRun,
        List.of("It has what generation " + older.generation() + " had."));
  }

  @Override
  public synchronized List<GenerationView> verify(@Nullable String resource) {
    return checkpoints(resource).stream()
        .flatMap(c -> require(c.resource(), c.id()).generations().stream())
        .toList();
  }
}
