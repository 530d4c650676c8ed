/**
 * Plugin archives before any of their code runs: inspected, kept by digest, unpacked by digest.
 *
 * <p>An archive is a stranger's file. Everything here reads it as data only and refuses what is not
 * plainly right, since what loads it later trusts it: PF4J loads a half-unpacked plugin, lets a
 * plugin bundle its own SPI (and then finds no type in it, silently), and ignores {@code requires};
 * a class loader follows a manifest's Class-Path out of the archive.
 *
 * <pre>
 *   zip ──► Unpacking (limits, names, checksums) ──► scratch folder ──► FolderInspection ──► PluginArchive
 *                                                        │
 *   PluginStore:  plugins/&lt;sha256&gt;.zip                    └─ renamed to unpacked/&lt;sha256&gt;/
 * </pre>
 *
 * What is inspected is what is loaded: jars are looked at as they were unpacked, through the same
 * central directory that a class loader reads.
 */
@NullMarked
package dev.holdfast.service.archive;

import org.jspecify.annotations.NullMarked;
