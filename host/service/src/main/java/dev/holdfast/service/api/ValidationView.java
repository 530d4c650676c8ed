package dev.holdfast.service.api;

import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at before it is needed.
 *
 * @param check {@code checkpoints} or {@code plugins}
 * @param object what was looked at
 * @param ok whether it would do
 * @param obstacle a word for programs, such as {@code HandleHeld}; null when it would do
 * @param problem what stands in the way, as a sentence; null when nothing does
 * @param next what to run about it; null when there is nothing to do
 */
public record ValidationView(
    String check,
    String object,
    String node,
    boolean ok,
    @Nullable String obstacle,
    @Nullable String problem,
    @Nullable String next) {}
