/**
 * Hive files in Windows' own format, regf: written as RegSaveKey writes them, read with every
 * reference checked.
 *
 * <p>The hard idea: a hive file is a heap of cells that point at each other, and nothing in it says
 * that a pointer is right. So the reader first walks all bins once and notes where cells begin, and
 * then lets every cell be used by one reference only. With that there can be no loop, no pointer
 * into the middle of something, and never more in memory than the file has room for, however the
 * file was made. See {@link dev.holdfast.registry.regf.Cells}.
 *
 * <p>What no reader can see: regf has no checksum over its contents, only over the first 508 bytes.
 * Bytes of a value's data that changed on disk look like data. Who needs to know keeps a digest
 * beside the file.
 *
 * <p>Trees come and go through {@link dev.holdfast.registry.regf.KeyView} and {@link
 * dev.holdfast.registry.regf.KeySink}, so that any tree of keys can be written or built without a
 * copy in between; {@link dev.holdfast.registry.regf.SavedKey} is the plainest one. Start reading
 * at {@link dev.holdfast.registry.regf.HiveReader} and {@link
 * dev.holdfast.registry.regf.HiveWriter}; the format is drawn in {@code RegfLayout}.
 */
@NullMarked
package dev.holdfast.registry.regf;

import org.jspecify.annotations.NullMarked;
