package dev.holdfast.checkpoint;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.KeyView;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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

  private final KeyView<K> view;
  private final MessageDigest sha;
  private final ByteBuffer numbers = ByteBuffer.allocate(1 + Integer.BYTES);

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
    fingerprint.key(root, "");
    return "sha256:" + HexFormat.of().formatHex(fingerprint.sha.digest());
  }

  private void key(K key, String name) {
    KeyInfo info = view.info(key);
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
      key(subkey, view.info(subkey).name());
    }
    mark(END, 0);
  }

  private void mark(byte kind, int number) {
    sha.update(numbers.clear().put(kind).putInt(number).flip());
  }

  private void text(String text) {
    // Lone surrogates are names, too, and UTF-8 would lose them.
    ByteBuffer units = ByteBuffer.allocate(2 * text.length());
    units.asCharBuffer().put(text);
    bytes(units.array());
  }

  private void bytes(byte[] bytes) {
    mark((byte) 0, bytes.length);
    sha.update(bytes);
  }
}
