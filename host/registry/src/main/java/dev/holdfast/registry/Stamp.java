package dev.holdfast.registry;

/** What a key that a commit changes remembers of it. */
record Stamp(long revision, long ticks) {}
