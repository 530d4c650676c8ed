package dev.holdfast.checkpoint;

/** Finds what a checkpoint is of, on this node. */
@FunctionalInterface
public interface Sources {
  Source of(Subject subject);
}
