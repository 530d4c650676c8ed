package dev.holdfast.registry.security;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Writes what {@link DescriptorDecoder} reads, little-endian but for the authority of a SID:
 *
 * <pre>
 * descriptor   0 revision 1   1 resource manager   2 control (2)
 *              4 offset of owner (4)   8 of group   12 of SACL   16 of DACL   20 the parts
 * ACL          0 revision     1 zero   2 size (2)   4 count of ACEs (2)   6 zero (2)   8 the ACEs
 * ACE          0 type         1 flags  2 size (2)   4 mask (4)   8 SID
 * SID          0 revision 1   1 count of sub-authorities   2 authority (6, big-endian)
 *              8 sub-authorities (4 each)
 * </pre>
 */
final class DescriptorEncoder {
  static final int HEADER_BYTES = 20;
  static final int OFFSETS_AT = 4;

  private DescriptorEncoder() {}

  static byte[] encode(SecurityDescriptor descriptor) {
    Acl sacl = descriptor.sacl();
    Acl dacl = descriptor.dacl();
    Sid owner = descriptor.owner();
    Sid group = descriptor.group();
    int saclAt = HEADER_BYTES;
    int daclAt = saclAt + (sacl == null ? 0 : sacl.sizeBytes());
    int ownerAt = daclAt + (dacl == null ? 0 : dacl.sizeBytes());
    int groupAt = ownerAt + (owner == null ? 0 : owner.sizeBytes());
    int size = groupAt + (group == null ? 0 : group.sizeBytes());
    ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put((byte) 1).put((byte) descriptor.resourceManager());
    buffer.putShort((short) descriptor.control());
    buffer.putInt(owner == null ? 0 : ownerAt).putInt(group == null ? 0 : groupAt);
    buffer.putInt(sacl == null ? 0 : saclAt).putInt(dacl == null ? 0 : daclAt);
    put(buffer, sacl);
    put(buffer, dacl);
    put(buffer, owner);
    put(buffer, group);
    return buffer.array();
  }

  private static void put(ByteBuffer buffer, @Nullable Acl acl) {
    if (acl == null) {
      return;
    }
    buffer.put((byte) acl.revision()).put((byte) 0).putShort((short) acl.sizeBytes());
    buffer.putShort((short) acl.aces().size()).putShort((short) 0);
    for (Ace ace : acl.aces()) {
      buffer.put((byte) ace.type()).put((byte) ace.flags()).putShort((short) ace.sizeBytes());
      switch (ace) {
        case Ace.Entry entry -> {
          buffer.putInt(entry.mask());
          put(buffer, entry.sid());
        }
        case Ace.Opaque opaque -> buffer.put(opaque.body());
      }
    }
  }

  private static void put(ByteBuffer buffer, @Nullable Sid sid) {
    if (sid == null) {
      return;
    }
    buffer.put((byte) 1).put((byte) sid.subAuthorities().size());
    for (int shift = 40; shift >= 0; shift -= 8) {
      buffer.put((byte) (sid.authority() >>> shift));
    }
    sid.subAuthorities().forEach(subAuthority -> buffer.putInt(subAuthority.intValue()));
  }
}
