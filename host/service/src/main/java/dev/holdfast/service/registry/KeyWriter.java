package dev.holdfast.service.registry;

import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.RegistryApi.KeyName;
import dev.holdfast.service.api.RegistryBatch;
import dev.holdfast.service.api.RegistryCommitView;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the changes that callers ask for. */
final class KeyWriter {
  private final KeyGuard guard;
  private final KeyHolds holds;
  private final Function<Set<KeyPath>, List<String>> advice;

  /**
   * @param advice what somebody should know who changes those keys
   */
  KeyWriter(KeyGuard guard, KeyHolds holds, Function<Set<KeyPath>, List<String>> advice) {
    this.guard = guard;
    this.holds = holds;
    this.advice = advice;
  }

  RegistryCommitView change(Caller caller, RegistryBatch asked, boolean dryRun) {
    @Nullable GuardedBatch batch = null;
    Set<KeyPath> changed = new LinkedHashSet<>();
    for (RegistryBatch.Precondition precondition : asked.preconditions()) {
      Place place = place(caller, precondition.path(), asked.handle());
      batch = batchOf(batch, caller, place);
      require(batch, precondition, caller, place);
    }
    for (RegistryBatch.Change change : asked.changes()) {
      Place place = writable(place(caller, change.path(), asked.handle()));
      batch = batchOf(batch, caller, place);
      add(batch, change, place);
      changed.add(place.resolvedFullPath());
    }
    if (batch == null || asked.changes().isEmpty()) {
      throw new ApiException.Usage("EmptyBatch", "The batch has no change; it has at least one.");
    }
    return HiveCommits.commit(batch.hive(), batch.build(), advice.apply(changed), dryRun);
  }

  private Place place(Caller caller, @Nullable String path, @Nullable Long handle) {
    String written = handle != null && path == null ? "" : required(path, "path");
    return holds.place(caller, new KeyName(written, handle));
  }

  private GuardedBatch batchOf(@Nullable GuardedBatch before, Caller caller, Place place) {
    if (before == null) {
      return new GuardedBatch(guard, caller, place.hive());
    }
    if (!before.hive().name().equals(place.hive().name())) {
      throw new ApiException.Usage(
          "SeveralHives",
          "A batch is of one hive; this one is of %s and %s."
              .formatted(before.hive().path(), place.hive().path()));
    }
    return before;
  }

  private void require(
      GuardedBatch batch, RegistryBatch.Precondition precondition, Caller caller, Place place) {
    RegistryBatch.Condition kind = required(precondition.kind(), "kind");
    if (kind != RegistryBatch.Condition.KEY_EXISTS && kind != RegistryBatch.Condition.KEY_ABSENT) {
      guard.require(caller, place, KeyAccess.KEY_QUERY_VALUE);
    }
    switch (kind) {
      case KEY_EXISTS -> batch.builder().ifKeyExists(place.key());
      case KEY_ABSENT -> batch.builder().ifKeyAbsent(place.key());
      case VALUE_EQUALS ->
          batch
              .builder()
              .ifValue(place.key(), ValueText.value(required(precondition.value(), "value")));
      case VALUE_ABSENT -> batch.builder().ifValueAbsent(place.key(), name(precondition.value()));
      case KEY_REVISION ->
          batch
              .builder()
              .ifKeyRevision(
                  place.key(), new Revision(required(precondition.revision(), "revision")));
    }
  }

  private static void add(GuardedBatch batch, RegistryBatch.Change change, Place place) {
    switch (required(change.kind(), "kind")) {
      case CREATE_KEY -> batch.create(place, KeyOptions.PLAIN);
      case CREATE_VOLATILE_KEY -> batch.create(place, KeyOptions.VOLATILE);
      case SET_VALUE -> batch.set(place, ValueText.value(required(change.value(), "value")));
      case DELETE_VALUE -> batch.deleteValue(place, name(change.value()));
      case DELETE_KEY -> batch.deleteKey(place);
      case DELETE_TREE -> batch.deleteTree(place);
    }
  }

  private static String name(RegistryBatch.@Nullable Value value) {
    return value == null || value.name() == null ? "" : value.name();
  }

  private static <T> T required(@Nullable T value, String field) {
    if (value == null) {
      throw new ApiException.Usage("MissingField", "The batch lacks a \"" + field + "\".");
    }
    return value;
  }

  /** What the cluster service keeps in its database is changed through its commands alone. */
  static Place writable(Place place) {
    if (isOwnKey(place)) {
      throw new ApiException.NotPermitted(
          "OwnKey",
          "%s is written by the cluster service alone; change what it says by its commands, such as \"holdfast resource set\"."
              .formatted(place.path()));
    }
    return place;
  }

  private static boolean isOwnKey(Place place) {
    Set<String> own = place.hive().ownKeys();
    return place.key().isRoot()
        ? !own.isEmpty()
        : own.contains(place.key().names().getFirst().toLowerCase(Locale.ROOT));
  }
}
