package dev.holdfast.protocol;

import dev.holdfast.protocol.wire.EntryPoint;
import java.time.Instant;

/**
 * What one thread of a monitor is doing, as its state block tells it.
 *
 * @param entryPoint the call, or {@code LOAD} or {@code VALIDATE}, which belong to no resource
 * @param call the number the service gave the call; 0 for a poll
 * @param resource the resource's id; empty for {@code LOAD} and {@code VALIDATE}
 * @param plugin the plugin whose code runs, as {@code id@version}
 * @param epoch the resource's epoch; 0 when there is no resource
 * @param since when the thread entered, to the millisecond
 * @param thread the thread's name
 */
public record InFlight(
    EntryPoint entryPoint,
    long call,
    String resource,
    String plugin,
    long epoch,
    Instant since,
    String thread) {}
