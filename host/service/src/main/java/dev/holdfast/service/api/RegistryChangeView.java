package dev.holdfast.service.api;

import java.time.Instant;

/**
 * Something that a commit did to one key.
 *
 * @param hive its path, as {@code HKLM\Software}
 * @param revision the hive's, after the commit
 * @param time when it was committed
 * @param path the key's, links followed
 * @param what {@code name} (a subkey came or went), {@code value}, {@code attributes}, {@code
 *     security}; {@code deleted} (the key, with all below it); {@code missed}: commits up to this
 *     revision are not kept any more, and anything below the path may have changed; {@code
 *     unloaded}: the hive is let go of, and nothing more will come
 */
public record RegistryChangeView(
    String hive, long revision, Instant time, String path, String what) {}
