package dev.holdfast.registry.regf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.RegistryValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a file has to look like that RegSaveKey could have written. */
class HiveWriterTest {
  /** The place of the root's nk in every file. */
  private static final int ROOT = 4096 + 0x20 + 4;

  private static final DescriptorBytes ONE = DescriptorBytes.of(new byte[24]);
  private static final DescriptorBytes OTHER = DescriptorBytes.of(new byte[28]);

  @Test
  void baseBlock() {
    byte[] file = HiveFiles.write(key("Software"), HiveFormat.STANDARD);

    assertThat(u32(file, 0)).isEqualTo(0x6667_6572);
    assertThat(u32(file, 4)).as("sequence number before").isEqualTo(1);
    assertThat(u32(file, 8)).as("and after").isEqualTo(1);
    assertThat(Bytes.i64(file, 12)).isEqualTo(HiveFiles.SAVED_AT);
    assertThat(u32(file, 20)).as("major version").isEqualTo(1);
    assertThat(u32(file, 24)).as("minor version").isEqualTo(3);
    assertThat(u32(file, 28)).as("type").isZero();
    assertThat(u32(file, 32)).as("format").isEqualTo(1);
    assertThat(u32(file, 36)).as("root").isEqualTo(0x20);
    assertThat(file).as("no tail").hasSize(4096 + u32(file, 40));
    assertThat(u32(file, 44)).as("clustering factor").isEqualTo(1);
    for (int at = 48; at < 508; at++) {
      assertThat(file[at]).as("byte %d", at).isZero();
    }
    assertThat(u32(file, 508)).isEqualTo(RegfLayout.checksum(file));
  }

  @Test
  void firstBin_hasNoTime() {
    byte[] file = HiveFiles.write(key("Software"), HiveFormat.STANDARD);

    assertThat(u32(file, 4096)).isEqualTo(0x6E69_6268);
    assertThat(u32(file, 4096 + 4)).as("its offset").isZero();
    assertThat(u32(file, 4096 + 8)).as("its size").isEqualTo(4096);
    assertThat(Bytes.i64(file, 4096 + 20)).as("its time").isZero();
  }

  @Test
  void root_isTheSavedKeyUnderItsOwnName() {
    byte[] file = HiveFiles.write(key("Software"), HiveFormat.STANDARD);

    assertThat(Bytes.u16(file, ROOT + 2)).as("flags").isEqualTo(0x2C);
    assertThat(u32(file, ROOT + 16)).as("parent").isEqualTo(-1);
    assertThat(Bytes.u16(file, ROOT + 72)).isEqualTo(8);
    assertThat(new String(file, ROOT + 76, 8, StandardCharsets.ISO_8859_1)).isEqualTo("Software");
  }

  @Test
  void names_takeOneByteACharacterWhereThatIsEnough() {
    byte[] latin = HiveFiles.write(key("ÿ"), HiveFormat.STANDARD);
    byte[] wide = HiveFiles.write(key("Ā"), HiveFormat.STANDARD);

    assertThat(Bytes.u16(latin, ROOT + 2)).isEqualTo(0x2C);
    assertThat(Bytes.u16(latin, ROOT + 72)).isEqualTo(1);
    assertThat(Bytes.u16(wide, ROOT + 2)).isEqualTo(0x0C);
    assertThat(Bytes.u16(wide, ROOT + 72)).isEqualTo(2);
  }

  @Test
  void defaultValue_hasNoNameAndNoFlagOfAName() {
    byte[] file = HiveFiles.write(with("K", RegistryValue.dword("", 0x1234_5678)));
    int vk = place(file, place(file, ROOT + 40));

    assertThat(Bytes.u16(file, vk + 2)).isZero();
    assertThat(Bytes.u16(file, vk + 16)).isZero();
  }

  @Test
  void dataOfUpToFourBytes_isInTheValueItself() {
    byte[] file = HiveFiles.write(with("K", RegistryValue.binary("v", new byte[] {1, 2, 3})));
    int vk = place(file, place(file, ROOT + 40));

    assertThat(u32(file, vk + 4)).isEqualTo(0x8000_0003);
    assertThat(u32(file, vk + 8)).isEqualTo(0x0003_0201);
  }

  @Test
  void noData_isAnInlineOfNothing() {
    byte[] file = HiveFiles.write(with("K", RegistryValue.binary("v", new byte[0])));
    int vk = place(file, place(file, ROOT + 40));

    assertThat(u32(file, vk + 4)).isEqualTo(0x8000_0000);
    assertThat(u32(file, vk + 8)).isZero();
  }

  @Test
  void values_keepTheirOrder() throws Exception {
    SavedKey root = with("K", RegistryValue.dword("z", 1), RegistryValue.dword("a", 2));

    SavedKey back = HiveFiles.read(HiveFiles.write(root), Strictness.STRICT);

    assertThat(back.values()).extracting(RegistryValue::name).containsExactly("z", "a");
  }

  @Test
  void noSubkeysOrValues_noLists() {
    byte[] file = HiveFiles.write(key("K"), HiveFormat.STANDARD);

    assertThat(u32(file, ROOT + 28)).isEqualTo(-1);
    assertThat(u32(file, ROOT + 32)).isEqualTo(-1);
    assertThat(u32(file, ROOT + 40)).isEqualTo(-1);
    assertThat(u32(file, ROOT + 48)).isEqualTo(-1);
  }

  @Test
  void upTo507Subkeys_areOneList() {
    byte[] standard = HiveFiles.write(withSubkeys(507), HiveFormat.STANDARD);
    byte[] latest = HiveFiles.write(withSubkeys(507), HiveFormat.LATEST);

    assertThat(Bytes.u16(standard, place(standard, ROOT + 28))).isEqualTo(RegfLayout.LF);
    assertThat(Bytes.u16(latest, place(latest, ROOT + 28))).isEqualTo(RegfLayout.LH);
  }

  @Test
  void moreSubkeys_areListsOfAList() {
    byte[] standard = HiveFiles.write(withSubkeys(508), HiveFormat.STANDARD);
    byte[] latest = HiveFiles.write(withSubkeys(508), HiveFormat.LATEST);

    int standardList = place(standard, ROOT + 28);
    int latestList = place(latest, ROOT + 28);
    assertThat(Bytes.u16(standard, standardList)).isEqualTo(RegfLayout.RI);
    assertThat(Bytes.u16(standard, place(standard, standardList + 4))).isEqualTo(RegfLayout.LI);
    assertThat(Bytes.u16(latest, latestList)).isEqualTo(RegfLayout.RI);
    assertThat(Bytes.u16(latest, place(latest, latestList + 4))).isEqualTo(RegfLayout.LH);
  }

  @Test
  void list_hasTheFirstFourCharactersOrTheHash() {
    SavedKey root = SavedKey.of(KeyInfo.named("K", 0), List.of(), List.of(key("Äbcdef")));
    byte[] standard = HiveFiles.write(root, HiveFormat.STANDARD);
    byte[] latest = HiveFiles.write(root, HiveFormat.LATEST);

    assertThat(u32(standard, place(standard, ROOT + 28) + 8)).isEqualTo(0x6463_62C4);
    int hash = 0;
    for (char unit : "ÄBCDEF".toCharArray()) {
      hash = 37 * hash + unit;
    }
    assertThat(u32(latest, place(latest, ROOT + 28) + 8)).isEqualTo(hash);
  }

  @Test
  void subkeys_areInOrderAndKnowTheirParent() {
    SavedKey root =
        SavedKey.of(KeyInfo.named("K", 0), List.of(), List.of(key("b"), key("C"), key("a")));
    byte[] file = HiveFiles.write(root, HiveFormat.STANDARD);

    int list = place(file, ROOT + 28);
    var names = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      int nk = place(file, list + 4 + 8 * i);
      names.append((char) file[nk + 76]);
      assertThat(u32(file, nk + 16)).isEqualTo(0x20);
    }
    assertThat(names).hasToString("abC");
  }

  @Test
  void descriptors_areThereOnceCountedAndInARing() {
    SavedKey root =
        SavedKey.of(
            secured("K", ONE),
            List.of(),
            List.of(
                SavedKey.of(secured("a", OTHER), List.of(), List.of()),
                SavedKey.of(secured("b", ONE), List.of(), List.of())));
    byte[] file = HiveFiles.write(root, HiveFormat.STANDARD);

    int one = place(file, ROOT + 44);
    int other = place(file, place(file, place(file, ROOT + 28) + 4) + 44);
    assertThat(u32(file, one + 12)).isEqualTo(2);
    assertThat(u32(file, other + 12)).isEqualTo(1);
    assertThat(place(file, one + 4)).isEqualTo(other);
    assertThat(place(file, one + 8)).isEqualTo(other);
    assertThat(place(file, other + 4)).isEqualTo(one);
    assertThat(place(file, other + 8)).isEqualTo(one);
  }

  @Test
  void maxima_areThoseOfSubkeysAndValues() {
    SavedKey child = SavedKey.of(new KeyInfo("child", "cls", 0, false, null), List.of(), List.of());
    SavedKey root =
        SavedKey.of(
            KeyInfo.named("K", 0),
            List.of(RegistryValue.binary("value", new byte[7]), RegistryValue.dword("longer", 1)),
            List.of(child));
    byte[] file = HiveFiles.write(root, HiveFormat.STANDARD);

    assertThat(u32(file, ROOT + 52)).as("name of a subkey").isEqualTo(10);
    assertThat(u32(file, ROOT + 56)).as("class of a subkey").isEqualTo(6);
    assertThat(u32(file, ROOT + 60)).as("name of a value").isEqualTo(12);
    assertThat(u32(file, ROOT + 64)).as("data of a value").isEqualTo(7);
  }

  @Test
  void largeData_isOneCellInTheStandardFormatAndPiecesInTheLatest() {
    SavedKey root = with("K", RegistryValue.binary("v", new byte[50_000]));
    byte[] standard = HiveFiles.write(root, HiveFormat.STANDARD);
    byte[] latest = HiveFiles.write(root, HiveFormat.LATEST);

    int data = place(standard, place(standard, place(standard, ROOT + 40)) + 8);
    assertThat(u32(standard, data - 4)).isEqualTo(-50_008);
    int db = place(latest, place(latest, place(latest, ROOT + 40)) + 8);
    assertThat(Bytes.u16(latest, db)).isEqualTo(RegfLayout.DB);
    assertThat(Bytes.u16(latest, db + 2)).isEqualTo(4);
  }

  @Test
  void moreThanAMebibyte_needsTheLatestFormat() {
    SavedKey fits = with("K", RegistryValue.binary("v", new byte[1 << 20]));
    SavedKey doesNot = with("K", RegistryValue.binary("v", new byte[(1 << 20) + 1]));

    assertThat(HiveFiles.write(fits, HiveFormat.STANDARD)[24]).isEqualTo((byte) 3);
    assertThat(HiveFiles.write(doesNot, HiveFormat.STANDARD)[24]).isEqualTo((byte) 5);
  }

  @Test
  void cells_fillTheirBinsAndFreeOnesAreMerged() throws Exception {
    for (long seed = 1; seed <= 5; seed++) {
      byte[] file = HiveFiles.write(RandomTrees.wild(seed, 400), HiveFormat.LATEST);
      // The reader refuses gaps and tells of free neighbours and of cells that nothing refers to.
      assertThat(HiveFiles.report(file, Strictness.STRICT).warnings())
          .as("seed %d", seed)
          .isEmpty();
    }
  }

  @Test
  void doubtfulTrees_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HiveFiles.write(key(""), HiveFormat.STANDARD))
        .withMessageContaining("name");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HiveFiles.write(key("a\\b"), HiveFormat.STANDARD))
        .withMessageContaining("a\\b");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SavedKey.of(KeyInfo.named("K", 0), List.of(), twins()))
        .withMessageContaining("same name: TWIN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyInfo.named("n".repeat(256), 0))
        .withMessageContaining("KEY_NAME_CHARS_MAX");
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> HiveWriter.write(outOfOrder(), key("K"), HiveFormat.STANDARD, 0))
        .withMessageContaining("b comes before a");
  }

  @Test
  void levelsBeyondTheLimit_areRefused() {
    SavedKey key = key("deepest");
    for (int level = 0; level < 513; level++) {
      key = SavedKey.of(KeyInfo.named("level", level), List.of(), List.of(key));
    }
    SavedKey tooDeep = key;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> HiveFiles.write(tooDeep, HiveFormat.STANDARD))
        .withMessageContaining("DEPTH_MAX");
  }

  private static List<SavedKey> twins() {
    return List.of(key("twin"), key("TWIN"));
  }

  private static KeyView<SavedKey> outOfOrder() {
    return new KeyView<>() {
      @Override
      public KeyInfo info(SavedKey key) {
        return key.info();
      }

      @Override
      public Iterable<RegistryValue> values(SavedKey key) {
        return key.values();
      }

      @Override
      public Iterable<SavedKey> subkeys(SavedKey key) {
        return key.name().equals("K") ? List.of(key("b"), key("a")) : List.of();
      }
    };
  }

  private static SavedKey key(String name) {
    return SavedKey.of(KeyInfo.named(name, 0), List.of(), List.of());
  }

  private static SavedKey with(String name, RegistryValue... values) {
    return SavedKey.of(KeyInfo.named(name, 0), List.of(values), List.of());
  }

  private static SavedKey withSubkeys(int count) {
    var subkeys = new ArrayList<SavedKey>();
    for (int i = 0; i < count; i++) {
      subkeys.add(key("key" + i));
    }
    return SavedKey.of(KeyInfo.named("K", 0), List.of(), subkeys);
  }

  private static KeyInfo secured(String name, DescriptorBytes security) {
    return new KeyInfo(name, "", 0, false, security);
  }

  private static int u32(byte[] file, int at) {
    return Bytes.i32(file, at);
  }

  /** Where the offset at that byte leads. */
  private static int place(byte[] file, int reference) {
    return 4096 + Bytes.i32(file, reference) + 4;
  }
}
