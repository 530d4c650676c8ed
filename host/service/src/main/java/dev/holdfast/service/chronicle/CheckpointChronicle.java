package dev.holdfast.service.chronicle;

import dev.holdfast.checkpoint.Cause;
import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointListener;
import dev.holdfast.checkpoint.Difference;
import dev.holdfast.checkpoint.DriftPolicy;
import dev.holdfast.checkpoint.Generation;
import dev.holdfast.checkpoint.Patch;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.checkpoint.Trouble;
import dev.holdfast.quorum.Blobs;
import dev.holdfast.service.api.ShellWord;
import dev.holdfast.service.event.EventId;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.Holder;
import dev.holdfast.service.event.NewEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Writes down what happens to checkpoints. */
public final class CheckpointChronicle implements CheckpointListener {
  /** So many differences are told in an event; the generations have them all. */
  private static final int DIFFERENCES_TOLD_MAX = 10;

  private final EventLog events;
  private final UnaryOperator<String> names;

  /**
   * @param names a resource's name by its id
   */
  public CheckpointChronicle(EventLog events, UnaryOperator<String> names) {
    this.events = events;
    this.names = names;
  }

  @Override
  public void saved(Checkpoint checkpoint, Generation generation) {
    // Each change as an event would be a log of the application; the history has them.
    if (generation.cause() != Cause.CHANGED) {
      write(
          checkpoint,
          of(EventId.CHECKPOINT_SAVED, checkpoint, generation.number(), generation.cause())
              .because(generation.cause().toString()));
    }
  }

  @Override
  public void notSaved(Checkpoint checkpoint, Cause wanted, Trouble trouble, boolean again) {
    write(
        checkpoint,
        of(
                EventId.CHECKPOINT_NOT_SAVED,
                checkpoint,
                trouble.message() + (again ? "; it is tried again" : ""))
            .with("wanted", wanted)
            .with("obstacle", trouble.obstacle())
            .with("next", CheckpointAdvice.of(checkpoint, name(checkpoint), trouble.obstacle()))
            .because(trouble.toString())
            .heldBy(holders(trouble)));
  }

  @Override
  public void leftThere(Checkpoint checkpoint, String node) {
    write(
        checkpoint,
        of(EventId.CHECKPOINT_LEFT_THERE, checkpoint, node, checkpoint.currentGeneration().number())
            .with("next", "it is kept as an edit when the resource goes online there again"));
  }

  @Override
  public void notWatched(Checkpoint checkpoint, Trouble trouble) {
    write(
        checkpoint,
        of(EventId.CHECKPOINT_NOT_WATCHED, checkpoint, trouble.message())
            .with("obstacle", trouble.obstacle())
            .with("next", CheckpointAdvice.of(checkpoint, name(checkpoint), trouble.obstacle()))
            .because(trouble.toString()));
  }

  @Override
  public void restored(Checkpoint checkpoint, Generation generation, List<String> notes) {
    NewEvent event = of(EventId.CHECKPOINT_RESTORED, checkpoint, generation.number());
    write(checkpoint, notes.isEmpty() ? event : event.because(String.join("; ", notes)));
  }

  @Override
  public void notRestored(
      Checkpoint checkpoint, Generation generation, Trouble trouble, boolean online) {
    Subject subject = checkpoint.subject();
    EventId id =
        subject.kind() == Subject.Kind.REGISTRY
            ? EventId.CHECKPOINT_NOT_RESTORED
            : EventId.FILE_CHECKPOINT_NOT_RESTORED;
    write(
        checkpoint,
        id.of(name(checkpoint), subject.path())
            .with("checkpoint", checkpoint.id().number())
            .with("generation", generation.number())
            .with("operation", "restore")
            .with("obstacle", trouble.obstacle())
            .with("online", online)
            .with("next", CheckpointAdvice.of(checkpoint, name(checkpoint), trouble.obstacle()))
            .because(trouble.toString())
            .heldBy(holders(trouble)));
  }

  @Override
  public void damaged(
      Checkpoint checkpoint,
      Generation generation,
      Blobs.Condition condition,
      Optional<Generation> instead) {
    write(
        checkpoint,
        of(
            EventId.CHECKPOINT_DAMAGED,
            checkpoint,
            generation.number(),
            condition == Blobs.Condition.MISSING ? "its blob is missing" : "its blob is damaged",
            instead
                .map(each -> "generation %d is used instead".formatted(each.number()))
                .orElse("no other is good")));
  }

  @Override
  public void drifted(
      Checkpoint checkpoint,
      Optional<Generation> kept,
      List<Difference> differences,
      DriftPolicy policy) {
    String outcome =
        kept.map(each -> "kept as generation %d and ".formatted(each.number())).orElse("")
            + switch (policy) {
              // Whether that succeeds is told next.
              case RESTORE -> "to be overwritten by what was saved";
              case ADOPT -> kept.isPresent() ? "restored from now on" : "undone";
              case REFUSE ->
                  kept.isPresent() ? "waiting for a decision, and so is the resource" : "undone";
            };
    String told =
        kept.isEmpty()
            ? "it was deleted"
            : differences.isEmpty() ? "what differs cannot be told" : told(differences);
    write(checkpoint, of(EventId.CHECKPOINT_DRIFT, checkpoint, told, outcome));
  }

  @Override
  public void suspected(
      Checkpoint checkpoint, Generation generation, Duration after, List<Difference> differences) {
    write(
        checkpoint,
        of(
                EventId.CHECKPOINT_SUSPECTED,
                checkpoint,
                generation.number(),
                "%d s".formatted(after.toSeconds()),
                told(differences))
            .with("next", CheckpointAdvice.rollback(checkpoint, name(checkpoint), generation)));
  }

  @Override
  public void rolledBack(Checkpoint checkpoint, Generation blamed, List<Difference> differences) {
    write(
        checkpoint,
        of(
            EventId.CHECKPOINT_ROLLED_BACK,
            checkpoint,
            blamed.number(),
            told(differences),
            checkpoint.current()));
  }

  private static String told(List<Difference> differences) {
    List<String> texts =
        differences.stream().limit(DIFFERENCES_TOLD_MAX).map(CheckpointChronicle::told).toList();
    int more = differences.size() - texts.size();
    return String.join(", ", texts) + (more > 0 ? " and %d more".formatted(more) : "");
  }

  private static String told(Difference difference) {
    String what =
        difference.where().isEmpty() || difference.what().isEmpty()
            ? difference.where() + difference.what()
            : difference.where() + " " + difference.what();
    if (difference.from() == null) {
      return "%s was added (%s)".formatted(what, difference.to());
    }
    if (difference.to() == null) {
      return "%s was removed (%s)".formatted(what, difference.from());
    }
    // Of lines, there may be only such as are gone, or such as are new.
    return difference.from().isEmpty() || difference.to().isEmpty()
        ? "%s %s%s".formatted(what, difference.from(), difference.to())
        : "%s %s became %s".formatted(what, difference.from(), difference.to());
  }

  // ---- patches -------------------------------------------------------------------------------

  @Override
  public void patchBegun(String resource, Patch patch, List<Checkpoint> kept) {
    write(resource, EventId.PATCH_BEGUN.of(names.apply(resource), newest(kept)));
  }

  @Override
  public void patchCommitted(String resource, Patch patch, List<Checkpoint> checkpoints) {
    NewEvent event = EventId.PATCH_COMMITTED.of(names.apply(resource), newest(checkpoints));
    write(resource, patch.command().isEmpty() ? event : event.with("tool", patch.command()));
  }

  @Override
  public void patchIncomplete(String resource, Patch patch) {
    String name = names.apply(resource);
    String exit = patch.exit().orElse("an exit that is not known");
    write(
        resource,
        EventId.PATCH_INCOMPLETE
            .of(name, patch.command(), exit)
            .with(
                "next",
                "holdfast resource patch %s --commit or --abort".formatted(ShellWord.of(name)))
            .because(exit));
  }

  @Override
  public void patchAborted(String resource, Patch patch, List<Checkpoint> kept) {
    NewEvent event =
        EventId.PATCH_ABORTED.of(
            names.apply(resource),
            kept.isEmpty()
                ? "nothing"
                : "kept of "
                    + String.join(", ", kept.stream().map(CheckpointChronicle::named).toList()));
    write(resource, patch.exit().map(event::because).orElse(event));
  }

  private static String newest(List<Checkpoint> checkpoints) {
    return checkpoints.isEmpty()
        ? "none"
        : String.join(
            ", ",
            checkpoints.stream()
                .map(
                    each ->
                        "%s as generation %d"
                            .formatted(named(each), each.generations().getLast().number()))
                .toList());
  }

  private static String named(Checkpoint checkpoint) {
    return "checkpoint %d (%s)".formatted(checkpoint.id().number(), checkpoint.subject());
  }

  private void write(String resource, NewEvent event) {
    var _ = events.append(event.about(names.apply(resource), resource));
  }

  // ---- events --------------------------------------------------------------------------------

  private String name(Checkpoint checkpoint) {
    return names.apply(checkpoint.id().resource());
  }

  private NewEvent of(EventId id, Checkpoint checkpoint, Object... more) {
    Object[] values = new Object[3 + more.length];
    values[0] = name(checkpoint);
    values[1] = checkpoint.id().number();
    values[2] = checkpoint.subject();
    System.arraycopy(more, 0, values, 3, more.length);
    return id.of(values);
  }

  private static List<Holder> holders(Trouble trouble) {
    return trouble.holders().stream()
        .map(
            holder ->
                new Holder(
                    holder.process(),
                    holder.pid(),
                    holder.what(),
                    holder.resolved(),
                    holder.since()))
        .toList();
  }

  private void write(Checkpoint checkpoint, NewEvent event) {
    // It is durable soon, or the log says what was lost; nobody waits for it here.
    var _ = events.append(event.about(name(checkpoint), checkpoint.id().resource()));
  }
}
