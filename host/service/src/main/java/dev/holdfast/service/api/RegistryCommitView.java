package dev.holdfast.service.api;

import java.util.List;

/**
 * Changes to one hive that are durable, or, in a dry run, would have been made.
 *
 * @param hive its path, as {@code HKLM\Software}
 * @param revision the hive's, after them; in a dry run the one that they would have made
 * @param changes how many there were
 * @param notes what is to be known of the file that they are from: lines of a text that were left
 *     out and why, what is unusual in a hive
 */
public record RegistryCommitView(String hive, long revision, int changes, List<String> notes) {
  public RegistryCommitView {
    notes = List.copyOf(notes);
  }
}
