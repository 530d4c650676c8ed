/**
 * Checkpoints of file trees on Linux.
 *
 * <p>The hard idea is the restore. What was saved is unpacked beside the tree, verified and synced,
 * and then takes the tree's place in one step of the file system, {@code
 * renameat2(RENAME_EXCHANGE)}; excluded files are moved over afterwards. Whether that step was
 * taken is seen from the inode that stands at the root, so whoever finds the leavings of a process
 * that died knows whether to undo or to finish: see {@link Work}.
 */
@NullMarked
package dev.holdfast.checkpoint.file;

import org.jspecify.annotations.NullMarked;
