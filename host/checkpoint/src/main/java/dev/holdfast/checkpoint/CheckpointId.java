package dev.holdfast.checkpoint;

/**
 * Which checkpoint.
 *
 * @param resource the resource's id
 * @param number from 1 upward within the resource, and never given again, as in RegSync
 */
public record CheckpointId(String resource, int number) {}
