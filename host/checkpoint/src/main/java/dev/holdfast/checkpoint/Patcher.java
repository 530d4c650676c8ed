package dev.holdfast.checkpoint;

import dev.holdfast.checkpoint.Checkpoints.Surroundings;
import dev.holdfast.checkpoint.Restoration.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the patch of one resource. What a tool that failed has left is saved as {@link
 * Cause#DRIFT}: that is kept, and never restored by itself; only what was committed is {@link
 * Cause#PATCHED}. For one thread at a time.
 */
final class Patcher {
  private final String resource;
  private final Surroundings around;
  private final Restorer restorer;

  Patcher(String resource, Surroundings around, Restorer restorer) {
    this.resource = resource;
    this.around = around;
    this.restorer = restorer;
  }

  /** Why the resource must not go online; empty when it is not being patched. */
  Optional<Refusal> refusal() {
    return around
        .store()
        .patchOf(resource)
        .map(
            patch ->
                new Refusal(
                    "%s, since %s; it goes online when that is committed or aborted (holdfast resource patch --commit or --abort), or when a tool succeeds"
                        .formatted(patch, patch.since()),
                    false));
  }

  void requireNone() throws PatchRefusedException {
    Optional<Patch> patch = around.store().patchOf(resource);
    if (patch.isPresent()) {
      throw new PatchRefusedException(
          "It is being patched since %s: %s.".formatted(patch.get().since(), patch.get()));
    }
  }

  private Patch requireHere() throws PatchRefusedException {
    Patch patch =
        around
            .store()
            .patchOf(resource)
            .orElseThrow(() -> new PatchRefusedException("It is not being patched."));
    if (!patch.node().equals(around.node())) {
      throw new PatchRefusedException(
          "It is being patched on node %s, and what is live is there.".formatted(patch.node()));
    }
    return patch;
  }

  private Patch requireIdle() throws PatchRefusedException {
    Patch patch = requireHere();
    if (patch.state() == Patch.State.RUNNING) {
      throw new PatchRefusedException(
          "The tool of its patch runs: %s; wait for its end.".formatted(patch.command()));
    }
    return patch;
  }

  // ---- begin ---------------------------------------------------------------------------------

  /** Looks at all of them before any is touched. */
  Patch begin(List<Checkpoint> checkpoints) throws SourceException, IOException {
    List<Checkpoint> toRestore = new ArrayList<>();
    List<Checkpoint> kept = new ArrayList<>();
    Map<Integer, Long> before = new HashMap<>();
    for (Checkpoint checkpoint : checkpoints) {
      Optional<Checkpoint> edited = keepEdit(checkpoint);
      edited.ifPresent(kept::add);
      Checkpoint now = edited.orElse(checkpoint);
      before.put(now.id().number(), now.current());
      if (edited.isEmpty() || now.rollback()) {
        toRestore.add(now);
      }
    }
    restoreAll(toRestore);
    Patch patch = Patch.open(around.node(), around.clock().instant(), before);
    around.store().patch(resource, patch);
    around.listener().patchBegun(resource, patch, kept);
    return patch;
  }

  /** Saves what was edited since the resource was left; that it was deleted is not an edit here. */
  private Optional<Checkpoint> keepEdit(Checkpoint checkpoint) throws SourceException, IOException {
    @Nullable String left = checkpoint.left().get(around.node());
    if (left == null) {
      return Optional.empty(); // It never ran here: what is there is nobody's edit of it.
    }
    try (Capture capture = source(checkpoint).capture()) {
      String fingerprint = capture.fingerprint();
      return fingerprint.equals(left)
              || fingerprint.equals(checkpoint.currentGeneration().fingerprint())
          ? Optional.empty()
          : Optional.of(
              keep(checkpoint, capture, checkpoint.settings().onDrift() == DriftPolicy.ADOPT));
    } catch (SourceException e) {
      if (e.obstacle() == Obstacle.MISSING) {
        return Optional.empty();
      }
      throw about(checkpoint, "read", e);
    }
  }

  /** Saves what is live, as what does not count; unless it is known. */
  private Checkpoint keep(Checkpoint checkpoint, Capture capture, boolean adopt)
      throws IOException {
    boolean counts = adopt && !checkpoint.rollback();
    Generation last = checkpoint.generations().getLast();
    if (!counts
        && last.cause() == Cause.DRIFT
        && last.fingerprint().equals(capture.fingerprint())) {
      return checkpoint;
    }
    Checkpoint kept =
        around
            .store()
            .append(
                checkpoint,
                saving(capture, Cause.DRIFT),
                marks -> {
                  if (counts) {
                    marks.currentIsAdded();
                  }
                });
    around.listener().saved(kept, kept.generations().getLast());
    return kept;
  }

  private void restoreAll(List<Checkpoint> checkpoints) throws SourceException, IOException {
    for (Checkpoint checkpoint : checkpoints) {
      Optional<Trouble> trouble =
          checkpoint.settings().onRestoreFailure() == RestorePolicy.FAIL
              ? restorer.rehearse(checkpoint)
              : Optional.empty();
      if (trouble.isPresent()) {
        Trouble found = trouble.get();
        throw about(
            checkpoint,
            "restored",
            new SourceException(found.obstacle(), found.message(), found.holders(), null));
      }
    }
    for (Checkpoint checkpoint : checkpoints) {
      try {
        var _ = restorer.restoreOffline(checkpoint);
      } catch (SourceException e) {
        throw about(checkpoint, "restored", e);
      }
    }
  }

  // ---- run -----------------------------------------------------------------------------------

  Patch run(String command, String after) throws PatchRefusedException, IOException {
    Patch running = requireIdle().running(command, after);
    around.store().patch(resource, running);
    return running;
  }

  /** The tool could not be started: it is what it was. */
  void notRun(Patch before) throws IOException {
    if (around.store().patchOf(resource).isPresent()) {
      around.store().patch(resource, before);
    }
  }

  /** The tool is about to be ended: nothing that it exits with is a success any more. */
  void stop(String why) throws PatchRefusedException, IOException {
    Patch patch = requireHere();
    if (patch.state() == Patch.State.RUNNING) {
      around.store().patch(resource, patch.incomplete(why));
    }
  }

  Optional<Patch> ran(boolean succeeded, String exit) throws SourceException, IOException {
    Optional<Patch> patch = around.store().patchOf(resource);
    if (patch.filter(each -> each.state() == Patch.State.RUNNING).isEmpty()) {
      return patch;
    }
    if (succeeded) {
      try {
        var _ = commit(patch.get());
        return Optional.empty();
      } catch (SourceException e) {
        incomplete(patch.get().incomplete("%s, but %s".formatted(exit, e.getMessage())));
        throw e;
      }
    }
    Patch incomplete = patch.get().incomplete(exit);
    incomplete(incomplete);
    return Optional.of(incomplete);
  }

  private void incomplete(Patch patch) throws IOException {
    for (Checkpoint checkpoint : around.store().of(resource)) {
      try (Capture capture = source(checkpoint).capture()) {
        if (!capture.fingerprint().equals(checkpoint.currentGeneration().fingerprint())) {
          var _ = keep(checkpoint, capture, false);
        }
      } catch (SourceException e) {
        // It is there as the tool left it, all the same.
        around.listener().notSaved(checkpoint, Cause.DRIFT, Trouble.of(e), false);
      }
    }
    around.store().patch(resource, patch);
    around.listener().patchIncomplete(resource, patch);
  }

  // ---- the end -------------------------------------------------------------------------------

  List<Checkpoint> commit() throws PatchRefusedException, SourceException, IOException {
    return commit(requireIdle());
  }

  private List<Checkpoint> commit(Patch patch) throws SourceException, IOException {
    List<Checkpoint> checkpoints = around.store().of(resource);
    List<Capture> captures = new ArrayList<>();
    try {
      List<CheckpointStore.Saving> savings = new ArrayList<>();
      for (Checkpoint checkpoint : checkpoints) {
        try {
          captures.add(source(checkpoint).capture());
        } catch (SourceException e) {
          throw about(checkpoint, "saved", e);
        }
        savings.add(saving(captures.getLast(), Cause.PATCHED));
      }
      List<Checkpoint> committed = around.store().commitPatch(resource, checkpoints, savings);
      committed.forEach(each -> around.listener().saved(each, each.currentGeneration()));
      around.listener().patchCommitted(resource, patch, committed);
      return committed;
    } finally {
      captures.forEach(Capture::close);
    }
  }

  List<Checkpoint> abort() throws PatchRefusedException, SourceException, IOException {
    Patch patch = requireIdle();
    List<Checkpoint> kept = new ArrayList<>();
    List<Checkpoint> toRestore = new ArrayList<>();
    for (Checkpoint checkpoint : around.store().of(resource)) {
      Optional<Generation> before =
          Optional.ofNullable(patch.before().get(checkpoint.id().number()))
              .flatMap(checkpoint::generation);
      if (before.isEmpty()) {
        continue; // Added since: what it has is what it was added with.
      }
      Checkpoint now = keepPatched(checkpoint, before.get(), kept);
      toRestore.add(counts(now, before.get()));
    }
    restoreAll(toRestore);
    around.store().noPatch(resource);
    around.listener().patchAborted(resource, patch, kept);
    return kept;
  }

  private Checkpoint keepPatched(Checkpoint checkpoint, Generation before, List<Checkpoint> kept)
      throws SourceException, IOException {
    try (Capture capture = source(checkpoint).capture()) {
      if (capture.fingerprint().equals(before.fingerprint())) {
        return checkpoint;
      }
      Checkpoint now = keep(checkpoint, capture, false);
      kept.add(now);
      return now;
    } catch (SourceException e) {
      if (e.obstacle() == Obstacle.MISSING) {
        return checkpoint;
      }
      throw about(checkpoint, "read", e);
    }
  }

  /** It counts again, after all that was saved meanwhile: nothing of that is a drift. */
  private Checkpoint counts(Checkpoint checkpoint, Generation before) throws IOException {
    Generation last = checkpoint.generations().getLast();
    if (last.number() == checkpoint.current() && last.fingerprint().equals(before.fingerprint())) {
      return checkpoint;
    }
    Checkpoint again =
        around
            .store()
            .appendAgain(
                checkpoint,
                before,
                Cause.ROLLED_BACK,
                around.node(),
                around.clock().instant(),
                CheckpointStore.Marks::currentIsAdded);
    around.listener().saved(again, again.currentGeneration());
    return again;
  }

  // ---- all of them ---------------------------------------------------------------------------

  private CheckpointStore.Saving saving(Capture capture, Cause cause) {
    return new CheckpointStore.Saving(capture, cause, around.node(), around.clock().instant());
  }

  private Source source(Checkpoint checkpoint) {
    return around.sources().of(checkpoint.subject());
  }

  private static SourceException about(Checkpoint checkpoint, String done, SourceException e) {
    return new SourceException(
        e.obstacle(),
        "%s cannot be %s: %s".formatted(Restorer.name(checkpoint), done, e.getMessage()),
        e.holders(),
        e);
  }
}
