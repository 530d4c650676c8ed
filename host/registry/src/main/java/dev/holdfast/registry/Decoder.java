package dev.holdfast.registry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads what {@link Encoder} writes; every count is checked against what is left. */
final class Decoder {
  private final ByteBuffer buffer;

  Decoder(ByteBuffer bytes) {
    this.buffer = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  boolean hasMore() {
    return buffer.hasRemaining();
  }

  int position() {
    return buffer.position();
  }

  int u8(String what) throws MalformedEncodingException {
    room(1, what);
    return Byte.toUnsignedInt(buffer.get());
  }

  int u16(String what) throws MalformedEncodingException {
    room(2, what);
    return Short.toUnsignedInt(buffer.getShort());
  }

  /** A count or a size: below 2^31. */
  int count(String what) throws MalformedEncodingException {
    int number = u32(what);
    if (number < 0) {
      throw malformed(what + " is " + Integer.toUnsignedString(number));
    }
    return number;
  }

  int u32(String what) throws MalformedEncodingException {
    room(4, what);
    return buffer.getInt();
  }

  long u64(String what) throws MalformedEncodingException {
    room(8, what);
    return buffer.getLong();
  }

  String name(String what) throws MalformedEncodingException {
    int header = u16(what);
    boolean wide = (header & Encoder.WIDE) != 0;
    var units = new char[header & ~Encoder.WIDE];
    room((wide ? 2 : 1) * units.length, what);
    for (int i = 0; i < units.length; i++) {
      units[i] = wide ? buffer.getChar() : (char) Byte.toUnsignedInt(buffer.get());
    }
    return new String(units);
  }

  DescriptorBytes descriptor() throws MalformedEncodingException {
    int size = count("the size of a security descriptor");
    room(size, "a security descriptor");
    var bytes = new byte[size];
    buffer.get(bytes);
    try {
      return DescriptorBytes.of(bytes);
    } catch (IllegalArgumentException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  RegistryValue value() throws MalformedEncodingException {
    String name = name("a value's name");
    int type = u32("a value's type");
    int size = count("the size of a value's data");
    room(size, "a value's data");
    var data = new byte[size];
    buffer.get(data);
    try {
      return RegistryValue.owning(name, type, data);
    } catch (IllegalArgumentException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  MalformedEncodingException malformed(String what) {
    return new MalformedEncodingException("at byte %,d: %s".formatted(buffer.position(), what));
  }

  private void room(int count, String what) throws MalformedEncodingException {
    if (buffer.remaining() < count) {
      throw malformed(
          "%s needs %,d bytes, %,d are left".formatted(what, count, buffer.remaining()));
    }
  }
}
