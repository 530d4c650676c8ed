package dev.holdfast.registry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SidTest {
  @Test
  void wellKnownOnesAreWrittenAsEverywhere() {
    assertThat(Sid.EVERYONE).hasToString("S-1-1-0");
    assertThat(Sid.CREATOR_OWNER).hasToString("S-1-3-0");
    assertThat(Sid.LOCAL_SYSTEM).hasToString("S-1-5-18");
    assertThat(Sid.BUILTIN_ADMINISTRATORS).hasToString("S-1-5-32-544");
    assertThat(Sid.ofUser(1000)).hasToString("S-1-22-1-1000");
    assertThat(Sid.ofGroup(0xFFFF_FFFFL)).hasToString("S-1-22-2-4294967295");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "S-1-5",
        "S-1-0-0",
        "S-1-22-1-0",
        "S-1-4294967295-1",
        "S-1-0x000100000000-7",
        "S-1-5-21-4294967295-1-2-3-4-5-6-7-8-9-10-11-12-13"
      })
  void parse_givesWhatWasWritten(String text) {
    assertThat(Sid.parse(text)).hasToString(text);
  }

  @Test
  void parse_authorityInHex_isTheSame() {
    assertThat(Sid.parse("s-1-0X000000000005-18")).isEqualTo(Sid.LOCAL_SYSTEM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "S-1",
        "S-1-",
        "S-2-5-18",
        "S-1-5-",
        "S-1-5--18",
        "S-1-5-x",
        "S-1-5-18 ",
        "S-1-0x5-1",
        "S-1-5--1",
        "WD"
      })
  void parse_anythingElse_isRefusedShowingIt(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sid.parse(text))
        .withMessageContaining("found \"" + text + "\"");
  }

  @Test
  void tooLargeOrTooMany_isRefusedSayingWhat() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sid.parse("S-1-5-4294967296"))
        .withMessageContaining("at most 32 bits")
        .withMessageContaining("4294967296");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sid.parse("S-1-281474976710656"))
        .withMessageContaining("at most 48 bits");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sid.of(5, LongStream.range(0, 16).toArray()))
        .withMessageContaining("found 16, at most 15")
        .withMessageContaining("SUB_AUTHORITIES_MAX");
    assertThatIllegalArgumentException().isThrownBy(() -> Sid.ofUser(-1));
  }

  /** The rule is checked by a service of which everybody knows the SID. */
  @Test
  void theClusterServiceHasTheSidThatWindowsGivesItsOwn() throws NoSuchAlgorithmException {
    assertThat(ofService("TrustedInstaller"))
        .hasToString("S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
    assertThat(Sid.CLUSTER_SERVICE).isEqualTo(ofService("ClusSvc"));
  }

  private static Sid ofService(String name) throws NoSuchAlgorithmException {
    byte[] upper = name.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_16LE);
    ByteBuffer digest =
        ByteBuffer.wrap(MessageDigest.getInstance("SHA-1").digest(upper))
            .order(ByteOrder.LITTLE_ENDIAN);
    var parts = new long[6];
    parts[0] = 80;
    for (int i = 1; i < parts.length; i++) {
      parts[i] = Integer.toUnsignedLong(digest.getInt());
    }
    return Sid.of(5, parts);
  }
}
