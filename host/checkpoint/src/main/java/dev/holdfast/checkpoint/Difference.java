package dev.holdfast.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * One thing that differs between two contents of a source.
 *
 * @param where the key or file, below the source; empty for the source itself
 * @param what the value by its name, or a word such as {@code owner}; empty for the whole of it
 * @param from how it was, for people; null when it was not there
 * @param to how it became, for people; null when it is no more
 */
public record Difference(String where, String what, @Nullable String from, @Nullable String to) {}
