package dev.holdfast.registry;

/**
 * Who made a commit, for those who do not want to hear of their own: the checkpoint layer restores
 * a key, and must not take that for a change that has to be saved (RegRestoreKey fires nothing at
 * all; here it fires what did not ask otherwise).
 */
public record Origin(String name) {}
