package dev.holdfast.service.slot;

import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.process.ProcessIdentity;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slots whose processes another node started and nobody has seen gone yet. They run on that
 * node's configuration, so they are ended, and nothing of their resource is started before that.
 *
 * <p>Thread-safe; nothing waits, all answers are futures.
 */
final class OfOtherNodes {
  /** From the stop signal to SIGKILL at a take-over. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(OfOtherNodes.class);

  /** Ends a slot's process, behind what was asked of the slot before. */
  @FunctionalInterface
  interface End {
    /**
     * Does it; fails when something of it stands.
     *
     * @param grace from the stop signal to SIGKILL; null to kill at once
     */
    CompletableFuture<?> of(SlotKey key, @Nullable Duration grace);
  }

  private final End end;

  /** Which node that was. */
  private final Map<SlotKey, String> nodes = new ConcurrentHashMap<>();

  OfOtherNodes(End end) {
    this.end = end;
  }

  /** Takes note of what the records say. */
  void found(Map<SlotKey, String> ofOtherNodes) {
    nodes.putAll(ofOtherNodes);
  }

  /** Forgets all but these slots. */
  void retain(Collection<SlotKey> keys) {
    nodes.keySet().retainAll(keys);
  }

  /** Forgets one. */
  void forget(SlotKey key) {
    nodes.remove(key);
  }

  /** The node whose process a slot has; empty when it is our own, or seen gone. */
  Optional<String> node(SlotKey key) {
    return Optional.ofNullable(nodes.get(key));
  }

  /**
   * Ends all, those of resources first that depend on others: the order of an offline. Never fails:
   * what stands is asked for with {@link #standing}.
   *
   * @param dependents the resources that directly depend on one
   */
  CompletableFuture<Void> endAll(Function<ResourceId, Set<ResourceId>> dependents) {
    var ends = new HashMap<ResourceId, CompletableFuture<Void>>();
    return allOf(
        nodes.keySet().stream().map(key -> endInOrder(key.resource(), dependents, ends, Set.of())));
  }

  /**
   * Ends those of a resource, when that is done of all that depend on it.
   *
   * @param ends of the resources that were asked for already
   * @param above of which this is a provider; what depends on itself has no order, and is not
   *     waited for
   */
  private CompletableFuture<Void> endInOrder(
      ResourceId resource,
      Function<ResourceId, Set<ResourceId>> dependents,
      Map<ResourceId, CompletableFuture<Void>> ends,
      Set<ResourceId> above) {
    CompletableFuture<Void> known = ends.get(resource);
    if (known != null) {
      return known;
    }
    var below = new HashSet<>(above);
    below.add(resource);
    CompletableFuture<Void> ended =
        allOf(
                dependents.apply(resource).stream()
                    .filter(dependent -> !below.contains(dependent))
                    .map(dependent -> endInOrder(dependent, dependents, ends, below)))
            .thenCompose(_ -> allOf(of(resource).map(key -> end(key, GRACE))));
    ends.put(resource, ended);
    return ended;
  }

  /** Tries once more to end what a resource has of them. Never fails. */
  CompletableFuture<Void> tryAgain(ResourceId resource) {
    return allOf(of(resource).map(key -> end(key, null)));
  }

  private CompletableFuture<Void> end(SlotKey key, @Nullable Duration grace) {
    return end.of(key, grace)
        .handle(
            (_, failure) -> {
              if (failure == null) {
                nodes.remove(key);
              } else {
                LOG.warn("What node {} started as {} stands", nodes.get(key), key, failure);
              }
              return null;
            });
  }

  /**
   * What a resource has of them, in words; empty when there is nothing.
   *
   * @param process of a slot
   */
  Optional<String> standing(
      ResourceId resource, Function<SlotKey, Optional<ProcessIdentity>> process) {
    return of(resource)
        .findFirst()
        .map(
            key ->
                "a process of node %s that cannot be ended (%s)"
                    .formatted(
                        nodes.get(key),
                        process
                            .apply(key)
                            .map(found -> "pid " + found.pid())
                            .orElse("slot " + key.slot())));
  }

  private Stream<SlotKey> of(ResourceId resource) {
    return nodes.keySet().stream().filter(key -> key.resource().equals(resource));
  }

  private static CompletableFuture<Void> allOf(Stream<CompletableFuture<Void>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
  }
}
