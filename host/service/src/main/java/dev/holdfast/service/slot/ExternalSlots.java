package dev.holdfast.service.slot;

import dev.holdfast.cluster.ResourceId;
import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What resources have elsewhere, at systems with a memory of their own: written down, durably,
 * before a plugin asks for it there, and forgotten when it was seen gone.
 *
 * <pre>
 *   none ── reserve ──► written down (nonce) ── release, after an offline or terminate ──► none
 *                        │  ▲                      and a find that said Absent
 *                        └──┘ reserve by a later life, here or on another node:
 *                             the nonce stays, epoch and node are the new ones
 * </pre>
 *
 * <p>An external slot has no process: nothing here forks, watches or stops. Thread-safe; nothing
 * waits.
 */
public final class ExternalSlots {
  private static final Logger LOG = LoggerFactory.getLogger(ExternalSlots.class);

  private final ExternalStore store;
  private final String node;
  private final Supplier<UUID> ids;
  private final Map<ResourceId, Map<String, ExternalRecord>> records = new HashMap<>();

  /**
   * Reads what is written down.
   *
   * @param node this node's name
   * @param ids where nonces come from
   */
  public ExternalSlots(ExternalStore store, String node, Supplier<UUID> ids) {
    this.store = store;
    this.node = node;
    this.ids = ids;
    store
        .readExternals()
        .forEach(
            (key, external) ->
                records
                    .computeIfAbsent(key.resource(), _ -> new TreeMap<>())
                    .put(key.slot(), external));
  }

  /**
   * Writes down what a resource is about to have. Completes when that is durable; fails with a
   * {@link SlotException} when the slot is written down for something else.
   *
   * @param epoch of the online that asks; the caller has seen that it is the resource's
   */
  public synchronized CompletableFuture<ExternalRecord> reserve(
      SlotKey key, String kind, String thing, long epoch) {
    Map<String, ExternalRecord> its = records.computeIfAbsent(key.resource(), _ -> new TreeMap<>());
    ExternalRecord known = its.get(key.slot());
    if (known != null && !known.isOf(kind, thing)) {
      return CompletableFuture.failedFuture(
          new SlotException(
              "SlotTaken",
              Responsibility.RESOURCE,
              Retry.HERE,
              "External slot %s is to be for %s %s, and %s is still written down in it. An offline or a terminate releases that."
                  .formatted(key.slot(), kind, thing, known.label())));
    }
    ExternalRecord written =
        known == null
            ? new ExternalRecord(kind, thing, ids.get().toString(), epoch, epoch, node)
            : known.by(epoch, node);
    its.put(key.slot(), written);
    StepPoint.EXTERNAL_RESERVE.before();
    return store
        .write(key, written)
        .thenApply(
            _ -> {
              StepPoint.EXTERNAL_RESERVE.after();
              return written;
            });
  }

  /**
   * Forgets what a resource had: it was ended, and seen gone. A death before that is durable leaves
   * the record: the next life finds nothing under it, and asks with the same nonce.
   */
  public synchronized void release(ResourceId resource) {
    Map<String, ExternalRecord> its = records.remove(resource);
    if (its == null || its.isEmpty()) {
      return;
    }
    StepPoint.EXTERNAL_RELEASE.before();
    var _ =
        store
            .removeExternals(resource)
            .whenComplete(
                (_, failure) -> {
                  StepPoint.EXTERNAL_RELEASE.after();
                  if (failure != null) {
                    LOG.warn(
                        "What {} had elsewhere stays written down: {}", resource, its, failure);
                  }
                });
  }

  /** A deleted resource's; its records are gone with it. */
  public synchronized void forget(ResourceId resource) {
    records.remove(resource);
  }

  /** What is written down of a resource, by slot. */
  public synchronized Map<String, ExternalRecord> of(ResourceId resource) {
    return new TreeMap<>(records.getOrDefault(resource, Map.of()));
  }

  /**
   * Whether what holds something of a resource lost it, by all that is known here. This node has
   * the resource, or it would not ask; so every life of it that had an earlier epoch is over: those
   * on this node were given up, and any other node has lost the quorum.
   *
   * @param holder as the thing itself tells: a node, by its name
   * @param heldEpoch under which it is held, as the thing itself tells
   * @param current the resource's epoch now
   * @return what is written down of it; empty when the holder is a stranger
   */
  public synchronized Optional<ExternalRecord> superseded(
      ResourceId resource, String holder, long heldEpoch, long current) {
    return heldEpoch >= current || !store.isNode(holder)
        ? Optional.empty()
        : records.getOrDefault(resource, Map.of()).values().stream()
            .filter(external -> external.isOfEpoch(heldEpoch))
            .findFirst();
  }
}
