package dev.holdfast.registry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityDescriptorTest {
  /** O:BAG:SYD:P(A;CI;KA;;;WD), byte by byte after the drawing in MS-DTYP 2.4.6. */
  private static final String KNOWN =
      "01 00 0490 30000000 40000000 00000000 14000000"
          + " 02 00 1c00 0100 0000  00 02 1400 3f000f00 01 01 000000000001 00000000"
          + " 01 02 000000000005 20000000 20020000"
          + " 01 01 000000000005 12000000";

  @Test
  void knownBytes_areReadAndWritten() throws Exception {
    SecurityDescriptor descriptor =
        new SecurityDescriptor(
            SecurityDescriptor.DACL_PRESENT | SecurityDescriptor.DACL_PROTECTED,
            0,
            Sid.BUILTIN_ADMINISTRATORS,
            Sid.LOCAL_SYSTEM,
            null,
            Acl.of(Ace.Entry.allow(Ace.CONTAINER_INHERIT, KeyAccess.KEY_ALL_ACCESS, Sid.EVERYONE)));

    assertThat(SecurityDescriptor.decode(bytes(KNOWN))).isEqualTo(descriptor);
    assertThat(descriptor.encode()).isEqualTo(bytes(KNOWN));
  }

  @ParameterizedTest
  @ValueSource(longs = {101, 102, 103, 104})
  void aDescriptorComesBackToTheBit(long seed) throws Exception {
    var descriptors = new RandomDescriptors(new Random(seed));
    for (int i = 0; i < 1_000; i++) {
      SecurityDescriptor descriptor = descriptors.any();

      byte[] encoded = descriptor.encode();

      assertThat(SecurityDescriptor.decode(encoded)).as("seed %d", seed).isEqualTo(descriptor);
      assertThat(SecurityDescriptor.decode(encoded).encode()).isEqualTo(encoded);
    }
  }

  @Test
  void noDaclNullDaclAndEmptyDacl_areThree() throws Exception {
    var none = new SecurityDescriptor(0, 0, null, null, null, null);
    var nullDacl =
        new SecurityDescriptor(SecurityDescriptor.DACL_PRESENT, 0, null, null, null, null);
    SecurityDescriptor empty = SecurityDescriptor.of(null, null, Acl.EMPTY);

    for (SecurityDescriptor each : Arrays.asList(none, nullDacl, empty)) {
      assertThat(SecurityDescriptor.decode(each.encode())).isEqualTo(each);
    }
    assertThat(none).isNotEqualTo(nullDacl);
    assertThat(nullDacl).isNotEqualTo(empty);
    assertThat(SecurityDescriptor.decode(empty.encode()).dacl()).isEqualTo(Acl.EMPTY);
    assertThat(SecurityDescriptor.decode(nullDacl.encode()).dacl()).isNull();
  }

  @Test
  void anEntryOfUnknownType_keepsItsBytes() throws Exception {
    byte[] body = bytes("0123456789abcdef 00ff00ff");
    SecurityDescriptor descriptor =
        SecurityDescriptor.of(null, null, Acl.of(Ace.Opaque.of(0x77, 0x1F, body)));

    byte[] encoded = descriptor.encode();

    assertThat(HexFormat.of().formatHex(encoded)).contains("771f1000" + "0123456789abcdef00ff00ff");
    assertThat(SecurityDescriptor.decode(encoded)).isEqualTo(descriptor);
  }

  @Test
  void roomBetweenAndInsideTheParts_isReadAndNotKept() throws Exception {
    byte[] roomy =
        bytes(
            "01 00 0480 14000000 00000000 00000000 24000000"
                + " 01 01 000000000001 00000000  eeeeeeee"
                + " 02 00 2800 0100 0000  01 00 1800 01000000 01 01 000000000001 00000000 eeeeeeee"
                + " eeeeeeeeeeeeeeee eeee");

    assertThat(SecurityDescriptor.decode(roomy))
        .isEqualTo(
            SecurityDescriptor.of(
                Sid.EVERYONE,
                null,
                Acl.of(Ace.Entry.deny(0, KeyAccess.KEY_QUERY_VALUE, Sid.EVERYONE))));
  }

  @Test
  void theOffsetOfAListThatIsNotThere_meansNothing() throws Exception {
    byte[] bytes = bytes("01 00 0080 00000000 00000000 ffffffff ffffffff");

    assertThat(SecurityDescriptor.decode(bytes))
        .isEqualTo(new SecurityDescriptor(0, 0, null, null, null, null));
  }

  /** The known bytes with some of them replaced. */
  @ParameterizedTest
  @CsvSource({
    "0, 02, 0, revision",
    "2, 0410, 2, control",
    "4, 10000000, 4, offset of the owner",
    "8, 00000080, 8, offset of the group",
    "16, 4c000000, 16, offset of the DACL",
    "16, 48000000, 72, header of the DACL",
    "20, 05, 20, revision of the DACL",
    "22, 0700, 22, size of the DACL",
    "22, ff00, 20, DACL",
    "24, 0200, 48, header of ACE 2 of the DACL",
    "30, 0300, 30, size of ACE 1 of the DACL",
    "30, 1600, 30, size of ACE 1 of the DACL",
    "30, 1800, 28, ACE 1 of the DACL",
    "30, 0400, 32, mask of ACE 1 of the DACL",
    "30, 0c00, 36, SID of ACE 1 of the DACL",
    "30, 1000, 36, SID of ACE 1 of the DACL",
    "36, 00, 36, revision of the SID of ACE 1 of the DACL",
    "37, 02, 36, SID of ACE 1 of the DACL",
    "49, 10, 49, sub-authorities of the owner",
    "64, 00, 64, revision of the group",
    "65, 0f, 64, group"
  })
  void wrongBytes_areRefusedNamingOffsetAndField(
      int at, String replacement, int offset, String field) {
    byte[] wrong = bytes(KNOWN);
    byte[] put = bytes(replacement);
    System.arraycopy(put, 0, wrong, at, put.length);

    MalformedDescriptorException refused =
        catchThrowableOfType(
            MalformedDescriptorException.class, () -> SecurityDescriptor.decode(wrong));

    assertThat(refused).isNotNull();
    assertThat(refused.field()).isEqualTo(field);
    assertThat(refused.offset()).isEqualTo(offset);
    assertThat(refused).hasMessageContaining("at offset " + offset).hasMessageContaining(field);
  }

  @Test
  void cutAnywhere_isRefused() {
    byte[] known = bytes(KNOWN);
    for (int length = 0; length < known.length; length++) {
      byte[] cut = Arrays.copyOf(known, length);
      assertThatExceptionOfType(MalformedDescriptorException.class)
          .as("cut at %d", length)
          .isThrownBy(() -> SecurityDescriptor.decode(cut));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {111, 112})
  void spoiltBytes_areRefusedOrReadButNeverAnythingElse(long seed) {
    var random = new Random(seed);
    var descriptors = new RandomDescriptors(random);
    int read = 0;
    int refused = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = descriptors.any().encode();
      for (int spoilt = random.nextInt(3); spoilt >= 0; spoilt--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        SecurityDescriptor once = SecurityDescriptor.decode(bytes);
        assertThat(SecurityDescriptor.decode(once.encode())).as("seed %d", seed).isEqualTo(once);
        read++;
      } catch (MalformedDescriptorException e) {
        assertThat(e).hasMessageNotContaining("null");
        refused++;
      }
    }
    assertThat(read).isGreaterThan(100);
    assertThat(refused).isGreaterThan(100);
  }

  @Test
  void aListThatDoesNotFit_isRefusedNamingTheLimit() {
    Ace[] aces = new Ace[4_000];
    Arrays.fill(aces, Ace.Entry.allow(0, KeyAccess.KEY_READ, Sid.EVERYONE));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Acl.of(aces))
        .withMessageContaining("80,008")
        .withMessageContaining("at most 65,535")
        .withMessageContaining("ACL_BYTES_MAX");
  }

  @Test
  void aListThatTheFlagsDeny_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SecurityDescriptor(0, 0, null, null, null, Acl.EMPTY))
        .withMessageContaining("says that it is not");
  }

  @Test
  void inCanonicalOrder_denialsFirst_inheritedLastAsTheyWere() {
    Ace allow = Ace.Entry.allow(0, KeyAccess.KEY_READ, Sid.EVERYONE);
    Ace deny = Ace.Entry.deny(0, KeyAccess.KEY_WRITE, Sid.EVERYONE);
    Ace denyOfUnknownSort = Ace.Opaque.of(0x0A, 0, new byte[4]);
    Ace inheritedAllow = allow.withFlags(Ace.INHERITED);
    Ace inheritedDeny = deny.withFlags(Ace.INHERITED);

    Acl ordered =
        Acl.of(inheritedAllow, allow, inheritedDeny, deny, denyOfUnknownSort).inCanonicalOrder();

    assertThat(ordered.aces())
        .containsExactly(deny, denyOfUnknownSort, allow, inheritedAllow, inheritedDeny);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
