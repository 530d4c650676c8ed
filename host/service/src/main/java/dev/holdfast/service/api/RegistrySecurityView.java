package dev.holdfast.service.api;

import java.util.List;

/**
 * Who may do what with a registry key.
 *
 * @param owner by name where there is one, else the SID
 * @param own whether the key has a descriptor of its own; without one, what counts is what it
 *     inherits
 * @param inherits whether what the key above hands down counts here
 * @param open whether there is no list of entries at all, and so everybody may do everything
 * @param entries in the order in which they are read
 */
public record RegistrySecurityView(
    String path,
    String resolvedPath,
    String owner,
    String group,
    boolean own,
    boolean inherits,
    boolean open,
    String sddl,
    List<Entry> entries) {
  public RegistrySecurityView {
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
