package dev.holdfast.registry.security;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One entry of an access control list (MS-DTYP 2.4.4). Immutable.
 *
 * <p>The flags are those of the binary form; the constants here name them.
 */
public sealed interface Ace {
  /** Meant for objects that contain no others, of which a registry has none. */
  int OBJECT_INHERIT = 0x01;

  /** Subkeys inherit it. */
  int CONTAINER_INHERIT = 0x02;

  /** Subkeys inherit it, and theirs do not. */
  int NO_PROPAGATE_INHERIT = 0x04;

  /** It says nothing about the key itself, only about what is created below. */
  int INHERIT_ONLY = 0x08;

  /** It came from the parent, and goes when the parent's does. */
  int INHERITED = 0x10;

  /** How an entry is to be inherited, all of it. */
  int INHERITANCE = OBJECT_INHERIT | CONTAINER_INHERIT | NO_PROPAGATE_INHERIT | INHERIT_ONLY;

  /** The number of its type. */
  int type();

  int flags();

  /** Bytes of its binary form, a multiple of four. */
  int sizeBytes();

  /** The same entry with other flags. */
  Ace withFlags(int flags);

  /** Whether it takes something away; such entries come first in canonical order. */
  boolean isDenial();

  default boolean has(int flag) {
    return (flags() & flag) != 0;
  }

  private static int checkedFlags(int flags) {
    if ((flags & ~0xFF) != 0) {
      throw new IllegalArgumentException("the flags of an ACE have 8 bits, found " + flags);
    }
    return flags;
  }

  /** The types of entry that are a mask and a SID, with the number of each. */
  enum Kind {
    ALLOW(0x00),
    DENY(0x01),
    /** Asks for an event; kept, and not acted on. */
    AUDIT(0x02),
    /** An integrity level; kept, and not acted on, as nobody has one here. */
    MANDATORY_LABEL(0x11);

    private final int type;

    Kind(int type) {
      this.type = type;
    }

    public int type() {
      return type;
    }
  }

  /** An entry that says what somebody may or may not do; the mask is as it was written. */
  record Entry(Kind kind, int flags, int mask, Sid sid) implements Ace {
    public Entry {
      checkedFlags(flags);
    }

    public static Entry allow(int flags, KeyAccess rights, Sid sid) {
      return new Entry(Kind.ALLOW, flags, rights.mask(), sid);
    }

    public static Entry deny(int flags, KeyAccess rights, Sid sid) {
      return new Entry(Kind.DENY, flags, rights.mask(), sid);
    }

    @Override
    public int type() {
      return kind.type();
    }

    @Override
    public int sizeBytes() {
      return 8 + sid.sizeBytes();
    }

    @Override
    public Entry withFlags(int newFlags) {
      return new Entry(kind, newFlags, mask, sid);
    }

    @Override
    public boolean isDenial() {
      return kind == Kind.DENY;
    }

    /** As in SDDL. */
    @Override
    public String toString() {
      return Sddl.format(this);
    }
  }

  /**
   * An entry of any other type: object, callback (conditional), resource attribute, one that is yet
   * to be invented. Its bytes are kept and written back as they are.
   */
  final class Opaque implements Ace {
    private static final int DENIED_OBJECT = 0x06;
    private static final int DENIED_CALLBACK = 0x0A;
    private static final int DENIED_CALLBACK_OBJECT = 0x0C;

    private final int type;
    private final int flags;
    private final byte[] body;

    private Opaque(int type, int flags, byte[] ownedBody) {
      this.type = type;
      this.flags = checkedFlags(flags);
      this.body = ownedBody;
    }

    /**
     * An entry of that type; the body, which is all after the header of four bytes, is copied.
     *
     * @throws IllegalArgumentException if the type is one of {@link Kind} or not of 8 bits, or the
     *     body's size is not a multiple of four
     */
    public static Opaque of(int type, int flags, byte[] body) {
      if ((type & ~0xFF) != 0 || Arrays.stream(Kind.values()).anyMatch(k -> k.type() == type)) {
        throw new IllegalArgumentException(
            "an ACE of type 0x%x cannot be one of unknown type".formatted(type));
      }
      if (body.length % 4 != 0) {
        throw new IllegalArgumentException(
            "the size of an ACE is a multiple of 4, found a body of " + body.length);
      }
      return new Opaque(type, flags, body.clone());
    }

    @Override
    public int type() {
      return type;
    }

    @Override
    public int flags() {
      return flags;
    }

    /** A copy of all after the header. */
    public byte[] body() {
      return body.clone();
    }

    /**
     * The mask, which is first in all types that deny; all rights when there is no room for one.
     */
    int mask() {
      return body.length < 4 ? -1 : ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    @Override
    public int sizeBytes() {
      return 4 + body.length;
    }

    @Override
    public Opaque withFlags(int newFlags) {
      return new Opaque(type, newFlags, body);
    }

    @Override
    public boolean isDenial() {
      return type == DENIED_OBJECT || type == DENIED_CALLBACK || type == DENIED_CALLBACK_OBJECT;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Opaque opaque
          && type == opaque.type
          && flags == opaque.flags
          && Arrays.equals(body, opaque.body);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * type + flags) + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
      return "(0x%x;0x%x;%s)".formatted(type, flags, HexFormat.of().formatHex(body));
    }
  }
}
