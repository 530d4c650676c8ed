package dev.holdfast.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import dev.holdfast.registry.regf.RegistryKeyView;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyFingerprintTest {
  private static final RegistryKeyView VIEW = new RegistryKeyView("root");
  private static final int LONGER_THAN_THE_BUFFER = 20_000;

  private static RegistryKey.Builder key(String name, long written, KeyOptions options) {
    return RegistryKey.builder(name, new Filetime(written), options);
  }

  private static KeyOptions secured(int lastByte) {
    byte[] bytes = new byte[DescriptorBytes.BYTES_MIN];
    bytes[bytes.length - 1] = (byte) lastByte;
    return KeyOptions.PLAIN.withSecurity(DescriptorBytes.of(bytes));
  }

  private static RegistryKey tree(String name, long written) {
    return key(name, written, secured(1))
        .add(RegistryValue.sz("Ä\uD800", "text"))
        .add(RegistryValue.binary("Large", new byte[LONGER_THAN_THE_BUFFER]))
        .add(
            key("Below", written, KeyOptions.PLAIN.withClassName("class"))
                .add(RegistryValue.dword("", 7))
                .build())
        .build();
  }

  private static String fingerprint(RegistryKey key) {
    return KeyFingerprint.of(VIEW, key);
  }

  /** Written out by hand: fingerprints are in records, so what they are made of must stay. */
  @Test
  void fingerprint_isTheDigestOfKeysValuesAndTheirEnds() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      key(out, "", "", DescriptorBytes.BYTES_MIN, 1);
      value(out, ValueType.REG_BINARY, "Large", new byte[LONGER_THAN_THE_BUFFER]);
      value(out, ValueType.REG_SZ, "Ä\uD800", RegistryValue.sz("", "text").bytes());
      key(out, "Below", "class", 0, 0);
      value(out, ValueType.REG_DWORD, "", new byte[] {7, 0, 0, 0});
      mark(out, 3, 0);
      mark(out, 3, 0);
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());

    assertThat(fingerprint(tree("any", 1))).isEqualTo("sha256:" + HexFormat.of().formatHex(digest));
  }

  private static void key(
      DataOutputStream out, String name, String className, int securityBytes, int lastByte)
      throws IOException {
    mark(out, 1, 0);
    text(out, name);
    text(out, className);
    byte[] security = new byte[securityBytes];
    if (securityBytes > 0) {
      security[securityBytes - 1] = (byte) lastByte;
    }
    mark(out, 0, securityBytes);
    out.write(security);
  }

  private static void value(DataOutputStream out, int type, String name, byte[] data)
      throws IOException {
    mark(out, 2, type);
    text(out, name);
    mark(out, 0, data.length);
    out.write(data);
  }

  private static void mark(DataOutputStream out, int kind, int number) throws IOException {
    out.writeByte(kind);
    out.writeInt(number);
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    mark(out, 0, 2 * text.length());
    out.writeChars(text);
  }

  @Test
  void isSame_saysWhatFingerprintsSay() {
    List<RegistryKey> all = new ArrayList<>();
    all.add(tree("one", 1));
    all.add(tree("other name, other time", 2));
    all.add(key("k", 1, KeyOptions.PLAIN).build());
    all.add(key("k", 1, secured(1)).build());
    all.add(key("k", 1, secured(2)).build());
    all.add(key("k", 1, KeyOptions.PLAIN.withClassName("class")).build());
    all.add(key("k", 1, KeyOptions.PLAIN.asLink()).build());
    for (RegistryValue value :
        List.of(
            RegistryValue.sz("v", "text"),
            RegistryValue.sz("V", "text"),
            RegistryValue.sz("v", "other"),
            RegistryValue.of(
                "v", ValueType.REG_EXPAND_SZ, RegistryValue.sz("v", "text").bytes()))) {
      all.add(key("k", 1, KeyOptions.PLAIN).add(value).build());
      all.add(
          key("k", 1, KeyOptions.PLAIN)
              .add(key("Below", 1, KeyOptions.PLAIN).add(value).build())
              .build());
    }
    for (String name : List.of("Below", "below", "Besides")) {
      all.add(key("k", 1, KeyOptions.PLAIN).add(key(name, 1, KeyOptions.PLAIN).build()).build());
    }
    all.add(
        key("k", 1, KeyOptions.PLAIN)
            .add(key("Below", 1, KeyOptions.PLAIN).build())
            .add(key("Besides", 1, KeyOptions.PLAIN).build())
            .build());

    for (RegistryKey one : all) {
      for (RegistryKey other : all) {
        assertThat(KeyFingerprint.isSame(VIEW, one, other))
            .isEqualTo(fingerprint(one).equals(fingerprint(other)));
      }
    }
    assertThat(KeyFingerprint.isSame(VIEW, all.get(0), all.get(1))).isTrue();
  }
}
