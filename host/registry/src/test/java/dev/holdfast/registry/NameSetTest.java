package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameSetTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void behavesAsAMapIgnoringCase(long seed) {
    var random = new Random(seed);
    var model = new TreeMap<String, RegistryValue>(NameOrder.IGNORING_CASE);
    NameSet<RegistryValue> set = NameSet.empty();
    int names = 1 + random.nextInt(3_000);

    for (int i = 0; i < 20_000; i++) {
      String name = (random.nextBoolean() ? "n" : "N") + random.nextInt(names);
      // Phases of growing and of shrinking, so that nodes are split and joined on all levels.
      if (random.nextInt(10) < ((i / 5_000) % 2 == 0 ? 7 : 3)) {
        RegistryValue value = RegistryValue.dword(name, i);
        set = set.with(value);
        model.remove(name);
        model.put(name, value);
      } else {
        set = set.without(name);
        model.remove(name);
      }
      assertThat(set.size()).isEqualTo(model.size());
      assertThat(set.find(name)).isSameAs(model.get(name));
    }

    assertThat(set).as("seed %d", seed).containsExactlyElementsOf(model.values());
  }

  @Test
  void anOlderSetStaysWhatItWas() {
    NameSet<RegistryValue> set = NameSet.empty();
    List<NameSet<RegistryValue>> older = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      older.add(set);
      set = set.with(RegistryValue.dword("v" + i, i));
    }
    for (int i = 0; i < 200; i++) {
      set = set.without("V" + i);
    }

    assertThat(set.isEmpty()).isTrue();
    for (int i = 0; i < older.size(); i++) {
      assertThat(older.get(i)).hasSize(i);
    }
  }

  @Test
  void without_unknownName_isTheSameSet() {
    NameSet<RegistryValue> set = NameSet.<RegistryValue>empty().with(RegistryValue.dword("a", 1));

    assertThat(set.without("b")).isSameAs(set);
  }
}
