package dev.holdfast.registry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A growing little-endian row of bytes. */
final class Encoder {
  /** Set in a name's count when its characters take two bytes each. */
  static final int WIDE = 0x8000;

  private byte[] bytes;
  private ByteBuffer buffer;

  Encoder(int capacity) {
    this.bytes = new byte[capacity];
    this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int size() {
    return buffer.position();
  }

  void clear() {
    buffer.clear();
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size());
  }

  ByteBuffer written() {
    return ByteBuffer.wrap(bytes, 0, size()).order(ByteOrder.LITTLE_ENDIAN);
  }

  void u8(int number) {
    room(1);
    buffer.put((byte) number);
  }

  void u16(int number) {
    room(2);
    buffer.putShort((short) number);
  }

  void u32(int number) {
    room(4);
    buffer.putInt(number);
  }

  void u64(long number) {
    room(8);
    buffer.putLong(number);
  }

  /** One byte a character where that keeps all of them, else two; lone surrogates are kept. */
  void name(String name) {
    boolean wide = false;
    for (int i = 0; i < name.length() && !wide; i++) {
      wide = name.charAt(i) > 0xFF;
    }
    u16(name.length() | (wide ? WIDE : 0));
    room(2 * name.length());
    for (int i = 0; i < name.length(); i++) {
      if (wide) {
        buffer.putChar(name.charAt(i));
      } else {
        buffer.put((byte) name.charAt(i));
      }
    }
  }

  void descriptor(DescriptorBytes descriptor) {
    u32(descriptor.sizeBytes());
    room(descriptor.sizeBytes());
    descriptor.copyTo(bytes, buffer.position());
    buffer.position(buffer.position() + descriptor.sizeBytes());
  }

  void value(RegistryValue value) {
    name(value.name());
    u32(value.type());
    u32(value.sizeBytes());
    room(value.sizeBytes());
    buffer.put(value.data());
  }

  private void room(int count) {
    if (buffer.remaining() < count) {
      int position = buffer.position();
      long wanted = Math.max(2L * bytes.length, (long) position + count);
      bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
      buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(position);
    }
  }
}
