package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
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
      String[] names = new AwkwardNames(random).several(count);
      long[] heads = NameHeads.of(names, 0);
      long[] ours = Arrays.copyOf(heads, names.length);
      var probes = new ArrayList<Long>(Arrays.stream(ours).boxed().toList());
      probes.add(0L);
      probes.add(head("Resource"));
      // Of the greatest difference that there can be; what fills the last block is as great.
      probes.add(Long.MAX_VALUE);
      for (long probe : probes) {
        long expected = Arrays.stream(ours).filter(head -> head < probe).count();
        assertThat(NameHeads.before(heads, names.length, probe)).isEqualTo((int) expected);
      }
      assertThat(NameHeads.before(heads, names.length, Long.MAX_VALUE + 1)).isEqualTo(names.length);
    }
  }

  @Test
  void with_isAsIfItHadBeenThere() {
    var random = new Random(6);
    for (int count = 1; count <= NameSet.FANOUT; count++) {
      String[] names = new AwkwardNames(random).several(count);
      int at = random.nextInt(names.length);
      long[] without = NameHeads.of(NameSet.removed(names, at), 0);

      assertThat(NameHeads.with(without, names.length - 1, at, head(names[at])))
          .isEqualTo(NameHeads.of(names, 0));
    }
  }
}
