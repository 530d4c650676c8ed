package dev.holdfast.client;

import java.util.List;

/**
 * Who may do what with a key.
 *
 * @param owner by name where there is one, else the SID
 * @param own whether the key has a descriptor of its own
 * @param inherits whether what the key above hands down counts here
 * @param open whether everybody may do everything, as there is no list of entries at all
 * @param entries in the order in which they are read
 */
public record Security(
    String path,
    String resolvedPath,
    String owner,
    String group,
    boolean own,
    boolean inherits,
    boolean open,
    String sddl,
    List<Entry> entries) {
  public Security {
    entries = List.copyOf(entries);
  }

  /**
   * One entry.
   *
   * @param type {@code Allow}, {@code Deny}, or what else it is
   * @param rights names of Windows joined by {@code |}
   * @param here whether it counts for this key; otherwise only below
   * @param below whether keys below inherit it
   */
  public record Entry(
      String type,
      String principal,
      String sid,
      String rights,
      boolean inherited,
      boolean here,
      boolean below) {}
}
