package dev.holdfast.registry.security;

import org.jspecify.annotations.Nullable;

/**
 * Who owns a key, and who may do what with it (MS-DTYP 2.4.6). Immutable.
 *
 * <p>A descriptor <em>without</em> a discretionary list ({@code dacl} is null, whether the flag
 * {@link #DACL_PRESENT} says that there is one or not) lets everybody do everything; one with an
 * <em>empty</em> list lets nobody do anything. The system list is kept and not acted on.
 *
 * @param control the flags of the binary form; {@link #SELF_RELATIVE} is always among them
 * @param resourceManager the byte that belongs to the resource manager; kept
 * @param owner null when nobody owns it
 * @param group null when it has none
 * @param sacl null when there is none, or a null one
 * @param dacl null when there is none, or a null one
 */
public record SecurityDescriptor(
    int control,
    int resourceManager,
    @Nullable Sid owner,
    @Nullable Sid group,
    @Nullable Acl sacl,
    @Nullable Acl dacl) {
  public static final int DACL_PRESENT = 0x0004;
  public static final int SACL_PRESENT = 0x0010;

  /** Whoever creates a key below asks that its list be merged with this one. */
  public static final int DACL_AUTO_INHERIT_REQUESTED = 0x0100;

  public static final int SACL_AUTO_INHERIT_REQUESTED = 0x0200;

  /** The list was made by merging with what the parent hands down. */
  public static final int DACL_AUTO_INHERITED = 0x0400;

  public static final int SACL_AUTO_INHERITED = 0x0800;

  /** Nothing is inherited from the parent. */
  public static final int DACL_PROTECTED = 0x1000;

  public static final int SACL_PROTECTED = 0x2000;
  public static final int SELF_RELATIVE = 0x8000;

  /**
   * A descriptor of these.
   *
   * @throws IllegalArgumentException if there is a list and the flag for it is not set, or a number
   *     has more bits than its field
   */
  public SecurityDescriptor {
    if ((control & ~0xFFFF) != 0 || (resourceManager & ~0xFF) != 0) {
      throw new IllegalArgumentException(
          "control has 16 bits and the resource manager's byte 8, found 0x%x and 0x%x"
              .formatted(control, resourceManager));
    }
    control |= SELF_RELATIVE;
    if ((dacl != null && (control & DACL_PRESENT) == 0)
        || (sacl != null && (control & SACL_PRESENT) == 0)) {
      throw new IllegalArgumentException(
          "an ACL is there, and control 0x%x says that it is not".formatted(control));
    }
  }

  /** One with a discretionary list and no system list. */
  public static SecurityDescriptor of(@Nullable Sid owner, @Nullable Sid group, Acl dacl) {
    return new SecurityDescriptor(DACL_PRESENT, 0, owner, group, null, dacl);
  }

  /**
   * Reads the self-relative binary form, as it is in a hive. Room that is used by nothing, and what
   * follows the SID in an entry that is a mask and a SID, is not kept.
   *
   * @throws MalformedDescriptorException if it is none; nothing outside of the bytes is read
   */
  public static SecurityDescriptor decode(byte[] bytes) throws MalformedDescriptorException {
    return new DescriptorDecoder(bytes).decode();
  }

  /**
   * The self-relative binary form. Equal descriptors give equal bytes: the header, then as Windows
   * lays them out the system list, the discretionary list, the owner, the group, with no room
   * between them.
   */
  public byte[] encode() {
    return DescriptorEncoder.encode(this);
  }

  public boolean has(int controlFlag) {
    return (control & controlFlag) != 0;
  }

  /** As in SDDL. */
  @Override
  public String toString() {
    return Sddl.format(this);
  }
}
