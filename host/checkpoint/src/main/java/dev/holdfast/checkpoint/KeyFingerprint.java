package dev.holdfast.checkpoint;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.KeyView;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Objects;

/**
 * What a registry key's content is, in a few bytes: names, classes, links, descriptors, and values
 * with type and bytes, of the key and all below it. When something was written is no content, nor
 * is what the key itself is called: it is restored under its own path.
 *
 * @param <K> the type of a key
 */
public final class KeyFingerprint<K> {
  private static final byte KEY = 1;
  private static final byte VALUE = 2;
  private static final byte END = 3;

  /** So much is gathered for the digest at once: names and marks are short, and many. */
  private static final int BUFFER_BYTES = 8 << 10;

  private final KeyView<K> view;
  private final MessageDigest sha;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  private KeyFingerprint(KeyView<K> view) {
    this.view = view;
    try {
      this.sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The fingerprint of a key, as {@code sha256:HEX}. */
  public static <K> String of(KeyView<K> view, K root) {
    var fingerprint = new KeyFingerprint<>(view);
    fingerprint.key(root, view.info(root), "");
    fingerprint.flush();
    return "sha256:" + HexFormat.of().formatHex(fingerprint.sha.digest());
  }

  /**
   * Whether two keys have the same fingerprint. Makes none, and ends at the first difference; what
   * is no content, such as the names of the two themselves, makes none either.
   */
  public static <K> boolean isSame(KeyView<K> view, K one, K other) {
    return isSame(view, one, view.info(one), other, view.info(other));
  }

  private static <K> boolean isSame(
      KeyView<K> view, K one, KeyInfo ofOne, K other, KeyInfo ofOther) {
    if (ofOne.link() != ofOther.link()
        || !ofOne.className().equals(ofOther.className())
        || !Objects.equals(ofOne.security(), ofOther.security())
        || !isEqual(view.values(one), view.values(other))) {
      return false;
    }
    Iterator<K> subkeys = view.subkeys(one).iterator();
    Iterator<K> others = view.subkeys(other).iterator();
    while (subkeys.hasNext() && others.hasNext()) {
      K subkey = subkeys.next();
      K otherSubkey = others.next();
      KeyInfo info = view.info(subkey);
      KeyInfo otherInfo = view.info(otherSubkey);
      if (!info.name().equals(otherInfo.name())
          || !isSame(view, subkey, info, otherSubkey, otherInfo)) {
        return false;
      }
    }
    return !subkeys.hasNext() && !others.hasNext();
  }

  private static boolean isEqual(Iterable<RegistryValue> some, Iterable<RegistryValue> others) {
    Iterator<RegistryValue> values = some.iterator();
    Iterator<RegistryValue> otherValues = others.iterator();
    while (values.hasNext() && otherValues.hasNext()) {
      if (!values.next().equals(otherValues.next())) {
        return false;
      }
    }
    return !values.hasNext() && !otherValues.hasNext();
  }

  private void key(K key, KeyInfo info, String name) {
    mark(KEY, info.link() ? 1 : 0);
    text(name);
    text(info.className());
    DescriptorBytes security = info.security();
    bytes(security == null ? new byte[0] : security.bytes());
    for (RegistryValue value : view.values(key)) {
      mark(VALUE, value.type());
      text(value.name());
      bytes(value.bytes());
    }
    for (K subkey : view.subkeys(key)) {
      KeyInfo below = view.info(subkey);
      key(subkey, below, below.name());
    }
    mark(END, 0);
  }

  private void mark(byte kind, int number) {
    room(1 + Integer.BYTES);
    buffer.put(kind).putInt(number);
  }

  private void text(String text) {
    // Lone surrogates are names, too, and UTF-8 would lose them.
    mark((byte) 0, 2 * text.length());
    for (int i = 0; i < text.length(); i++) {
      room(Character.BYTES);
      buffer.putChar(text.charAt(i));
    }
  }

  private void bytes(byte[] bytes) {
    mark((byte) 0, bytes.length);
    if (bytes.length > buffer.capacity()) {
      flush();
      sha.update(bytes);
    } else {
      room(bytes.length);
      buffer.put(bytes);
    }
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private void flush() {
    sha.update(buffer.flip());
    buffer.clear();
  }
}
