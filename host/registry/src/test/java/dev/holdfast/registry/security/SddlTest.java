package dev.holdfast.registry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SddlTest {
  @Test
  void parse_aKeyOfWindows() throws Exception {
    SecurityDescriptor descriptor =
        Sddl.parse("O:BAG:SYD:PAI(A;CI;KR;;;BU)(A;CIIO;GA;;;CO)(D;OICINPID;0x2;;;S-1-22-1-7)");

    assertThat(descriptor.owner()).isEqualTo(Sid.BUILTIN_ADMINISTRATORS);
    assertThat(descriptor.group()).isEqualTo(Sid.LOCAL_SYSTEM);
    assertThat(descriptor.sacl()).isNull();
    assertThat(descriptor.control())
        .isEqualTo(
            SecurityDescriptor.SELF_RELATIVE
                | SecurityDescriptor.DACL_PRESENT
                | SecurityDescriptor.DACL_PROTECTED
                | SecurityDescriptor.DACL_AUTO_INHERITED);
    assertThat(descriptor.dacl())
        .isEqualTo(
            Acl.of(
                Ace.Entry.allow(Ace.CONTAINER_INHERIT, KeyAccess.KEY_READ, Sid.BUILTIN_USERS),
                Ace.Entry.allow(
                    Ace.CONTAINER_INHERIT | Ace.INHERIT_ONLY,
                    KeyAccess.GENERIC_ALL,
                    Sid.CREATOR_OWNER),
                Ace.Entry.deny(
                    Ace.OBJECT_INHERIT
                        | Ace.CONTAINER_INHERIT
                        | Ace.NO_PROPAGATE_INHERIT
                        | Ace.INHERITED,
                    KeyAccess.KEY_SET_VALUE,
                    Sid.ofUser(7))));
  }

  /** What comes out is what went in, or the second column. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "O:BAG:SYD:PAI(A;CI;KR;;;BU)(A;CIIO;GA;;;CO) |",
        "D: |",
        "D:NO_ACCESS_CONTROL |",
        "D:PARAI |",
        "D:AIPAR | D:PARAI",
        "G:SYO:BA | O:BAG:SY",
        "S:(AU;SAFA;KA;;;WD)D:(A;;KR;;;WD) | D:(A;;KR;;;WD)S:(AU;SAFA;KA;;;WD)",
        "S:PARAINO_ACCESS_CONTROL |",
        "S:(ML;CI;NWNRNX;;;LW) |",
        "D:(A;;KX;;;WD) | D:(A;;KR;;;WD)",
        "D:(A;;KRKW;;;WD) | D:(A;;0x2001f;;;WD)",
        "D:(A;;CCDCLCSWRPRC;;;PU) | D:(A;;0x2001f;;;PU)",
        "D:(A;;0xF003F;;;WD) | D:(A;;KA;;;WD)",
        "D:(A;;983103;;;WD) | D:(A;;KA;;;WD)",
        "D:(A;;;;;WD) | D:(A;;0x0;;;WD)",
        "D:(A;;GRSDRCWDWO;;;WD) |",
        "D:(A;;0xffffffff;;;WD) |",
        "d:ai(a;ci;kr;;;wd) | D:AI(A;CI;KR;;;WD)",
        "O:S-1-5-18G:s-1-22-2-100D: | O:SYG:S-1-22-2-100D:",
        "O:S-1-0x0000000000aaD: | O:S-1-170D:",
        "D:(0x12;CI;0011aabb) |",
        "D:(0xA;;) | D:(0xa;;)"
      })
  void format_isTheShortestThatSaysTheSame(String text, String canonical) throws Exception {
    String expected = canonical == null ? text : canonical;

    assertThat(Sddl.format(Sddl.parse(text))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {201, 202, 203, 204})
  void aDescriptorComesBackFromItsText(long seed) throws Exception {
    var descriptors = new RandomDescriptors(new Random(seed));
    for (int i = 0; i < 1_000; i++) {
      SecurityDescriptor descriptor = descriptors.sayable();

      String text = Sddl.format(descriptor);

      assertThat(Sddl.parse(text)).as("seed %d, %s", seed, text).isEqualTo(descriptor);
    }
  }

  @Test
  void noDacl_nullDacl_andEmptyDacl_areThree() throws Exception {
    assertThat(Sddl.parse("").has(SecurityDescriptor.DACL_PRESENT)).isFalse();
    assertThat(Sddl.parse("D:NO_ACCESS_CONTROL").has(SecurityDescriptor.DACL_PRESENT)).isTrue();
    assertThat(Sddl.parse("D:NO_ACCESS_CONTROL").dacl()).isNull();
    assertThat(Sddl.parse("D:").dacl()).isEqualTo(Acl.EMPTY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X:BA | 1 | O:, G:, D: or S:",
        "O:BAO:BA | 5 | each once",
        "D:D: | 3 | each once",
        "O: | 3 | a SID or its alias",
        "O:XX | 3 | a SID or its alias",
        "O:DA | 3 | does not depend on a Windows domain",
        "O:S-1-5-4294967296 | 3 | at most 32 bits",
        "D:(A;CI;KR;;;BU | 16 | )",
        "D:(A;CI;KR;;;BU)x | 17 | O:, G:, D: or S:",
        "D:(A | 4 | ;",
        "D:(OA;;KA;;;WD) | 4 | A, D, AU or ML",
        "D:(XA;;KA;;;WD) | 4 | A, D, AU or ML",
        "D:(A;XX;KA;;;WD) | 6 | a flag of an entry",
        "D:(A;CIX;KA;;;WD) | 8 | a flag of an entry",
        "D:(A;;KAZZ;;;WD) | 9 | rights (such as KA",
        "D:(A;;K | 7 | rights (such as KA",
        "D:(A;;0x100000000;;;WD) | 9 | rights as a number of 32 bits",
        "D:(A;;0xg;;;WD) | 9 | rights as a number of 32 bits",
        "D:(A;;1x;;;WD) | 7 | rights as a number of 32 bits",
        "D:(A;;0x-1;;;WD) | 9 | rights as a number of 32 bits",
        "D:(A;;0x;;;WD) | 9 | rights as a number of 32 bits",
        "D:(A;;١;;;WD) | 7 | rights (such as KA",
        "D:(A;;99999999999999999999;;;WD) | 7 | rights as a number of 32 bits",
        "D:(A;;KA;guid;;WD) | 10 | no type of object",
        "D:(A;;KA;;guid;WD) | 11 | no type of inheriting object",
        "S:(ML;;KA;;;LW) | 8 | NW, NR, NX",
        "D:(0x1;;00000000) | 9 | cannot be one of unknown type",
        "D:(0x100;;00000000) | 6 | the number of a type",
        "D:(0x12;;0011) | 10 | a multiple of 4",
        "D:(0x12;;0g) | 10 | in hex",
        "D:(0x12;;00112233 | 18 | )",
        "D:PX | 4 | O:, G:, D: or S:"
      })
  void whatIsNoSddl_isRefusedSayingWhereAndWhatWasExpected(
      String text, int position, String expected) {
    MalformedSddlException refused =
        catchThrowableOfType(MalformedSddlException.class, () -> Sddl.parse(text));

    assertThat(refused).isNotNull();
    assertThat(refused.position()).as(refused.getMessage()).isEqualTo(position);
    assertThat(refused.expected()).contains(expected);
    assertThat(refused)
        .hasMessageContaining("at character " + position)
        .hasMessageContaining("found");
  }

  @Test
  void tooLong_isRefusedNamingTheLimit() {
    String text = "x".repeat(SddlParser.TEXT_CHARS_MAX + 1);

    MalformedSddlException refused =
        catchThrowableOfType(MalformedSddlException.class, () -> Sddl.parse(text));

    assertThat(refused).hasMessageContaining("TEXT_CHARS_MAX");
  }

  @Test
  void aListThatDoesNotFit_isRefusedNamingTheLimit() {
    MalformedSddlException refused =
        catchThrowableOfType(
            MalformedSddlException.class, () -> Sddl.parse("D:" + "(A;;KR;;;WD)".repeat(4_000)));

    assertThat(refused).hasMessageContaining("ACL_BYTES_MAX");
    assertThat(refused.position()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(longs = {211, 212})
  void spoiltText_isRefusedOrReadButNeverAnythingElse(long seed) {
    var random = new Random(seed);
    var descriptors = new RandomDescriptors(random);
    String letters = "OGDSPAIRCKWX0123456789;:()-xabf";
    int refused = 0;
    for (int i = 0; i < 3_000; i++) {
      var text = new StringBuilder(Sddl.format(descriptors.sayable()));
      for (int spoilt = random.nextInt(3); spoilt >= 0 && !text.isEmpty(); spoilt--) {
        char letter = letters.charAt(random.nextInt(letters.length()));
        text.setCharAt(random.nextInt(text.length()), letter);
      }
      try {
        SecurityDescriptor once = Sddl.parse(text.toString());
        assertThat(Sddl.format(once)).isNotNull();
      } catch (MalformedSddlException e) {
        assertThat(e.position()).as("seed %d", seed).isBetween(1, text.length() + 1);
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(500);
  }
}
