package dev.holdfast.service.checkpoint;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointStore;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.registry.Registry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * What people did to themselves with checkpoints, found before it hurts (Q290651, and section 4.1
 * of what MSCS documented).
 */
final class CheckpointLint {
  private static final String CLUSTER = "Cluster";
  private static final String SYSTEM = "System";
  private static final String SERVICES = "Services";
  private static final String SAME = "the same as";

  private final CheckpointStore store;
  private final Registry registry;
  private final UnaryOperator<String> names;

  /**
   * @param names a resource's name by its id
   */
  CheckpointLint(CheckpointStore store, Registry registry, UnaryOperator<String> names) {
    this.store = store;
    this.registry = registry;
    this.names = names;
  }

  /**
   * Looks at a checkpoint that is to be added.
   *
   * @return what its owner should know
   * @throws ApiException it makes no sense, or is there already
   */
  List<String> look(String resourceId, String resource, Subject subject) {
    if (subject.kind() == Subject.Kind.REGISTRY) {
      refuseClusterDatabase(resource, subject);
    }
    List<String> notes = new ArrayList<>();
    if (isServiceKey(subject)) {
      notes.add(
          "%s is a whole service key: its Start value is restored, too, and a service that was disabled once stays disabled; checkpoint its Parameters instead (Q290651)"
              .formatted(subject));
    }
    for (Checkpoint other : store.all()) {
      String relation = relation(subject, other.subject());
      if (relation.isEmpty()) {
        continue;
      }
      boolean isOwn = other.id().resource().equals(resourceId);
      if (isOwn && relation.equals(SAME)) {
        throw new ApiException.Conflict(
            "CheckpointExists",
            resource,
            "%s has %s already, as checkpoint %d."
                .formatted(resource, other.subject(), other.id().number()));
      }
      notes.add(
          "%s is %s checkpoint %d of %s (%s): each restores what the other saved"
              .formatted(
                  subject,
                  relation,
                  other.id().number(),
                  isOwn ? "this resource" : names.apply(other.id().resource()),
                  other.subject()));
    }
    return notes;
  }

  private static void refuseClusterDatabase(String resource, Subject subject) {
    KeyPath path = keyPath(resource, subject);
    if (path.isRoot() || NameOrder.same(path.names().getFirst(), CLUSTER)) {
      throw new ApiException.Invalid(
          "BadCheckpoint",
          resource,
          "%s was not added: what is in HKLM\\Cluster is the same on every node already."
              .formatted(subject),
          List.of());
    }
  }

  private static KeyPath keyPath(String resource, Subject subject) {
    try {
      return KeyPath.of(subject.path());
    } catch (IllegalArgumentException e) {
      throw new ApiException.Invalid(
          "BadCheckpoint",
          resource,
          "%s was not added: %s.".formatted(subject, e.getMessage()),
          List.of());
    }
  }

  /** {@code System\CurrentControlSet\Services\NAME}. */
  private static boolean isServiceKey(Subject subject) {
    if (subject.kind() != Subject.Kind.REGISTRY) {
      return false;
    }
    List<String> names = KeyPath.of(subject.path()).names();
    return names.size() == 4
        && NameOrder.same(names.get(0), SYSTEM)
        && names.get(1).toLowerCase(Locale.ROOT).contains("controlset")
        && NameOrder.same(names.get(2), SERVICES);
  }

  /** Whether both are of the same thing. */
  boolean isSame(Subject one, Subject other) {
    return relation(one, other).equals(SAME);
  }

  /** How one lies to the other; empty when they have nothing in common. */
  private String relation(Subject one, Subject other) {
    if (one.kind() != other.kind()) {
      return "";
    }
    return one.kind() == Subject.Kind.REGISTRY
        ? relation(registry.resolved(one.path()), registry.resolved(other.path()))
        : relation(Path.of(one.path()).normalize(), Path.of(other.path()).normalize());
  }

  private static String relation(KeyPath one, KeyPath other) {
    if (one.equals(other)) {
      return SAME;
    }
    return one.isWithin(other) ? "within" : other.isWithin(one) ? "above" : "";
  }

  private static String relation(Path one, Path other) {
    if (one.equals(other)) {
      return SAME;
    }
    return one.startsWith(other) ? "within" : other.startsWith(one) ? "above" : "";
  }
}
