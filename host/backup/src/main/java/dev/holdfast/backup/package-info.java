/**
 * Backups of a quorum directory: one file that has everything, or a sentence that says what it
 * lacks.
 *
 * <pre>
 *   Backup        reads a quorum directory at one revision, while others write ──► bytes of a file
 *   BackupTarget  those bytes on the disk: written beside, synced, read back, and only then named
 *   BackupFile    such a file, checked byte by byte, and what is wrong with it
 *   Restoration   a quorum directory made of it, in one step in place of another one or of none
 * </pre>
 *
 * <p>The file is a tar of what a quorum directory has, under the same names, so that any tar brings
 * it back; and each of its bytes is decided by its manifest and the contents, so that any change of
 * one is found. {@link dev.holdfast.backup.Manifest} draws it.
 *
 * <p>Used by the service, which is asked for backups, and by the command line, which writes them,
 * and verifies and restores without a service.
 */
@NullMarked
package dev.holdfast.backup;

import org.jspecify.annotations.NullMarked;
