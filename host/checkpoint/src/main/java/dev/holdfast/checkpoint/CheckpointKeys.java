package dev.holdfast.checkpoint;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Checkpoints in the cluster database, below the key of their resource.
 *
 * <pre>
 *   Resources\ID\Checkpoints       NextId; while it is patched: Patch, PatchNode, PatchSince,
 *                                  PatchBefore, PatchCommand, PatchExit, PatchAfter
 *     00000001                     Source, Path, Excludes, OnRestoreFailure, OnDrift, Keep,
 *                                  QuietMillis, DelayMillis, RollBackWithinMillis, Current, Live,
 *                                  Unrestored, Rollback
 *       Generations\00000031       Digest, Fingerprint, SizeBytes, SavedAt, Cause, Node, Revision
 *       Left                       by node: the fingerprint of what it was left with
 * </pre>
 *
 * The number of a checkpoint is written as RegSync did. Live is the name of a node; a number there
 * is of before there was more than one, and means whoever reads it.
 */
final class CheckpointKeys {
  static final String CHECKPOINTS = "Checkpoints";
  static final String NEXT_ID = "NextId";
  static final String PATCH = "Patch";
  private static final int NUMBER_DIGITS = 8;
  private static final KeyPath RESOURCES = KeyPath.of("Resources");

  private CheckpointKeys() {}

  static KeyPath resource(String id) {
    return RESOURCES.child(id);
  }

  static KeyPath all(String resource) {
    return resource(resource).child(CHECKPOINTS);
  }

  static KeyPath key(CheckpointId id) {
    return all(id.resource()).child(number(id.number()));
  }

  private static KeyPath generation(CheckpointId id, long number) {
    return key(id).child("Generations").child(number(number));
  }

  /** With zeros before it, so that names are in the order of their numbers. */
  private static String number(long number) {
    String digits = Long.toString(number);
    return "0".repeat(Math.max(0, NUMBER_DIGITS - digits.length())) + digits;
  }

  // ---- writing -------------------------------------------------------------------------------

  static void create(Batch.Builder batch, Checkpoint checkpoint) {
    KeyPath key = key(checkpoint.id());
    CheckpointSettings settings = checkpoint.settings();
    batch.createKey(key);
    batch.set(
        all(checkpoint.id().resource()),
        RegistryValue.dword(NEXT_ID, checkpoint.id().number() + 1));
    batch.set(key, RegistryValue.sz("Source", checkpoint.subject().kind().toString()));
    batch.set(key, RegistryValue.sz("Path", checkpoint.subject().path()));
    batch.set(key, RegistryValue.multiSz("Excludes", checkpoint.subject().excludes()));
    settings(batch, checkpoint.id(), settings);
  }

  static void settings(Batch.Builder batch, CheckpointId id, CheckpointSettings settings) {
    KeyPath key = key(id);
    batch.set(key, RegistryValue.sz("OnRestoreFailure", settings.onRestoreFailure().toString()));
    batch.set(key, RegistryValue.sz("OnDrift", settings.onDrift().toString()));
    batch.set(key, RegistryValue.dword("Keep", settings.keep()));
    batch.set(key, RegistryValue.qword("QuietMillis", settings.quiet().toMillis()));
    batch.set(key, RegistryValue.qword("DelayMillis", settings.delay().toMillis()));
    batch.set(
        key, RegistryValue.qword("RollBackWithinMillis", settings.rollBackWithin().toMillis()));
  }

  static void add(Batch.Builder batch, CheckpointId id, Generation generation) {
    KeyPath key = generation(id, generation.number());
    batch.createKey(key);
    batch.set(key, RegistryValue.sz("Digest", generation.digest()));
    batch.set(key, RegistryValue.sz("Fingerprint", generation.fingerprint()));
    batch.set(key, RegistryValue.qword("SizeBytes", generation.sizeBytes()));
    batch.set(key, RegistryValue.qword("SavedAt", generation.savedAt().toEpochMilli()));
    batch.set(key, RegistryValue.sz("Cause", generation.cause().toString()));
    batch.set(key, RegistryValue.sz("Node", generation.node()));
    batch.set(key, RegistryValue.qword("Revision", generation.revision()));
  }

  static void drop(Batch.Builder batch, CheckpointId id, Generation generation) {
    batch.deleteTree(generation(id, generation.number()));
  }

  static void current(Batch.Builder batch, CheckpointId id, long number) {
    batch.set(key(id), RegistryValue.qword("Current", number));
  }

  static void live(Batch.Builder batch, CheckpointId id, Optional<String> node) {
    text(batch, key(id), "Live", node);
  }

  static void rollback(Batch.Builder batch, CheckpointId id, boolean rollback) {
    flag(batch, key(id), "Rollback", rollback);
  }

  static void unrestored(Batch.Builder batch, CheckpointId id, Optional<String> fingerprint) {
    text(batch, key(id), "Unrestored", fingerprint);
  }

  static void left(Batch.Builder batch, CheckpointId id, String node, String fingerprint) {
    KeyPath nodes = key(id).child("Left");
    batch.createKey(nodes);
    batch.set(nodes, RegistryValue.sz(node, fingerprint));
  }

  static void patch(Batch.Builder batch, String resource, Patch patch) {
    KeyPath key = all(resource);
    List<String> before = new ArrayList<>();
    new TreeMap<>(patch.before())
        .forEach((number, generation) -> before.add(number + "=" + generation));
    batch.createKey(key);
    batch.set(key, RegistryValue.sz(PATCH, patch.state().toString()));
    batch.set(key, RegistryValue.sz("PatchNode", patch.node()));
    batch.set(key, RegistryValue.qword("PatchSince", patch.since().toEpochMilli()));
    batch.set(key, RegistryValue.multiSz("PatchBefore", before));
    batch.set(key, RegistryValue.sz("PatchCommand", patch.command()));
    batch.set(key, RegistryValue.sz("PatchExit", patch.exit().orElse("")));
    batch.set(key, RegistryValue.sz("PatchAfter", patch.after()));
  }

  static void noPatch(Batch.Builder batch, String resource) {
    for (String name :
        List.of(
            PATCH,
            "PatchNode",
            "PatchSince",
            "PatchBefore",
            "PatchCommand",
            "PatchExit",
            "PatchAfter")) {
      batch.deleteValue(all(resource), name);
    }
  }

  private static void text(Batch.Builder batch, KeyPath key, String name, Optional<String> text) {
    if (text.isPresent()) {
      batch.set(key, RegistryValue.sz(name, text.get()));
    } else {
      batch.deleteValue(key, name);
    }
  }

  private static void flag(Batch.Builder batch, KeyPath key, String name, boolean on) {
    if (on) {
      batch.set(key, RegistryValue.dword(name, 1));
    } else {
      batch.deleteValue(key, name);
    }
  }

  // ---- reading -------------------------------------------------------------------------------

  /** The checkpoints of a resource, in the order of their numbers. */
  static List<Checkpoint> read(String resource, RegistryKey all) {
    List<Checkpoint> checkpoints = new ArrayList<>();
    for (RegistryKey key : all.subkeys()) {
      checkpoints.add(readOne(new CheckpointId(resource, Integer.parseInt(key.name())), key));
    }
    checkpoints.sort(Comparator.comparingInt(each -> each.id().number()));
    return checkpoints;
  }

  /** The patch of a resource, while there is one. */
  static Optional<Patch> readPatch(RegistryKey all) {
    return all.value(PATCH)
        .map(
            state ->
                new Patch(
                    Patch.State.parse(state.text()),
                    text(all, "PatchNode"),
                    Instant.ofEpochMilli(number(all, "PatchSince", 0)),
                    before(all.value("PatchBefore").map(RegistryValue::texts).orElse(List.of())),
                    text(all, "PatchCommand"),
                    Optional.of(text(all, "PatchExit")).filter(exit -> !exit.isEmpty()),
                    text(all, "PatchAfter")));
  }

  private static Map<Integer, Long> before(List<String> texts) {
    Map<Integer, Long> before = new HashMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      before.put(
          Integer.valueOf(text.substring(0, equals)), Long.valueOf(text.substring(equals + 1)));
    }
    return before;
  }

  static int nextId(RegistryKey all) {
    return (int) number(all, NEXT_ID, 1);
  }

  private static Checkpoint readOne(CheckpointId id, RegistryKey key) {
    List<Generation> generations = new ArrayList<>();
    key.subkey("Generations")
        .ifPresent(each -> each.subkeys().forEach(one -> generations.add(readGeneration(one))));
    generations.sort(Comparator.comparingLong(Generation::number));
    Map<String, String> left = new HashMap<>();
    key.subkey("Left")
        .ifPresent(nodes -> nodes.values().forEach(node -> left.put(node.name(), node.text())));
    return new Checkpoint(
        id,
        new Subject(
            Words.parse(Subject.Kind.class, "a source", text(key, "Source")),
            text(key, "Path"),
            key.value("Excludes").map(RegistryValue::texts).orElse(List.of())),
        new CheckpointSettings(
            RestorePolicy.parse(text(key, "OnRestoreFailure")),
            DriftPolicy.parse(text(key, "OnDrift")),
            (int) number(key, "Keep", CheckpointSettings.DEFAULT.keep()),
            Duration.ofMillis(number(key, "QuietMillis", 0)),
            Duration.ofMillis(number(key, "DelayMillis", 0)),
            Duration.ofMillis(number(key, "RollBackWithinMillis", 0))),
        generations,
        number(key, "Current", 0),
        live(key),
        key.value("Unrestored").map(RegistryValue::text),
        number(key, "Rollback", 0) != 0,
        left);
  }

  private static Optional<String> live(RegistryKey key) {
    return key.value("Live").map(value -> value.type() == ValueType.REG_SZ ? value.text() : "");
  }

  private static Generation readGeneration(RegistryKey key) {
    return new Generation(
        Long.parseLong(key.name()),
        text(key, "Digest"),
        text(key, "Fingerprint"),
        number(key, "SizeBytes", 0),
        Instant.ofEpochMilli(number(key, "SavedAt", 0)),
        Cause.parse(text(key, "Cause")),
        text(key, "Node"),
        number(key, "Revision", 0));
  }

  private static String text(RegistryKey key, String name) {
    return key.value(name).map(RegistryValue::text).orElse("");
  }

  private static long number(RegistryKey key, String name, long otherwise) {
    return key.value(name).map(RegistryValue::number).orElse(otherwise);
  }
}
