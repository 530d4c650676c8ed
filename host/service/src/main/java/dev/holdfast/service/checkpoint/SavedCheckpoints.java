package dev.holdfast.service.checkpoint;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.cluster.ResourceId;
import java.util.List;

/** What is written down of checkpoints. Thread-safe; answers from memory. */
public interface SavedCheckpoints {
  /** Those of a resource, in the order of their numbers. */
  List<Checkpoint> of(ResourceId resource);

  /** Whether both are of the same thing, however they are spelled. */
  boolean isSame(Subject one, Subject other);
}
