/**
 * Hives that outlive the process: the tree of {@link dev.holdfast.registry} with an append-only log
 * of its batches, and snapshots in Windows' format.
 *
 * <p>The hard idea: what was acknowledged is never lost, and what is damaged is never served. Both
 * hang on telling a <em>torn tail</em> (a write that was cut short; nobody was told that it was
 * done) from <em>damage</em> (something acknowledged that changed on disk). So each record of the
 * log says where the group of records began that it was written with: all before that was synced
 * when it was written. A bad record with a later one that vouches for it is damage; one without is
 * the tail. See {@link dev.holdfast.registry.hive.LogFormat}.
 *
 * <p>Assumed of the disk: a sync that returns has put everything on it, and writing a sector again
 * with the same bytes cannot spoil them. Start reading at {@link dev.holdfast.registry.hive.Hive}.
 */
@NullMarked
package dev.holdfast.registry.hive;

import org.jspecify.annotations.NullMarked;
