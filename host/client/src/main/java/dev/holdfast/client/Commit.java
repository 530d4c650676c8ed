package dev.holdfast.client;

import java.util.List;

/**
 * Changes to one hive that are durable; or that would have been made, of a call that only checks.
 *
 * @param hive its path, as {@code HKLM\Software}
 * @param revision the hive's, after them
 * @param changes how many there were
 * @param notes what is to be known of the file that they are from: lines that were left out, what
 *     is unusual in it
 */
public record Commit(String hive, long revision, int changes, List<String> notes) {
  public Commit {
    notes = List.copyOf(notes);
  }
}
