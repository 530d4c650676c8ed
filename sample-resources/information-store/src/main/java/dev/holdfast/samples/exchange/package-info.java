/**
 * The programs of four articles of the Knowledge Base, in small: services that keep their settings
 * below {@code HKLM\SYSTEM\CurrentControlSet\Services}, a tool that repairs one of them, and a
 * process that holds keys for others. They are what clusters are made for: programs that know the
 * registry, and nothing of clusters.
 *
 * <p>Start reading at {@link Exchange}.
 */
@NullMarked
package dev.holdfast.samples.exchange;

import org.jspecify.annotations.NullMarked;
