package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameSetBuilderTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 64, 65, 129, 4_096, 4_097, 10_000})
  void whatCameInOrderIsFoundAndCanBeTakenAway(int count) {
    var builder = new NameSetBuilder<RegistryValue>();
    for (int i = 0; i < count; i++) {
      builder.add(RegistryValue.dword("Value %05d".formatted(i), i));
    }

    NameSet<RegistryValue> set = builder.build();

    assertThat(set).hasSize(count).extracting(RegistryValue::number).isSorted();
    assertThat(set.size()).isEqualTo(count);
    for (int i = 0; i < count; i++) {
      String name = "VALUE %05d".formatted(i);
      assertThat(set.find(name)).isNotNull().returns((long) i, RegistryValue::number);
      set = set.without(name);
      assertThat(set.find(name)).isNull();
    }
    assertThat(set.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whatCameInAnyOrderIsWhatASetThatGrewHas(long seed) {
    var random = new Random(seed);
    var names = new AwkwardNames(random);
    var builder = new NameSetBuilder<RegistryValue>();
    NameSet<RegistryValue> grown = NameSet.empty();
    var model = new TreeMap<String, RegistryValue>(NameOrder.IGNORING_CASE);
    for (int i = 0; i < 3_000; i++) {
      // Many come again, mostly in another case: the last one counts.
      RegistryValue value = RegistryValue.dword(names.value(), i);
      builder.add(value);
      grown = grown.with(value);
      model.put(value.name(), value);
    }

    assertThat(builder.build())
        .as("seed %d", seed)
        .containsExactlyElementsOf(grown)
        .containsExactlyElementsOf(model.values());
  }

  @Test
  void isBuiltAgainWithWhatCameLater() {
    var builder = new NameSetBuilder<RegistryValue>();
    builder.add(RegistryValue.dword("b", 1));
    builder.add(RegistryValue.dword("a", 2));
    NameSet<RegistryValue> first = builder.build();

    builder.add(RegistryValue.dword("A", 3));

    assertThat(builder.build()).extracting(RegistryValue::name).containsExactly("A", "b");
    assertThat(first).extracting(RegistryValue::name).containsExactly("a", "b");
  }
}
