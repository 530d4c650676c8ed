package dev.holdfast.service.api;

import java.util.Map;

/**
 * The cluster as one document: groups with their resources, and what each is to be.
 *
 * <p>A document is what JSON or YAML make of it: maps, lists, texts, numbers, truth values, and
 * null. Numbers and truth values may also be given as texts, which keeps {@code 1.10} from becoming
 * 1.1. What is wrong with one is told all at once, in {@link ApiException.Invalid#problems}, each
 * with its place in the document.
 *
 * <p>Thread-safe.
 */
public interface ClusterFileApi {
  /** How long a document may be, as JSON. */
  int DOCUMENT_BYTES_MAX = 4 << 20;

  /** The cluster as it is: applied to it, nothing changes. Without what has its default. */
  Map<String, Object> export();

  /** The JSON Schema (2020-12) of a document, with the properties of all registered types. */
  Map<String, Object> schema();

  /**
   * What {@link #apply} would change now. Changes nothing; asks types about properties, and reads
   * what is to be checkpointed, so it takes its time.
   *
   * @param prune whether what the document does not name is to be deleted
   * @throws ApiException.Invalid the document is not a cluster
   */
  ClusterPlanView diff(Map<String, Object> document, boolean prune);

  /**
   * Makes the cluster what the document says. What can be written at once is one commit of the
   * cluster database, durable when this returns; checkpoints, onlines, offlines, and the deletion
   * of what still runs, follow in that order, and the operation tells of them. Whatever ends it in
   * between, to apply the document again comes to the same end.
   *
   * @param caller who asks
   * @throws ApiException.Invalid the document is not a cluster; nothing was changed
   * @throws ApiException.Conflict another document is being applied, or somebody changed the
   *     cluster while this one was checked; nothing was changed
   */
  Operation apply(Map<String, Object> document, boolean prune, Caller caller, Asker asker);
}
