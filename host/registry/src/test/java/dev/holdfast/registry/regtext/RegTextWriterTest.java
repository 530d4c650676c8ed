package dev.holdfast.registry.regtext;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.SavedKey;
import dev.holdfast.registry.regtext.RegTextLoss.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegTextWriterTest {
  private static final String PATH = "HKEY_LOCAL_MACHINE\\K";

  private record Written(ByteArrayOutputStream out, List<RegTextLoss> losses) {
    byte[] bytes() {
      return out.toByteArray();
    }

    List<Kind> lost() {
      return losses.stream().map(RegTextLoss::kind).toList();
    }
  }

  private static Written written(SavedKey key, RegTextVersion version) throws IOException {
    var out = new ByteArrayOutputStream();
    List<RegTextLoss> losses = RegTextWriter.write(SavedKey.VIEW, key, PATH, version, out);
    return new Written(out, losses);
  }

  private static String text(SavedKey key) throws IOException {
    byte[] bytes = written(key, RegTextVersion.VERSION_5).bytes();
    return Utf16.decode(bytes, 2, bytes.length);
  }

  /** What comes after the key's own line, without the empty line at the end. */
  private static String lines(RegistryValue... values) throws IOException {
    String text = text(key("K", List.of(values)));
    String head = "Windows Registry Editor Version 5.00\r\n\r\n[" + PATH + "]\r\n";
    assertThat(text).startsWith(head).endsWith("\r\n\r\n");
    return text.substring(head.length(), text.length() - 4);
  }

  private static SavedKey key(String name, List<RegistryValue> values, SavedKey... subkeys) {
    return SavedKey.of(KeyInfo.named(name, 0), values, List.of(subkeys));
  }

  @Test
  void wholeFile() throws Exception {
    SavedKey root =
        key(
            "K",
            List.of(RegistryValue.sz("", "d"), RegistryValue.dword("n", 0xAB)),
            key("b", List.of(), key("c", List.of())),
            key("A", List.of(RegistryValue.sz("v", "x"))));

    byte[] bytes = written(root, RegTextVersion.VERSION_5).bytes();

    assertThat(Arrays.copyOf(bytes, 2)).containsExactly(0xFF, 0xFE);
    assertThat(new String(bytes, StandardCharsets.UTF_16))
        .isEqualTo(
            """
            Windows Registry Editor Version 5.00

            [HKEY_LOCAL_MACHINE\\K]
            @="d"
            "n"=dword:000000ab

            [HKEY_LOCAL_MACHINE\\K\\A]
            "v"="x"

            [HKEY_LOCAL_MACHINE\\K\\b]

            [HKEY_LOCAL_MACHINE\\K\\b\\c]

            """
                .replace("\n", "\r\n"));
  }

  @Test
  void olderVersion_isOfTheCodePage() throws Exception {
    SavedKey root =
        key("K", List.of(RegistryValue.sz("ü€", "\u0081"), RegistryValue.expandSz("e", "€")));

    byte[] bytes = written(root, RegTextVersion.REGEDIT4).bytes();

    assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
        .isEqualTo(
            "REGEDIT4\r\n\r\n["
                + PATH
                + "]\r\n\"\u00FC\u0080\"=\"\u0081\"\r\n\"e\"=hex(2):80,00\r\n\r\n");
  }

  @Test
  void quotesAndBackslashes_areEscaped() throws Exception {
    assertThat(lines(RegistryValue.sz("a\\\"b", "c\\\"d")))
        .isEqualTo("\"a\\\\\\\"b\"=\"c\\\\\\\"d\"");
  }

  @Test
  void textThatQuotesCannotHold_isHex() throws Exception {
    assertThat(lines(RegistryValue.sz("v", "a\r\nb")))
        .isEqualTo("\"v\"=hex(1):61,00,0d,00,0a,00,62,00,00,00");
    assertThat(lines(RegistryValue.sz("v", "a\0"))).isEqualTo("\"v\"=hex(1):61,00,00,00,00,00");
    assertThat(lines(sz(0x61, 0))).isEqualTo("\"v\"=hex(1):61,00");
    assertThat(lines(sz(0x61, 0, 0))).isEqualTo("\"v\"=hex(1):61,00,00");
    assertThat(lines(sz())).isEqualTo("\"v\"=hex(1):");
    assertThat(lines(sz(0, 0))).isEqualTo("\"v\"=\"\"");
  }

  private static RegistryValue sz(int... bytes) {
    return of(ValueType.REG_SZ, bytes);
  }

  private static RegistryValue of(int type, int... bytes) {
    var data = new byte[bytes.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) bytes[i];
    }
    return RegistryValue.of("v", type, data);
  }

  @Test
  void types() throws Exception {
    assertThat(lines(of(ValueType.REG_BINARY, 1, 0xFF))).isEqualTo("\"v\"=hex:01,ff");
    assertThat(lines(of(ValueType.REG_BINARY))).isEqualTo("\"v\"=hex:");
    assertThat(lines(of(ValueType.REG_NONE, 1))).isEqualTo("\"v\"=hex(0):01");
    assertThat(lines(of(ValueType.REG_DWORD, 1))).isEqualTo("\"v\"=hex(4):01");
    assertThat(lines(of(ValueType.REG_DWORD_BIG_ENDIAN, 0, 0, 0, 1)))
        .isEqualTo("\"v\"=hex(5):00,00,00,01");
    assertThat(lines(RegistryValue.qword("v", 1)))
        .isEqualTo("\"v\"=hex(b):01,00,00,00,00,00,00,00");
    assertThat(lines(RegistryValue.multiSz("v", "a"))).isEqualTo("\"v\"=hex(7):61,00,00,00,00,00");
    assertThat(lines(of(0xFFFF_0011, 1))).isEqualTo("\"v\"=hex(ffff0011):01");
  }

  @Test
  void longData_goesOnInLinesOfEightyColumns() throws Exception {
    String lines = lines(RegistryValue.binary("name", new byte[200]));

    String[] all = lines.split("\r\n", -1);
    assertThat(all).hasSizeGreaterThan(7);
    for (int i = 0; i < all.length; i++) {
      assertThat(all[i])
          .hasSizeLessThanOrEqualTo(80)
          .startsWith(i == 0 ? "\"name\"=hex:00" : "  00");
      assertThat(all[i].endsWith(",\\")).as("line %d goes on", i).isEqualTo(i < all.length - 1);
    }
    assertThat(all[1]).hasSize(78);
  }

  @Test
  void longName_theDataBeginsInTheNextLine() throws Exception {
    String lines = lines(RegistryValue.binary("n".repeat(100), new byte[] {1, 2}));

    assertThat(lines).endsWith("\"=hex:\\\r\n  01,02");
  }

  @Test
  void losses_areTold() throws Exception {
    var security = DescriptorBytes.of(new byte[20]);
    SavedKey child = SavedKey.of(new KeyInfo("c", "", 0, true, null), List.of(), List.of());
    SavedKey root =
        SavedKey.of(new KeyInfo("K", "Class", 0, false, security), List.of(), List.of(child));

    Written written = written(root, RegTextVersion.VERSION_5);

    assertThat(written.losses())
        .containsExactly(
            new RegTextLoss(Kind.SECURITY, 1, PATH),
            new RegTextLoss(Kind.CLASS_NAME, 1, PATH),
            new RegTextLoss(Kind.LAST_WRITTEN, 2, PATH),
            new RegTextLoss(Kind.LINK, 1, PATH + "\\c"));
    assertThat(written.losses().getFirst())
        .hasToString("security descriptors are not in a text (1, first at " + PATH + ")");
  }

  @Test
  void namesThatDoNotFitALine_areLeftOutAndTold() throws Exception {
    SavedKey root =
        key(
            "K",
            List.of(RegistryValue.dword("a\nb", 1), RegistryValue.dword("c\0", 1)),
            key("d\re", List.of(), key("below", List.of())),
            key("f", List.of()));

    Written written = written(root, RegTextVersion.VERSION_5);

    assertThat(written.lost())
        .containsExactly(Kind.LAST_WRITTEN, Kind.KEY_LEFT_OUT, Kind.VALUE_LEFT_OUT);
    assertThat(written.losses().getLast().count()).isEqualTo(2);
    String text = new String(written.bytes(), StandardCharsets.UTF_16);
    assertThat(text).contains("K\\f]").doesNotContain("below").doesNotContain("dword");
  }

  @Test
  void dataThatReadingWouldEnd_isTold() throws Exception {
    SavedKey root = key("K", List.of(of(ValueType.REG_MULTI_SZ, 0x61, 0)));

    assertThat(written(root, RegTextVersion.VERSION_5).lost()).contains(Kind.NUL_ADDED);
    assertThat(written(root, RegTextVersion.REGEDIT4).lost()).contains(Kind.NUL_ADDED);
  }

  @Test
  void whatIsNotInTheCodePage_isTold() throws Exception {
    SavedKey root =
        key(
            "K",
            List.of(
                RegistryValue.dword("ж", 1),
                RegistryValue.sz("s", "ж"),
                RegistryValue.expandSz("e", "ж")),
            key("ж", List.of()));

    Written written = written(root, RegTextVersion.REGEDIT4);

    assertThat(written.losses()).contains(new RegTextLoss(Kind.NOT_IN_CODE_PAGE, 4, PATH));
    assertThat(new String(written.bytes(), StandardCharsets.ISO_8859_1))
        .contains("\"?\"=dword")
        .contains("\"s\"=\"?\"")
        .contains("hex(2):3f,00")
        .contains("K\\?]");
    assertThat(written(root, RegTextVersion.VERSION_5).lost()).containsExactly(Kind.LAST_WRITTEN);
  }
}
