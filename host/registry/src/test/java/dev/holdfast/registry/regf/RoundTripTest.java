package dev.holdfast.registry.regf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTripTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void aTreeComesBackAsItWasAndIsWrittenTheSameAgain(long seed) throws Exception {
    SavedKey root = RandomTrees.wild(seed, 1_500);
    for (HiveFormat format : HiveFormat.values()) {
      byte[] file = HiveFiles.write(root, format);

      SavedKey back = HiveFiles.read(file, Strictness.STRICT);

      assertThat(back).as("seed %d, %s", seed, format).isEqualTo(root);
      assertThat(HiveFiles.report(file, Strictness.STRICT).warnings())
          .as("seed %d", seed)
          .isEmpty();
      assertThat(HiveFiles.write(back, format)).as("seed %d", seed).isEqualTo(file);
    }
  }

  @ParameterizedTest
  @EnumSource(HiveFormat.class)
  void manySubkeys(HiveFormat format) throws Exception {
    for (int count : new int[] {506, 507, 508, 1_014, 1_015, 20_000}) {
      var subkeys = new ArrayList<SavedKey>();
      for (int i = 0; i < count; i++) {
        subkeys.add(key("k" + i));
      }
      SavedKey root = SavedKey.of(KeyInfo.named("Root", 1), List.of(), subkeys);

      SavedKey back = HiveFiles.read(HiveFiles.write(root, format), Strictness.STRICT);

      assertThat(back.subkeys()).as("%,d subkeys", count).hasSize(count);
      assertThat(back.subkeys().getLast().name()).isEqualTo(root.subkeys().getLast().name());
    }
  }

  @ParameterizedTest
  @EnumSource(HiveFormat.class)
  void theDeepestKey(HiveFormat format) throws Exception {
    SavedKey key = key("deepest");
    for (int level = 0; level < 512; level++) {
      key = SavedKey.of(KeyInfo.named("level", level), List.of(), List.of(key));
    }

    SavedKey back = HiveFiles.read(HiveFiles.write(key, format), Strictness.STRICT);
    for (int level = 0; level < 512; level++) {
      back = back.subkeys().getFirst();
    }

    assertThat(back.name()).isEqualTo("deepest");
  }

  @Test
  void theLongestNamesAndTheLargestValues() throws Exception {
    var values = new ArrayList<RegistryValue>();
    values.add(RegistryValue.of("v".repeat(16_383), -1, new byte[] {1}));
    values.add(RegistryValue.of("ж".repeat(16_383), ValueType.REG_NONE, new byte[0]));
    for (int size : new int[] {4, 5, 16_344, 16_345, 1 << 20, 16 << 20}) {
      var data = new byte[size];
      data[size - 1] = (byte) size;
      data[0] = 1;
      values.add(RegistryValue.binary("" + size, data));
    }
    var info = new KeyInfo("漢".repeat(255), "ж".repeat(32_767), -1, true, null);
    SavedKey root = SavedKey.of(info, values, List.of(key("\0"), key("\uDC00"), key("]")));

    byte[] file = HiveFiles.write(root, HiveFormat.STANDARD);
    SavedKey back = HiveFiles.read(file, Strictness.STRICT);

    assertThat(back.values()).isEqualTo(values);
    assertThat(back.subkeys()).extracting(SavedKey::name).containsExactly("\0", "]", "\uDC00");
    assertThat(back.info().className()).isEqualTo(info.className());
    assertThat(back.info().lastWrittenFiletime()).isEqualTo(-1);
    assertThat(back.info().link()).isTrue();
    assertThat(back.info().security()).isEqualTo(SecurityTable.WHEN_NOT_SAID);
  }

  private static SavedKey key(String name) {
    return SavedKey.of(KeyInfo.named(name, 7), List.of(), List.of());
  }
}
