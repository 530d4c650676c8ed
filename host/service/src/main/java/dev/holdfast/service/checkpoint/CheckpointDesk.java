package dev.holdfast.service.checkpoint;

import dev.holdfast.checkpoint.Cause;
import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.checkpoint.Difference;
import dev.holdfast.checkpoint.DriftPolicy;
import dev.holdfast.checkpoint.Generation;
import dev.holdfast.checkpoint.PatchRefusedException;
import dev.holdfast.checkpoint.RestorePolicy;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.checkpoint.Trouble;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.quorum.Blobs;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.CheckpointApi;
import dev.holdfast.service.api.CheckpointChangeView;
import dev.holdfast.service.api.CheckpointDiffView;
import dev.holdfast.service.api.CheckpointView;
import dev.holdfast.service.api.GenerationView;
import dev.holdfast.service.api.Rehearsal;
import dev.holdfast.service.api.ValidationView;
import dev.holdfast.service.chronicle.CheckpointAdvice;
import dev.holdfast.service.registry.Registry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers what is asked of checkpoints, and does what is told. Thread-safe. */
public final class CheckpointDesk implements CheckpointApi, SavedCheckpoints {
  private final Checkpoints checkpoints;
  private final Registry registry;
  private final Supplier<ClusterState> states;
  private final CheckpointFinder finder;
  private final CheckpointLint lint;

  /** One at a time: what one looks for, another must not be about to add. */
  private final ReentrantLock adding = new ReentrantLock();

  /**
   * @param states the newest state of the cluster
   */
  public CheckpointDesk(Checkpoints checkpoints, Registry registry, Supplier<ClusterState> states) {
    this.checkpoints = checkpoints;
    this.registry = registry;
    this.states = states;
    this.finder = new CheckpointFinder(checkpoints, states);
    this.lint = new CheckpointLint(checkpoints.store(), registry, finder::nameOf);
  }

  // ---- questions -----------------------------------------------------------------------------

  @Override
  public List<CheckpointView> checkpoints(@Nullable String resource) {
    if (resource != null) {
      return of(finder.resource(resource));
    }
    return states.get().resources().values().stream().flatMap(each -> of(each).stream()).toList();
  }

  private List<CheckpointView> of(ClusterResource resource) {
    return checkpoints.store().of(resource.id().toString()).stream().map(this::view).toList();
  }

  @Override
  public CheckpointView checkpoint(String resource, int id) {
    return view(finder.require(finder.resource(resource), id));
  }

  private CheckpointView view(Checkpoint checkpoint) {
    return CheckpointViews.checkpoint(
        checkpoint,
        finder.nameOf(checkpoint.id().resource()),
        checkpoints.watched(checkpoint.id()));
  }

  @Override
  public List<GenerationView> history(String resource, int id) {
    Checkpoint checkpoint = finder.require(finder.resource(resource), id);
    return checkpoint.generations().stream().map(each -> view(checkpoint, each)).toList();
  }

  private GenerationView view(Checkpoint checkpoint, Generation generation) {
    return CheckpointViews.generation(
        checkpoint,
        generation,
        finder.nameOf(checkpoint.id().resource()),
        finder.condition(generation));
  }

  @Override
  public GenerationView generation(String resource, int id, @Nullable Long generation) {
    Checkpoint checkpoint = finder.require(finder.resource(resource), id);
    return view(checkpoint, CheckpointFinder.requireGeneration(checkpoint, generation));
  }

  @Override
  public void content(
      String resource, int id, @Nullable Long number, @Nullable String format, OutputStream out)
      throws IOException {
    Checkpoint checkpoint = finder.require(finder.resource(resource), id);
    Generation generation = CheckpointFinder.requireGeneration(checkpoint, number);
    boolean isHeld = checkpoints.store().tryHold(generation);
    try {
      write(checkpoint, finder.requireGood(checkpoint, generation), format, out);
    } finally {
      if (isHeld) {
        checkpoints.store().letGo(generation);
      }
    }
  }

  private void write(
      Checkpoint checkpoint, Generation generation, @Nullable String format, OutputStream out)
      throws IOException {
    Path blob = checkpoints.store().blobs().file(generation.digest());
    String own = checkpoint.subject().kind() == Subject.Kind.REGISTRY ? "hive" : "tar";
    String wanted = format == null ? own : format;
    if (wanted.equals(own)) {
      Files.copy(blob, out);
    } else if (wanted.equals("reg") && own.equals("hive")) {
      out.write(registry.textOf("HKLM\\" + checkpoint.subject().path(), Files.readAllBytes(blob)));
    } else {
      throw new ApiException.Usage(
          "BadFormat",
          "A %s checkpoint is shown as %s; found \"%s\"."
              .formatted(
                  checkpoint.subject().kind(), own.equals("hive") ? "hive or reg" : own, wanted));
    }
  }

  @Override
  public CheckpointDiffView diff(String resource, int id, @Nullable Long from, @Nullable Long to) {
    Checkpoint checkpoint = finder.require(finder.resource(resource), id);
    Generation older =
        finder.requireGood(checkpoint, CheckpointFinder.requireGeneration(checkpoint, from));
    return new CheckpointDiffView(
        finder.nameOf(checkpoint.id().resource()),
        id,
        checkpoint.subject().path(),
        Long.toString(older.number()),
        to == null ? "live" : Long.toString(to),
        CheckpointViews.lines(
            to == null
                ? diffToLive(checkpoint, older)
                : diff(
                    checkpoint,
                    older,
                    finder.requireGood(
                        checkpoint, CheckpointFinder.requireGeneration(checkpoint, to)))));
  }

  private List<Difference> diff(Checkpoint checkpoint, Generation from, Generation to) {
    try {
      return checkpoints.diff(checkpoint, from, to);
    } catch (SourceException e) {
      throw CheckpointRefusals.refused(checkpoint.subject(), "compared", e);
    }
  }

  private List<Difference> diffToLive(Checkpoint checkpoint, Generation from) {
    try {
      return checkpoints.diffToLive(checkpoint, from);
    } catch (SourceException e) {
      throw CheckpointRefusals.refused(checkpoint.subject(), "compared", e);
    } catch (IOException e) {
      throw CheckpointRefusals.failed(checkpoint.subject(), "compared", e);
    }
  }

  @Override
  public List<GenerationView> verify(@Nullable String resource) {
    List<Checkpoint> all =
        resource == null
            ? checkpoints.store().all()
            : checkpoints.store().of(finder.resource(resource).id().toString());
    return all.stream()
        .flatMap(each -> each.generations().stream().map(generation -> view(each, generation)))
        .toList();
  }

  /** What another node would have to restore now. */
  public List<Rehearsal> rehearsals() {
    return checkpoints.store().all().stream()
        .map(
            each ->
                new Rehearsal(
                    object(each),
                    finder.nameOf(each.id().resource()),
                    each.id().number(),
                    each.subject().toString(),
                    each.subject().excludes(),
                    checkpoints
                        .store()
                        .blobs()
                        .file(each.currentGeneration().digest())
                        .toAbsolutePath()
                        .toString()))
        .toList();
  }

  private String object(Checkpoint checkpoint) {
    return "%s, checkpoint %d (%s)"
        .formatted(
            finder.nameOf(checkpoint.id().resource()),
            checkpoint.id().number(),
            checkpoint.subject());
  }

  /** Whether each checkpoint could be restored now; changes nothing. */
  public List<ValidationView> rehearse(String node) {
    return checkpoints.store().all().stream().map(each -> rehearse(each, node)).toList();
  }

  private ValidationView rehearse(Checkpoint checkpoint, String node) {
    String resource = finder.nameOf(checkpoint.id().resource());
    Optional<Trouble> trouble = checkpoints.rehearse(checkpoint);
    return new ValidationView(
        "checkpoints",
        object(checkpoint),
        node,
        trouble.isEmpty(),
        trouble.map(each -> each.obstacle().toString()).orElse(null),
        trouble.map(Trouble::message).orElse(null),
        trouble
            .map(each -> CheckpointAdvice.of(checkpoint, resource, each.obstacle()))
            .orElse(null));
  }

  // ---- for the cluster file --------------------------------------------------------------------

  @Override
  public List<Checkpoint> of(ResourceId resource) {
    return checkpoints.store().of(resource.toString());
  }

  @Override
  public boolean isSame(Subject one, Subject other) {
    return lint.isSame(one, other);
  }

  /**
   * Makes the checks of {@link #add}, of a resource that need not be there yet, and reads what is
   * to be saved.
   *
   * @return what its owner should know
   * @throws ApiException it could not be added now
   */
  public List<String> requireAddable(ResourceId resource, String name, Subject subject) {
    try {
      checkpoints.require(subject);
      List<String> notes = lint.look(resource.toString(), name, subject);
      checkpoints.tryRead(subject);
      return notes;
    } catch (IllegalArgumentException e) {
      throw new ApiException.Invalid(
          "BadCheckpoint",
          name,
          "The checkpoint was not added: %s.".formatted(e.getMessage()),
          List.of());
    } catch (SourceException e) {
      throw CheckpointRefusals.refused(subject, "added", e);
    }
  }

  /** Gives a checkpoint other settings; durable when this returns. */
  public void configure(Checkpoint checkpoint, CheckpointSettings settings) {
    try {
      var _ = checkpoints.configure(checkpoint.id(), settings);
    } catch (IOException e) {
      throw CheckpointRefusals.failed(checkpoint.subject(), "changed", e);
    }
  }

  // ---- changes -------------------------------------------------------------------------------

  @Override
  public CheckpointChangeView add(
      Caller caller, String resource, NewCheckpoint wanted, boolean dryRun) {
    ClusterResource owner = finder.resource(resource);
    String name = owner.config().name();
    Subject subject;
    CheckpointSettings settings;
    try {
      subject = Subject.parse(wanted.of(), wanted.excludes());
      settings = settings(wanted);
      checkpoints.require(subject);
    } catch (IllegalArgumentException e) {
      throw new ApiException.Invalid(
          "BadCheckpoint",
          name,
          "The checkpoint was not added: %s.".formatted(e.getMessage()),
          List.of());
    }
    adding.lock();
    try {
      return add(caller, owner, subject, settings, wanted.grant(), dryRun);
    } finally {
      adding.unlock();
    }
  }

  private CheckpointChangeView add(
      Caller caller,
      ClusterResource owner,
      Subject subject,
      CheckpointSettings settings,
      boolean grant,
      boolean dryRun) {
    String name = owner.config().name();
    List<String> notes = new ArrayList<>(lint.look(owner.id().toString(), name, subject));
    if (grant && subject.kind() == Subject.Kind.REGISTRY) {
      registry.grant(
          caller, "HKLM\\" + subject.path(), "cluster-service", "KEY_ALL_ACCESS", dryRun);
    } else if (subject.kind() == Subject.Kind.REGISTRY) {
      notes.addAll(registry.missingRights("HKLM\\" + subject.path()));
    }
    if (dryRun) {
      return new CheckpointChangeView(
          CheckpointViews.wanted(subject, settings, name), notes, List.of());
    }
    try {
      Checkpoint added =
          checkpoints.add(owner.id().toString(), subject, settings, owner.isActive());
      return new CheckpointChangeView(view(added), notes, List.of());
    } catch (SourceException e) {
      throw CheckpointRefusals.refused(subject, "added", e);
    } catch (IOException e) {
      throw CheckpointRefusals.failed(subject, "added", e);
    }
  }

  /**
   * How a checkpoint is to be kept, with the defaults of what is not said.
   *
   * @throws IllegalArgumentException that is beyond its limits
   */
  public static CheckpointSettings settings(NewCheckpoint wanted) {
    CheckpointSettings otherwise = CheckpointSettings.DEFAULT;
    Duration delay =
        wanted.delayMillis() == null ? otherwise.delay() : Duration.ofMillis(wanted.delayMillis());
    Duration quiet =
        wanted.quietMillis() == null
            ? min(otherwise.quiet(), delay)
            : Duration.ofMillis(wanted.quietMillis());
    return new CheckpointSettings(
        wanted.onRestoreFailure() == null
            ? otherwise.onRestoreFailure()
            : RestorePolicy.parse(wanted.onRestoreFailure()),
        wanted.onDrift() == null ? otherwise.onDrift() : DriftPolicy.parse(wanted.onDrift()),
        wanted.keep() == null ? otherwise.keep() : wanted.keep(),
        quiet,
        delay,
        wanted.rollBackWithinMillis() == null
            ? otherwise.rollBackWithin()
            : Duration.ofMillis(wanted.rollBackWithinMillis()));
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  @Override
  public CheckpointView remove(String resource, int id, boolean dryRun) {
    Checkpoint checkpoint = finder.require(finder.resource(resource), id);
    CheckpointView view = view(checkpoint);
    if (!dryRun) {
      try {
        checkpoints.remove(checkpoint.id());
      } catch (IOException e) {
        throw CheckpointRefusals.failed(checkpoint.subject(), "removed", e);
      }
    }
    return view;
  }

  @Override
  public List<CheckpointChangeView> save(String resource, @Nullable Integer id, boolean dryRun) {
    ClusterResource owner = finder.resource(resource);
    List<Checkpoint> wanted =
        id == null
            ? checkpoints.store().of(owner.id().toString())
            : List.of(finder.require(owner, id));
    requireNoPatch(owner, "is not saved");
    return wanted.stream().map(each -> save(owner, each, dryRun)).toList();
  }

  /** What is live while a patch is open is its business: its end says what counts. */
  private void requireNoPatch(ClusterResource owner, String what) {
    checkpoints
        .patchOf(owner.id().toString())
        .ifPresent(
            patch -> {
              throw PatchDesk.patched(owner, what, patch);
            });
  }

  private CheckpointChangeView save(ClusterResource owner, Checkpoint checkpoint, boolean dryRun) {
    List<Difference> differences =
        finder.condition(checkpoint.currentGeneration()) == Blobs.Condition.GOOD
            ? diffToLive(checkpoint, checkpoint.currentGeneration())
            : List.of();
    try {
      Checkpoint now = dryRun ? checkpoint : checkpoints.save(checkpoint.id(), Cause.MANUAL);
      List<String> notes =
          now.current() == checkpoint.current()
              ? List.of(
                  dryRun
                      ? "nothing was saved"
                      : "unchanged: generation %d has the live content".formatted(now.current()))
              : List.of("the live content is generation %d now".formatted(now.current()));
      return new CheckpointChangeView(view(now), notes, CheckpointViews.lines(differences));
    } catch (PatchRefusedException e) {
      throw CheckpointRefusals.patched(owner, "saved", e);
    } catch (SourceException e) {
      throw CheckpointRefusals.refused(checkpoint.subject(), "saved", e);
    } catch (IOException e) {
      throw CheckpointRefusals.failed(checkpoint.subject(), "saved", e);
    }
  }

  @Override
  public CheckpointChangeView rollback(String resource, int id, long to, boolean dryRun) {
    ClusterResource owner = finder.resource(resource);
    Checkpoint checkpoint = finder.require(owner, id);
    requireNoPatch(owner, "is not rolled back");
    Generation older =
        finder.requireGood(checkpoint, CheckpointFinder.requireGeneration(checkpoint, to));
    List<Difference> differences =
        finder.condition(checkpoint.currentGeneration()) == Blobs.Condition.GOOD
            ? diff(checkpoint, checkpoint.currentGeneration(), older)
            : List.of();
    // Of what is current and followed by an edit that waits, it is what undoes that.
    if (to == checkpoint.current() && to == checkpoint.generations().getLast().number()) {
      return new CheckpointChangeView(
          view(checkpoint),
          List.of("generation %d is the current one already".formatted(to)),
          List.of());
    }
    String name = owner.config().name();
    List<String> notes =
        List.of(
            owner.isActive()
                ? "%s goes on with what it has; restored when it goes online next: holdfast resource restart %s"
                    .formatted(name, name)
                : "restored when %s goes online next: holdfast resource online %s"
                    .formatted(name, name));
    try {
      Checkpoint now = dryRun ? checkpoint : checkpoints.rollback(checkpoint.id(), to);
      return new CheckpointChangeView(view(now), notes, CheckpointViews.lines(differences));
    } catch (PatchRefusedException e) {
      throw CheckpointRefusals.patched(owner, "rolled back", e);
    } catch (IOException e) {
      throw CheckpointRefusals.failed(checkpoint.subject(), "rolled back", e);
    }
  }
}
