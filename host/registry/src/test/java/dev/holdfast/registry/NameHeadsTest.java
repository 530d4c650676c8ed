package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameHeadsTest {
  private static long head(String name) {
    return NameHeads.head(name, 0, name.length());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void headsThatDifferAreInTheOrderOfTheirNames(long seed) {
    var names = new AwkwardNames(new Random(seed));
    int different = 0;

    for (int i = 0; i < 50_000; i++) {
      String left = names.value();
      String right = names.value();
      int order = Long.compare(head(left), head(right));
      if (order != 0) {
        different++;
        assertThat(Integer.signum(NameOrder.compare(left, right)))
            .as("seed %d: %s, %s", seed, left, right)
            .isEqualTo(order);
      }
    }

    assertThat(different).isGreaterThan(10_000);
  }

  @Test
  void head_ignoresCaseAndIsNeverNegative() {
    var names = new AwkwardNames(new Random(4));
    for (int i = 0; i < 10_000; i++) {
      String name = names.value();
      assertThat(head(names.anyCase(name))).isEqualTo(head(name)).isNotNegative();
    }
  }

  @Test
  void head_tellsEightUnitsOfAsciiApart() {
    assertThat(head("Restart1")).isNotEqualTo(head("Restart3")).isEqualTo(head("RESTART1 and on"));
  }

  @Test
  void before_countsThoseThatAreLess() {
    var random = new Random(5);
    for (int count = 0; count <= NameSet.FANOUT; count++) {
      // Also of the greatest difference that there can be.
      long[] heads = random.longs(count, 0, 40).map(it -> it == 39 ? Long.MAX_VALUE : it).toArray();
      Arrays.sort(heads);
      var probes = new ArrayList<Long>(Arrays.stream(heads).boxed().toList());
      probes.add(0L);
      probes.add(20L);
      probes.add(Long.MAX_VALUE);
      for (long probe : probes) {
        long expected = Arrays.stream(heads).filter(head -> head < probe).count();
        assertThat(NameHeads.before(heads, probe)).isEqualTo((int) expected);
      }
      assertThat(NameHeads.before(heads, Long.MIN_VALUE)).isEqualTo(count);
    }
  }

  @Test
  void ofTheSameNamesTheyAreKeptOnce() {
    String[] names = {"Alpha", "Beta"};

    assertThat(NameHeads.of(2, i -> names[i].toUpperCase(Locale.ROOT), 0))
        .isSameAs(NameHeads.of(2, i -> names[i], 0));
  }
}
