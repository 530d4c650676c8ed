package dev.holdfast.service.process;

/**
 * A moment of this boot, on the clock that start times of processes are counted in. Written down
 * with the intent to start something, it tells later which processes are too old to be that thing.
 *
 * @param ticks clock ticks since boot
 * @param bootId the boot they are counted in
 */
public record BootTicks(long ticks, String bootId) {}
