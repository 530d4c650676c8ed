package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alone, as what all tables share is seen: others' tables would come in between. */
@Isolated
class NameTableTest {
  private static int find(NameTable table, String name) {
    return table.find(name, 0, name.length());
  }

  private static int search(NameTable table, String name) {
    return table.search(name, 0, name.length());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void findsAsASearchThatLooksAtNames(long seed) {
    var random = new Random(seed);
    var awkward = new AwkwardNames(random);
    for (int i = 0; i < 500; i++) {
      String[] names = awkward.several(random.nextInt(NameSet.FANOUT + 2));
      NameTable table = NameTable.of(names.clone());
      for (int probe = 0; probe < 100; probe++) {
        String name = awkward.value();
        int expected = Arrays.binarySearch(names, name, NameOrder.IGNORING_CASE);
        assertThat(search(table, name)).as("seed %d: %s", seed, name).isEqualTo(expected);
        assertThat(Math.max(find(table, name), -1)).isEqualTo(Math.max(expected, -1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void growingAndShrinkingGivesTheTableOfTheNames(long seed) {
    var random = new Random(seed);
    var awkward = new AwkwardNames(random);
    String[] names = {};
    NameTable table = NameTable.EMPTY;
    for (int i = 0; i < 5_000; i++) {
      String name = awkward.value();
      int at = search(table, name);
      if (at >= 0) {
        names = NameSet.removed(names, at);
        table = table.without(at);
      } else if (names.length < NameSet.FANOUT) {
        names = NameSet.inserted(names, -at - 1, name);
        table = table.with(-at - 1, name);
      }
      // Of equal names there is one table, however they came together.
      assertThat(table).isSameAs(NameTable.of(names.clone()));
    }
  }

  @Test
  void find_inTextLooksAtThatPartOnly() {
    NameTable table = NameTable.of("Resource 1", "Resource 10", "Resource 2");
    String text = "Group\\RESOURCE 10\\Type";

    assertThat(table.find(text, 6, 17)).isEqualTo(1);
    assertThat(table.find(text, 6, 16)).isZero();
    assertThat(table.find(text, 6, 15)).isNegative();
    assertThat(table.find(text, 0, 5)).isNegative();
    assertThat(table.search(text, 6, 15)).isEqualTo(-1);
    assertThat(table.search(text, 18, 22)).isEqualTo(-4);
  }

  @Test
  void namesOfEqualHeadsAreToldApart() {
    String same = "TheSameBeginning";
    NameTable table = NameTable.of("A", same + "1", same + "2", same + "2\0", same + "3");

    assertThat(find(table, same + "2")).isEqualTo(2);
    assertThat(find(table, "THESAMEBEGINNING2\0")).isEqualTo(3);
    assertThat(find(table, same)).isNegative();
    assertThat(search(table, same + "2\0\0")).isEqualTo(-5);
  }

  @Test
  void loneSurrogatesStandForThemselves() {
    NameTable table = NameTable.of("\uD83D", "\uD83D\uDE00", "\uDE00");

    assertThat(find(table, "\uD83D")).isZero();
    assertThat(find(table, "\uDE00")).isEqualTo(2);
    assertThat(find(table, "\uD83E")).isNegative();
  }

  @Test
  void ofTheSameNamesThereIsOneTable() {
    NameTable table = NameTable.of("Alpha", "Ärger");

    assertThat(NameTable.of("ALPHA", "äRGER")).isSameAs(table);
    assertThat(NameTable.of("ALPHA").with(1, "ärger")).isSameAs(table);
    assertThat(table.replaced(1, "ÄRGER")).isSameAs(table);
  }

  @Test
  void namesWithTheSameHeadsHaveTablesOfTheirOwn() {
    NameTable one = NameTable.of("A", "TheSameBeginning1");
    NameTable two = NameTable.of("A", "TheSameBeginning2");

    assertThat(two.name(1)).isEqualTo("TheSameBeginning2");
    assertThat(find(one, "TheSameBeginning2")).isNegative();
    assertThat(find(two, "TheSameBeginning2")).isEqualTo(1);
  }
}
