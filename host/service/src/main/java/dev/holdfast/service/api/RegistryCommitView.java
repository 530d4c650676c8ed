package dev.holdfast.service.api;

import java.util.List;

/**
 * Changes to one hive that are durable, or, in a dry run, would have been made.
 *
 * @param hive its path, as {@code HKLM\Software}
 * @param revision the hive's, after them; in a dry run the one that they would have made
 * @param changes how many there were
 * @param skipped what of a text was left out, and why
 */
public record RegistryCommitView(String hive, long revision, int changes, List<String> skipped) {
  public RegistryCommitView {
    skipped = List.copyOf(skipped);
  }
}
