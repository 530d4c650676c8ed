package dev.holdfast.registry.regtext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import dev.holdfast.registry.regtext.RegOperation.CreateKey;
import dev.holdfast.registry.regtext.RegOperation.DeleteKey;
import dev.holdfast.registry.regtext.RegOperation.DeleteValue;
import dev.holdfast.registry.regtext.RegOperation.SetValue;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each rule by which Windows reads registry text; a line feed ends a line where nothing is said.
 */
class RegTextParserTest {
  private static final String V5 = "Windows Registry Editor Version 5.00\n";
  private static final String KEY = "[HKEY_LOCAL_MACHINE\\Software\\K]\n";
  private static final KeyPath PATH = KeyPath.of("Software\\K");

  private static byte[] wide(String text) {
    return Utf16.encode("\uFEFF" + text);
  }

  private static RegText parsed(String text) throws RegTextException {
    return RegTextParser.parse("t.reg", wide(text));
  }

  private static RegText ansi(String text) throws RegTextException {
    return RegTextParser.parse("t.reg", text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The values that these lines set in one key. */
  private static List<RegistryValue> values(String lines) throws RegTextException {
    return valuesOf(parsed(V5 + KEY + lines));
  }

  private static List<RegistryValue> valuesOf(RegText text) {
    return text.operations().stream()
        .filter(SetValue.class::isInstance)
        .map(operation -> ((SetValue) operation).value())
        .toList();
  }

  private static RegistryValue value(String line) throws RegTextException {
    List<RegistryValue> values = values(line);
    assertThat(values).as(line).hasSize(1);
    return values.getFirst();
  }

  private static String hex(RegistryValue value) {
    return HexFormat.of().formatHex(value.bytes());
  }

  @Nested
  class Header {
    @ParameterizedTest
    @ValueSource(strings = {"REGEDIT4", "Windows Registry Editor Version 5.00", "  \tREGEDIT4"})
    void isRead(String header) throws Exception {
      assertThat(ansi(header + "\n" + KEY).operations()).hasSize(1);
      assertThat(parsed(header + "\n" + KEY).operations()).hasSize(1);
      assertThat(ansi(header).operations()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"REGEDIT", "REGEDIT3", "REGEDIT5", "REGEDIT9", "REGEDIT 4", "REGEDIT4 FOO"})
    void likeRegedit_isAcceptedAndNothingIsRead(String header) throws Exception {
      RegText text = ansi(header + "\n" + KEY + "\"v\"=\"x\"\n");

      assertThat(text.operations()).isEmpty();
      assertThat(text.skipped()).hasSize(1);
      assertThat(text.skipped().getFirst().line()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "\nREGEDIT4",
          "regedit4",
          "AREGEDIT4",
          "Windows Registry Editor Version 4.00",
          "Windows Registry Editor Version 5",
          "WINDOWS REGISTRY EDITOR VERSION 5.00",
          "Windows Registry Editor version 5.00",
          "Windows Registry Editor Version 5.00 "
        })
    void otherwise_isRefused(String header) {
      assertThatExceptionOfType(RegTextException.class)
          .isThrownBy(() -> ansi(header + "\n" + KEY))
          .withMessageStartingWith("registry text not read: t.reg: ");
    }

    @Test
    void wideTextWithoutItsMark_isRefused() {
      assertThatExceptionOfType(RegTextException.class)
          .isThrownBy(() -> RegTextParser.parse("t.reg", Utf16.encode(V5 + KEY)));
    }
  }

  @Nested
  class TextLines {
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void endInAnyWay(String end) throws Exception {
      RegText text = parsed((V5 + KEY + "\"a\"=\"x\"\n\n\n\"b\"=\"y\"").replace("\n", end));

      assertThat(valuesOf(text))
          .containsExactly(RegistryValue.sz("a", "x"), RegistryValue.sz("b", "y"));
      assertThat(text.operations().getLast().line()).isEqualTo(6);
    }

    @Test
    void comment_beginsWithEitherSignAtTheStart() throws Exception {
      RegText text = parsed(V5 + KEY + ";one\n  ; two\n#three\n\t#four\n\"a\"=\"x\"\n");

      assertThat(valuesOf(text)).containsExactly(RegistryValue.sz("a", "x"));
      assertThat(text.skipped()).isEmpty();
    }

    @Test
    void comment_thatEndsInABackslashDoesNotGoOn() throws Exception {
      assertThat(values(";one\\\n\"a\"=\"x\"\n#two\\\n\"b\"=\"y\"\n")).hasSize(2);
    }

    @Test
    void semicolonAfterAValue_isAComment() throws Exception {
      assertThat(values("\"a\"=\"x\";c\n\"b\"=dword:1 ; c\n\"c\"=hex:01 ;c\n\"d\"=-;c\n"))
          .containsExactly(
              RegistryValue.sz("a", "x"),
              RegistryValue.dword("b", 1),
              RegistryValue.binary("c", new byte[] {1}));
    }

    @Test
    void hashAfterAValue_spoilsIt() throws Exception {
      assertThat(values("\"a\"=\"x\"#c\n\"b\"=dword:1 #c\n\"c\"=hex:01 #c\n")).isEmpty();
    }

    @Test
    void somethingElse_isToldWithItsNumber() throws Exception {
      RegText text = parsed(V5 + KEY + "what\n\"a\"=\"x\"\n");

      assertThat(valuesOf(text)).hasSize(1);
      assertThat(text.skipped())
          .containsExactly(new RegText.Skipped(3, "what", "neither a key nor a value"));
      assertThat(text.skipped().getFirst())
          .hasToString("line 3 left out: neither a key nor a value: what");
    }

    @Test
    void manyBadLines_areCountedAndTheFirstAreKept() throws Exception {
      RegText text = parsed(V5 + "what\n".repeat(5_000));

      assertThat(text.skippedCount()).isEqualTo(5_000);
      assertThat(text.skipped()).hasSize(RegText.SKIPPED_MAX);
    }
  }

  @Nested
  class Keys {
    @Test
    void areCreatedInTheirOrder() throws Exception {
      assertThat(parsed(V5 + "[HKEY_LOCAL_MACHINE]\n[HKEY_USERS\\a\\b]\n").operations())
          .containsExactly(
              new CreateKey(2, "HKEY_LOCAL_MACHINE", KeyPath.ROOT),
              new CreateKey(3, "HKEY_USERS", KeyPath.of("a\\b")));
    }

    @Test
    void endAtTheLastBracket() throws Exception {
      RegText text = parsed(V5 + "[HKEY_USERS\\a]b]c] rest\n");

      assertThat(text.operations())
          .containsExactly(new CreateKey(2, "HKEY_USERS", KeyPath.of("a]b]c")));
    }

    @Test
    void mayEndInABackslash() throws Exception {
      assertThat(parsed(V5 + "[HKEY_USERS\\a\\]\n[HKEY_USERS\\]\n").operations())
          .containsExactly(
              new CreateKey(2, "HKEY_USERS", KeyPath.of("a")),
              new CreateKey(3, "HKEY_USERS", KeyPath.ROOT));
    }

    @Test
    void haveNoEscapes() throws Exception {
      RegText text = parsed(V5 + "[HKEY_USERS\\\"a\"\\b;c#]\n");

      assertThat(text.operations().getFirst().key().names()).containsExactly("\"a\"", "b;c#");
    }

    @Test
    void withAMinus_areDeletedAndTheValuesBelowAreLeftOut() throws Exception {
      RegText text = parsed(V5 + "[-HKEY_LOCAL_MACHINE\\Software\\K]\n\"a\"=\"x\"\n" + KEY + "@=-");

      assertThat(text.operations())
          .containsExactly(
              new DeleteKey(2, "HKEY_LOCAL_MACHINE", PATH),
              new CreateKey(4, "HKEY_LOCAL_MACHINE", PATH),
              new DeleteValue(5, "HKEY_LOCAL_MACHINE", PATH, ""));
      assertThat(text.skipped()).extracting(RegText.Skipped::line).containsExactly(3);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "[HKLM\\a]",
          "[HKEY_NOWHERE\\a]",
          "[ HKEY_USERS\\a]",
          "[HKEY_USERS\\a",
          "[HKEY_USERS\\a\\\\b]",
          "[HKEY_USERS\\a\\\\]",
          "[HKEY_USERS\\a\0b]",
          "[-HKEY_USERS]",
          "[-]",
          "[]"
        })
    void thatAreNone_areLeftOutWithTheirValues(String line) throws Exception {
      RegText text = parsed(V5 + KEY + line + "\n\"a\"=\"x\"\n");

      assertThat(text.operations()).containsExactly(new CreateKey(2, "HKEY_LOCAL_MACHINE", PATH));
      assertThat(text.skipped()).extracting(RegText.Skipped::line).containsExactly(3, 4);
    }

    @Test
    void values_beforeTheFirstAreLeftOut() throws Exception {
      RegText text = parsed(V5 + "\"a\"=\"x\"\n");

      assertThat(text.operations()).isEmpty();
      assertThat(text.skipped().getFirst().reason()).contains("no key comes before it");
    }

    @Test
    void rootKey_isKnownInAnyCase() throws Exception {
      assertThat(parsed(V5 + "[hkey_users\\a]\n").operations())
          .containsExactly(new CreateKey(2, "HKEY_USERS", KeyPath.of("a")));
    }
  }

  @Nested
  class Texts {
    @Test
    void default_isNamedInTwoWays() throws Exception {
      assertThat(value("@=\"v\"")).isEqualTo(RegistryValue.sz("", "v"));
      assertThat(value("\"\"=\"v\"")).isEqualTo(RegistryValue.sz("", "v"));
    }

    @Test
    void empty_isANul() throws Exception {
      assertThat(hex(value("\"a\"=\"\""))).isEqualTo("0000");
    }

    @Test
    void escapes() throws Exception {
      assertThat(value("\"a\\\\b\\\"c\"=\"d\\\\e\\\"f\""))
          .isEqualTo(RegistryValue.sz("a\\b\"c", "d\\e\"f"));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "\"a\"=x",
          "\"a\"=\"x",
          "\"a=\"x\"",
          "\"a\"=\"x\"\"",
          "\"a\"=\"x\" y",
          "\"a\"=\"x\\0y\"",
          "\"a\\0b\"=\"x\"",
          "\"a\"=\"x\\",
          "\"a\" \"x\"",
          "\"a\"",
          "@",
          "@=",
          "a=\"x\"",
          "\"a\"=-x"
        })
    void otherwise_areLeftOut(String line) throws Exception {
      RegText text = parsed(V5 + KEY + line + "\n\"next\"=\"n\"\n");

      assertThat(valuesOf(text)).containsExactly(RegistryValue.sz("next", "n"));
      assertThat(text.skipped()).extracting(RegText.Skipped::line).containsExactly(3);
    }

    @Test
    void doNotGoOnInTheNextLine() throws Exception {
      RegText text = parsed(V5 + KEY + "\"a\"=\"x\\\n\"b\"=dword:\\\n\"c\"=\"z\"\n");

      assertThat(valuesOf(text)).containsExactly(RegistryValue.sz("c", "z"));
    }

    @Test
    void blanks_aroundTheSignAreNothing() throws Exception {
      assertThat(value("  \"a\" \t=  \"x\"  ")).isEqualTo(RegistryValue.sz("a", "x"));
    }

    @Test
    void loneSurrogates_areKept() throws Exception {
      assertThat(value("\"\uD800\"=\"\uDC00x\"")).isEqualTo(RegistryValue.sz("\uD800", "\uDC00x"));
    }

    @Test
    void ansiFile_isOfTheCodePage() throws Exception {
      assertThat(valuesOf(ansi("REGEDIT4\n" + KEY + "\"\u0080\"=\"\u009F\u0081ü\"\n")))
          .containsExactly(RegistryValue.sz("€", "Ÿ\u0081ü"));
      assertThat(valuesOf(ansi(V5 + KEY + "\"a\"=\"\u0080\"\n")))
          .containsExactly(RegistryValue.sz("a", "€"));
    }
  }

  @Nested
  class Numbers {
    @ParameterizedTest
    @CsvSource({"1,1", "00000123,291", "FFFFFFFF,-1", "abcdef,11259375"})
    void haveOneToEightDigits(String digits, int number) throws Exception {
      assertThat(value("\"a\"=dword:" + digits)).isEqualTo(RegistryValue.dword("a", number));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "123456789", "12 34", " 1", "0x1", "xyz", "1z", "-1"})
    void otherwise_areLeftOut(String digits) throws Exception {
      assertThat(values("\"a\"=dword:" + digits)).isEmpty();
    }
  }

  @Nested
  class Hex {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "hex:|''|3",
          "hex:01|01|3",
          "hex:01,FF|01ff|3",
          "hex:1,f|010f|3",
          "hex: 01 , 02|0102|3",
          "hex:01,02,|0102|3",
          "hex(0):01,02|0102|0",
          "hex(1):|''|1",
          "hex(1):41|41|1",
          "hex(3):01|01|3",
          "hex(4):01|01|4",
          "hex(b):01,00,00,00,00,00,00,00|0100000000000000|11",
          "hex(B):01|01|11",
          "hex(ffff0011):01|01|-65519",
          "hex(2):|''|2",
          "hex(7):|''|7",
          "hex(2):41,00|41000000|2",
          "hex(2):41,00,00,00|41000000|2",
          "hex(7):41,00,00,00|41000000|7",
          "hex(7):41,00,00,00,00,00|410000000000|7",
          "hex(7):41,00|41000000|7"
        })
    void isBytesOfAType(String data, String bytes, int type) throws Exception {
      RegistryValue value = value("\"a\"=" + data);

      assertThat(hex(value)).isEqualTo(bytes);
      assertThat(value.type()).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "hex:100",
          "hex:01,,02",
          "hex:,01",
          "hex:01 02",
          "hex:0x01",
          "hex:01,zz",
          "hex:01,\\02",
          "hex:01\\",
          "hex(:01",
          "hex():01",
          "hex(g):01",
          "hex(123456789):01",
          "hex(0x1):01",
          "hex(1)01",
          "Hex:01"
        })
    void otherwise_isLeftOut(String data) throws Exception {
      assertThat(values("\"a\"=" + data + "\n")).isEmpty();
    }

    @Test
    void goesOnAfterACommaAndABackslash() throws Exception {
      assertThat(hex(value("\"a\"=hex:01,\\\n  02,\\ \n03,\\;c\n\t04"))).isEqualTo("01020304");
    }

    @Test
    void mayBeginInTheSecondLine() throws Exception {
      assertThat(hex(value("\"a\"=hex:\\\n  01,02\n"))).isEqualTo("0102");
    }

    @Test
    void emptyAndCommentLines_areSkippedInsideIt() throws Exception {
      assertThat(hex(value("\"a\"=hex:01,\\\n\n  ;c\n\n  02\n"))).isEqualTo("0102");
    }

    @Test
    void endsAtACommaWithoutABackslash() throws Exception {
      RegText text = parsed(V5 + KEY + "\"a\"=hex:01,\n  02,03\n\"b\"=\"x\"\n");

      assertThat(valuesOf(text))
          .containsExactly(RegistryValue.binary("a", new byte[] {1}), RegistryValue.sz("b", "x"));
      assertThat(text.skipped()).extracting(RegText.Skipped::line).containsExactly(4);
    }

    @Test
    void endOfTheFile_keepsWhatCameUntilThen() throws Exception {
      assertThat(hex(value("\"a\"=hex:01,02,\\"))).isEqualTo("0102");
    }

    @Test
    void swallowsTheNextLineWhateverItIs() throws Exception {
      RegText text =
          parsed(
              V5 + KEY + "\"a\"=hex:01,\\\n\"b\"=\"x\"\n\"c\"=hex:02,\\\n" + KEY + "\"d\"=\"y\"");

      assertThat(valuesOf(text)).containsExactly(RegistryValue.sz("d", "y"));
      assertThat(text.skipped()).extracting(RegText.Skipped::line).containsExactly(3, 4, 5, 6);
    }

    @Test
    void withoutAComma_theNextLineSurvives() throws Exception {
      assertThat(values("\"a\"=hex:01\\\n\"b\"=\"x\"\n"))
          .containsExactly(RegistryValue.sz("b", "x"));
    }

    @Test
    void olderVersion_hasTextInTheCodePage() throws Exception {
      RegText text =
          ansi(
              "REGEDIT4\n"
                  + KEY
                  + "\"e\"=hex(2):25,80\n\"m\"=hex(7):61,00,00\n\"b\"=hex:80\n\"s\"=hex(1):80\n");

      assertThat(valuesOf(text))
          .containsExactly(
              RegistryValue.expandSz("e", "%€"),
              RegistryValue.multiSz("m", "a"),
              RegistryValue.binary("b", new byte[] {(byte) 0x80}),
              RegistryValue.of("s", ValueType.REG_SZ, new byte[] {(byte) 0x80}));
    }
  }

  @Nested
  class Limits {
    @Test
    void longName_isLeftOut() throws Exception {
      RegText text = parsed(V5 + KEY + "\"" + "n".repeat(16_384) + "\"=\"x\"\n");

      assertThat(valuesOf(text)).isEmpty();
      assertThat(text.skipped().getFirst().reason()).contains("VALUE_NAME_CHARS_MAX");
      assertThat(text.skipped().getFirst().text()).hasSizeLessThan(100);
    }

    @Test
    void longKeyName_isLeftOut() throws Exception {
      RegText text = parsed(V5 + "[HKEY_USERS\\" + "n".repeat(256) + "]\n");

      assertThat(text.operations()).isEmpty();
      assertThat(text.skipped().getFirst().reason()).contains("KEY_NAME_CHARS_MAX");
    }

    @Test
    void largeData_isLeftOut() throws Exception {
      String text = V5 + KEY + "\"a\"=\"" + "x".repeat(8 << 20) + "\"\n";

      assertThat(parsed(text).skipped().getFirst().reason()).contains("VALUE_BYTES_MAX");
    }
  }
}
