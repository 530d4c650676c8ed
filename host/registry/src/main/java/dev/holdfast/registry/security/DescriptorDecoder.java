package dev.holdfast.registry.security;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads what {@link DescriptorEncoder} draws; every offset and size is checked before its use. */
final class DescriptorDecoder {
  private static final int ACL_HEADER_BYTES = 8;
  private static final int ACE_HEADER_BYTES = 4;
  private static final int SID_HEADER_BYTES = 8;

  private final ByteBuffer bytes;

  DescriptorDecoder(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  SecurityDescriptor decode() throws MalformedDescriptorException {
    room(0, DescriptorEncoder.HEADER_BYTES, bytes.capacity(), "header");
    if (u8(0) != 1) {
      throw new MalformedDescriptorException(0, "revision", "1 expected, found " + u8(0));
    }
    int control = u16(2);
    if ((control & SecurityDescriptor.SELF_RELATIVE) == 0) {
      throw new MalformedDescriptorException(
          2, "control", "0x%04x does not say self-relative (0x8000)".formatted(control));
    }
    int ownerAt = offset(0, "owner");
    int groupAt = offset(1, "group");
    boolean hasSacl = (control & SecurityDescriptor.SACL_PRESENT) != 0;
    boolean hasDacl = (control & SecurityDescriptor.DACL_PRESENT) != 0;
    // The offset of a list that the flags say is not there means nothing.
    int saclAt = hasSacl ? offset(2, "SACL") : 0;
    int daclAt = hasDacl ? offset(3, "DACL") : 0;
    return new SecurityDescriptor(
        control,
        u8(1),
        ownerAt == 0 ? null : sid(ownerAt, bytes.capacity(), "owner"),
        groupAt == 0 ? null : sid(groupAt, bytes.capacity(), "group"),
        acl(saclAt, "SACL"),
        acl(daclAt, "DACL"));
  }

  /** Where that part is; 0 when there is none. */
  private int offset(int index, String part) throws MalformedDescriptorException {
    int at = DescriptorEncoder.OFFSETS_AT + 4 * index;
    long offset = Integer.toUnsignedLong(bytes.getInt(at));
    if (offset == 0) {
      return 0;
    }
    if (offset < DescriptorEncoder.HEADER_BYTES || offset >= bytes.capacity()) {
      throw new MalformedDescriptorException(
          at,
          "offset of the " + part,
          "%,d is not between %d and the end at %,d"
              .formatted(offset, DescriptorEncoder.HEADER_BYTES, bytes.capacity()));
    }
    return (int) offset;
  }

  private @Nullable Acl acl(int at, String name) throws MalformedDescriptorException {
    if (at == 0) {
      return null;
    }
    room(at, ACL_HEADER_BYTES, bytes.capacity(), "header of the " + name);
    int revision = u8(at);
    if (revision < Acl.REVISION_MIN || revision > Acl.REVISION_MAX) {
      throw new MalformedDescriptorException(
          at, "revision of the " + name, "2, 3 or 4 expected, found " + revision);
    }
    int size = u16(at + 2);
    if (size < ACL_HEADER_BYTES) {
      throw new MalformedDescriptorException(
          at + 2, "size of the " + name, "%d is less than its header".formatted(size));
    }
    room(at, size, bytes.capacity(), name);
    int count = u16(at + 4);
    int end = at + size;
    int aceAt = at + ACL_HEADER_BYTES;
    var aces = new ArrayList<Ace>();
    for (int index = 1; index <= count; index++) {
      String field = "ACE " + index + " of the " + name;
      room(aceAt, ACE_HEADER_BYTES, end, "header of " + field);
      int aceSize = u16(aceAt + 2);
      if (aceSize < ACE_HEADER_BYTES || aceSize % 4 != 0) {
        throw new MalformedDescriptorException(
            aceAt + 2,
            "size of " + field,
            "%d is less than its header or not a multiple of 4".formatted(aceSize));
      }
      room(aceAt, aceSize, end, field);
      aces.add(ace(aceAt, aceSize, field));
      aceAt += aceSize;
    }
    return new Acl(revision, aces);
  }

  private Ace ace(int at, int size, String field) throws MalformedDescriptorException {
    int type = u8(at);
    int flags = u8(at + 1);
    for (Ace.Kind kind : Ace.Kind.values()) {
      if (kind.type() == type) {
        room(at + ACE_HEADER_BYTES, 4, at + size, "mask of " + field);
        Sid sid = sid(at + 8, at + size, "SID of " + field);
        return new Ace.Entry(kind, flags, bytes.getInt(at + 4), sid);
      }
    }
    var body = new byte[size - ACE_HEADER_BYTES];
    bytes.get(at + ACE_HEADER_BYTES, body);
    return Ace.Opaque.of(type, flags, body);
  }

  private Sid sid(int at, int end, String field) throws MalformedDescriptorException {
    room(at, SID_HEADER_BYTES, end, field);
    if (u8(at) != 1) {
      throw new MalformedDescriptorException(
          at, "revision of the " + field, "1 expected, found " + u8(at));
    }
    int count = u8(at + 1);
    if (count > Sid.SUB_AUTHORITIES_MAX) {
      throw new MalformedDescriptorException(
          at + 1,
          "sub-authorities of the " + field,
          "at most %d, found %d".formatted(Sid.SUB_AUTHORITIES_MAX, count));
    }
    room(at, SID_HEADER_BYTES + 4 * count, end, field);
    long authority = 0;
    for (int i = 2; i < SID_HEADER_BYTES; i++) {
      authority = authority << 8 | u8(at + i);
    }
    var subAuthorities = new ArrayList<Long>();
    for (int i = 0; i < count; i++) {
      subAuthorities.add(Integer.toUnsignedLong(bytes.getInt(at + SID_HEADER_BYTES + 4 * i)));
    }
    return new Sid(authority, subAuthorities);
  }

  private int u8(int at) {
    return Byte.toUnsignedInt(bytes.get(at));
  }

  private int u16(int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }

  private static void room(int at, int count, int end, String field)
      throws MalformedDescriptorException {
    if (end - at < count) {
      throw new MalformedDescriptorException(
          at, field, "needs %,d bytes, %,d are left".formatted(count, Math.max(0, end - at)));
    }
  }
}
