package dev.holdfast.checkpoint;

import dev.holdfast.quorum.Blobs;
import dev.holdfast.quorum.QuorumLog;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.IndeterminateCommitException;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Checkpoints and their generations as they are kept in the quorum: records in the cluster
 * database, contents as blobs. A blob is durable before a record names it, and is deleted after the
 * last record that did.
 *
 * <p>Thread-safe; but two that change one checkpoint at once would each undo the other, so whoever
 * changes one has it for itself.
 */
public final class CheckpointStore {
  private final QuorumLog log;
  private final Blobs blobs;

  /**
   * The checkpoints of each resource that has any, as they are written down: nobody else writes
   * them, and a question should not have to read records.
   */
  private final Map<String, List<Checkpoint>> known = new ConcurrentHashMap<>();

  private CheckpointStore(QuorumLog log, Blobs blobs) {
    this.log = log;
    this.blobs = blobs;
  }

  /** Opens the store, and deletes the blobs that a death left without a record. */
  public static CheckpointStore open(QuorumLog log, Blobs blobs) throws IOException {
    var store = new CheckpointStore(log, blobs);
    for (Checkpoint checkpoint : recorded(log.snapshot())) {
      checkpoint.generations().forEach(each -> blobs.hold(each.digest()));
      var _ = store.know(checkpoint);
    }
    blobs.collect();
    return store;
  }

  /** The checkpoints that are written down in a cluster database, resource by resource. */
  public static List<Checkpoint> recorded(Snapshot database) {
    List<Checkpoint> checkpoints = new ArrayList<>();
    database
        .key("Resources")
        .ifPresent(
            resources -> {
              for (RegistryKey resource : resources.subkeys()) {
                resource
                    .subkey(CheckpointKeys.CHECKPOINTS)
                    .ifPresent(
                        all -> checkpoints.addAll(CheckpointKeys.read(resource.name(), all)));
              }
            });
    return checkpoints;
  }

  /** A checkpoint is so from now on. */
  private Checkpoint know(Checkpoint checkpoint) {
    known.compute(
        checkpoint.id().resource(),
        (_, before) -> {
          List<Checkpoint> after = new ArrayList<>(before == null ? List.of() : before);
          after.removeIf(each -> each.id().equals(checkpoint.id()));
          after.add(checkpoint);
          after.sort(Comparator.comparingInt(each -> each.id().number()));
          return List.copyOf(after);
        });
    return checkpoint;
  }

  // ---- reading -------------------------------------------------------------------------------

  /** All checkpoints, resource by resource. */
  public List<Checkpoint> all() {
    return known.values().stream().flatMap(List::stream).toList();
  }

  /** Those of a resource, in the order of their numbers. */
  public List<Checkpoint> of(String resource) {
    return known.getOrDefault(resource, List.of());
  }

  /** Whether the resource has any, or is patched; answers at once. */
  public boolean hasAny(String resource) {
    return known.containsKey(resource) || patchOf(resource).isPresent();
  }

  /** The patch of a resource, while there is one; answers at once. */
  public Optional<Patch> patchOf(String resource) {
    return log.snapshot().key(CheckpointKeys.all(resource)).flatMap(CheckpointKeys::readPatch);
  }

  /** All patches, by the resource's id. */
  public Map<String, Patch> patches() {
    Map<String, Patch> patches = new LinkedHashMap<>();
    log.snapshot()
        .root()
        .key("Resources")
        .ifPresent(
            resources -> {
              for (RegistryKey resource : resources.subkeys()) {
                resource
                    .subkey(CheckpointKeys.CHECKPOINTS)
                    .flatMap(CheckpointKeys::readPatch)
                    .ifPresent(patch -> patches.put(resource.name(), patch));
              }
            });
    return patches;
  }

  public Optional<Checkpoint> find(CheckpointId id) {
    return of(id.resource()).stream().filter(each -> each.id().equals(id)).findFirst();
  }

  /** The number that the resource's next checkpoint gets. */
  public int nextId(String resource) {
    return log.snapshot().key(CheckpointKeys.all(resource)).map(CheckpointKeys::nextId).orElse(1);
  }

  public Blobs blobs() {
    return blobs;
  }

  /**
   * What differs from one generation to another, which stay while they are read.
   *
   * @throws SourceException also when one is not kept any more
   */
  List<Difference> diff(Source source, Generation from, Generation to) throws SourceException {
    hold(to);
    try {
      return diff(source, from, blobs.file(to.digest()));
    } finally {
      letGo(to);
    }
  }

  /** The same to another content of that source. */
  List<Difference> diff(Source source, Generation from, Path to) throws SourceException {
    hold(from);
    try {
      return source.diff(blobs.file(from.digest()), to);
    } finally {
      letGo(from);
    }
  }

  /**
   * Has a generation's content stay as it is while it is read, until it is let go of.
   *
   * @return false when it is not kept any more
   */
  public boolean tryHold(Generation read) {
    return blobs.tryHold(read.digest());
  }

  /** Lets go of a generation that was read. */
  public void letGo(Generation read) {
    release(read.digest());
  }

  private void hold(Generation read) throws SourceException {
    if (!tryHold(read)) {
      throw new SourceException(
          Obstacle.MISSING, "generation %d is not kept any more".formatted(read.number()));
    }
  }

  // ---- writing -------------------------------------------------------------------------------

  /** A content that is about to become a generation. */
  public record Saving(Capture capture, Cause cause, String node, Instant at) {}

  /**
   * Writes a new checkpoint with its first generation.
   *
   * @param runs whether the resource runs
   */
  Checkpoint create(
      CheckpointId id, Subject subject, CheckpointSettings settings, boolean runs, Saving saving)
      throws IOException {
    Generation first = write(1, saving);
    var checkpoint =
        new Checkpoint(
            id,
            subject,
            settings,
            List.of(first),
            1,
            runs ? Optional.of(saving.node()) : Optional.empty(),
            Optional.empty(),
            false,
            Map.of(saving.node(), first.fingerprint()));
    try {
      commit(
          id.resource(),
          batch -> {
            CheckpointKeys.create(batch, checkpoint);
            CheckpointKeys.add(batch, id, first);
            CheckpointKeys.current(batch, id, 1);
            CheckpointKeys.live(batch, id, checkpoint.live());
            CheckpointKeys.left(batch, id, saving.node(), first.fingerprint());
          });
    } catch (IOException e) {
      letGoUnlessKept(first, e);
      throw e;
    }
    return know(checkpoint);
  }

  private Generation write(long number, Saving saving) throws IOException {
    Blobs.Blob blob = blobs.put(saving.capture()::writeTo);
    return new Generation(
        number,
        blob.digest(),
        saving.capture().fingerprint(),
        blob.sizeBytes(),
        saving.at(),
        saving.cause(),
        saving.node(),
        saving.capture().revision());
  }

  /** What may turn up in the log keeps its blob until the next start. */
  private void letGoUnlessKept(Generation generation, IOException because) {
    if (because.getCause() instanceof IndeterminateCommitException) {
      return;
    }
    release(generation.digest());
  }

  private void release(String digest) {
    try {
      blobs.release(digest);
    } catch (IOException e) {
      notDeleted(digest, e);
    }
  }

  /** It takes room until the next start, which collects it. */
  private static void notDeleted(String digest, IOException e) {
    System.getLogger(CheckpointStore.class.getName())
        .log(System.Logger.Level.WARNING, "blob {0} was not deleted: {1}", digest, e);
  }

  /**
   * Adds a generation, and drops those that are beyond what is kept.
   *
   * @param change what else is written with it
   */
  Checkpoint append(Checkpoint checkpoint, Saving saving, Consumer<Marks> change)
      throws IOException {
    return append(checkpoint, write(checkpoint.nextNumber(), saving), change);
  }

  /**
   * Lets go of what was beyond what is kept. Where something is saved again and again, the next
   * content is written into that file.
   */
  private void replace(Generation dropped, Generation by) {
    if (by.cause() != Cause.CHANGED) {
      release(dropped.digest());
      return;
    }
    try {
      blobs.replace(dropped.digest(), dropped.sizeBytes());
    } catch (IOException e) {
      notDeleted(dropped.digest(), e);
    }
  }

  /** Adds an older generation once more, as the newest. */
  Checkpoint appendAgain(
      Checkpoint checkpoint,
      Generation older,
      Cause cause,
      String node,
      Instant at,
      Consumer<Marks> change)
      throws IOException {
    blobs.hold(older.digest());
    return append(
        checkpoint,
        new Generation(
            checkpoint.nextNumber(),
            older.digest(),
            older.fingerprint(),
            older.sizeBytes(),
            at,
            cause,
            node,
            older.revision()),
        change);
  }

  private Checkpoint append(Checkpoint checkpoint, Generation added, Consumer<Marks> change)
      throws IOException {
    CheckpointId id = checkpoint.id();
    var marks = new Marks(checkpoint);
    marks.added = Optional.of(added);
    change.accept(marks);
    List<Generation> kept = with(checkpoint, added);
    List<Generation> dropped = beyond(kept, checkpoint.settings().keep(), marks.current);
    try {
      commit(
          id.resource(),
          batch -> {
            CheckpointKeys.add(batch, id, added);
            dropped.forEach(each -> CheckpointKeys.drop(batch, id, each));
            marks.write(batch);
          });
    } catch (IOException e) {
      letGoUnlessKept(added, e);
      throw e;
    }
    kept.removeAll(dropped);
    Checkpoint changed = marks.done(kept);
    var _ = know(changed);
    dropped.forEach(each -> replace(each, added));
    return changed;
  }

  /** Neither what counts nor what has just been added, whatever is kept beside. */
  private static List<Generation> beyond(List<Generation> all, int keep, long current) {
    int surplus = all.size() - keep;
    return surplus <= 0
        ? List.of()
        : all.subList(0, all.size() - 1).stream()
            .filter(each -> each.number() != current)
            .limit(surplus)
            .toList();
  }

  /**
   * Adds a generation to each of a resource's checkpoints, all of which count from now on, and ends
   * its patch; all of that or nothing.
   *
   * @param savings in the order of the checkpoints
   */
  List<Checkpoint> commitPatch(String resource, List<Checkpoint> checkpoints, List<Saving> savings)
      throws IOException {
    List<Generation> added = new ArrayList<>();
    List<Marks> marks = new ArrayList<>();
    List<List<Generation>> dropped = new ArrayList<>();
    try {
      for (int i = 0; i < checkpoints.size(); i++) {
        Checkpoint checkpoint = checkpoints.get(i);
        Generation generation = write(checkpoint.nextNumber(), savings.get(i));
        added.add(generation);
        var change = new Marks(checkpoint);
        change.added = Optional.of(generation);
        marks.add(
            change
                .currentIsAdded()
                .rollback(false)
                .notLive()
                .unrestored(Optional.empty())
                .left(generation.node(), generation.fingerprint()));
        dropped.add(
            beyond(with(checkpoint, generation), checkpoint.settings().keep(), change.current));
      }
      commit(
          resource,
          batch -> {
            for (int i = 0; i < checkpoints.size(); i++) {
              CheckpointId id = checkpoints.get(i).id();
              CheckpointKeys.add(batch, id, added.get(i));
              dropped.get(i).forEach(each -> CheckpointKeys.drop(batch, id, each));
              marks.get(i).write(batch);
            }
            CheckpointKeys.noPatch(batch, resource);
          });
    } catch (IOException e) {
      added.forEach(each -> letGoUnlessKept(each, e));
      throw e;
    }
    List<Checkpoint> changed = new ArrayList<>();
    for (int i = 0; i < checkpoints.size(); i++) {
      List<Generation> kept = with(checkpoints.get(i), added.get(i));
      kept.removeAll(dropped.get(i));
      Checkpoint now = marks.get(i).done(kept);
      dropped.get(i).forEach(each -> release(each.digest()));
      changed.add(know(now));
    }
    return changed;
  }

  private static List<Generation> with(Checkpoint checkpoint, Generation added) {
    List<Generation> all = new ArrayList<>(checkpoint.generations());
    all.add(added);
    return all;
  }

  /** Writes down a resource's patch. */
  void patch(String resource, Patch patch) throws IOException {
    commit(resource, batch -> CheckpointKeys.patch(batch, resource, patch));
  }

  /** Ends a resource's patch. */
  void noPatch(String resource) throws IOException {
    commit(resource, batch -> CheckpointKeys.noPatch(batch, resource));
  }

  /** Writes what is different, if anything is. */
  Checkpoint mark(Checkpoint checkpoint, Consumer<Marks> change) throws IOException {
    var marks = new Marks(checkpoint);
    change.accept(marks);
    Checkpoint changed = marks.done(checkpoint.generations());
    if (!changed.equals(checkpoint)) {
      commit(checkpoint.id().resource(), marks::write);
    }
    return know(changed);
  }

  /** Writes other settings; surplus generations go with the next one that is added. */
  Checkpoint configure(Checkpoint checkpoint, CheckpointSettings settings) throws IOException {
    commit(
        checkpoint.id().resource(),
        batch -> CheckpointKeys.settings(batch, checkpoint.id(), settings));
    return know(
        new Checkpoint(
            checkpoint.id(),
            checkpoint.subject(),
            settings,
            checkpoint.generations(),
            checkpoint.current(),
            checkpoint.live(),
            checkpoint.unrestored(),
            checkpoint.rollback(),
            checkpoint.left()));
  }

  /** What can be changed of a checkpoint beside its generations. */
  static final class Marks {
    private final Checkpoint before;
    private Optional<Generation> added = Optional.empty();
    private long current;
    private Optional<String> live;
    private boolean rollback;
    private Optional<String> unrestored;
    private final Map<String, String> left;

    private Marks(Checkpoint before) {
      this.before = before;
      this.current = before.current();
      this.live = before.live();
      this.rollback = before.rollback();
      this.unrestored = before.unrestored();
      this.left = new ConcurrentHashMap<>(before.left());
    }

    /** The generation that is being added counts from now on. */
    Marks currentIsAdded() {
      current = added.orElseThrow().number();
      return this;
    }

    Marks liveOn(String node) {
      live = Optional.of(node);
      return this;
    }

    Marks notLive() {
      live = Optional.empty();
      return this;
    }

    Marks rollback(boolean now) {
      rollback = now;
      return this;
    }

    Marks unrestored(Optional<String> fingerprint) {
      unrestored = fingerprint;
      return this;
    }

    Marks left(String node, String fingerprint) {
      left.put(node, fingerprint);
      return this;
    }

    private void write(Batch.Builder batch) {
      CheckpointId id = before.id();
      if (current != before.current()) {
        CheckpointKeys.current(batch, id, current);
      }
      if (!live.equals(before.live())) {
        CheckpointKeys.live(batch, id, live);
      }
      if (rollback != before.rollback()) {
        CheckpointKeys.rollback(batch, id, rollback);
      }
      if (!unrestored.equals(before.unrestored())) {
        CheckpointKeys.unrestored(batch, id, unrestored);
      }
      left.forEach(
          (node, fingerprint) -> {
            if (!fingerprint.equals(before.left().get(node))) {
              CheckpointKeys.left(batch, id, node, fingerprint);
            }
          });
    }

    private Checkpoint done(List<Generation> generations) {
      return new Checkpoint(
          before.id(),
          before.subject(),
          before.settings(),
          generations,
          current,
          live,
          unrestored,
          rollback,
          left);
    }
  }

  /** Removes a checkpoint with all its generations. */
  void remove(CheckpointId id) throws IOException {
    commit(id.resource(), batch -> batch.deleteTree(CheckpointKeys.key(id)));
    Optional<Checkpoint> removed = find(id);
    known.computeIfPresent(
        id.resource(),
        (_, before) -> {
          List<Checkpoint> left = before.stream().filter(each -> !each.id().equals(id)).toList();
          return left.isEmpty() ? null : left;
        });
    removed.ifPresent(this::release);
  }

  /** Lets go of the checkpoints of a resource whose records went with it. */
  void forgetAll(String resource) {
    List<Checkpoint> gone = known.remove(resource);
    if (gone != null) {
      gone.forEach(this::release);
    }
  }

  private void release(Checkpoint checkpoint) {
    checkpoint.generations().forEach(each -> release(each.digest()));
  }

  /** Nothing is written for a resource that is gone. */
  private Revision commit(String resource, Consumer<Batch.Builder> changes) throws IOException {
    KeyPath key = CheckpointKeys.resource(resource);
    Batch.Builder batch = Batch.builder().ifKeyExists(key);
    changes.accept(batch);
    try {
      return log.commit(batch.build());
    } catch (CommitException e) {
      throw new IOException("the cluster database was not written: " + e.getMessage(), e);
    }
  }
}
