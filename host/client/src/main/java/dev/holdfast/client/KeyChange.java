package dev.holdfast.client;

import java.time.Instant;

/**
 * Something that a commit did to one key.
 *
 * @param hive its path, as {@code HKLM\Software}
 * @param revision the hive's, after the commit; a commit that did several things has several
 *     changes of one revision
 * @param time when it was committed
 * @param path the key's, links followed
 */
public record KeyChange(String hive, long revision, Instant time, String path, ChangeKind kind) {}
