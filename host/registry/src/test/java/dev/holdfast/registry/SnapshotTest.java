package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotTest {
  private static final RegistryValue ONE = RegistryValue.dword("One", 1);

  private final Snapshot snapshot =
      applied(
          Snapshot.EMPTY,
          Batch.builder()
              .createKey("Groups\\A")
              .createKey("Resources\\web\\Instance")
              .set("Groups\\A", ONE));

  @Test
  void createKey_makesThoseAboveIt_andLeavesAnExistingOneAlone() {
    Snapshot again = applied(snapshot, Batch.builder().createKey("GROUPS\\a"));

    assertThat(snapshot.key("Resources\\web")).isPresent();
    assertThat(again.root()).isSameAs(snapshot.root());
    assertThat(again.revision()).isEqualTo(new Revision(2));
  }

  @Test
  void namesAreFoundIgnoringCaseAndKeepTheirFirstSpelling() {
    Snapshot next =
        applied(snapshot, Batch.builder().set("groups\\a", RegistryValue.dword("ONE", 2)));

    assertThat(next.value("GROUPS\\A", "one").orElseThrow().name()).isEqualTo("One");
    assertThat(next.value("GROUPS\\A", "one").orElseThrow().number()).isEqualTo(2);
    assertThat(next.key("groups").orElseThrow().name()).isEqualTo("Groups");
  }

  @Test
  void theOlderSnapshotStaysAndTheNewOneSharesTheRest() {
    Snapshot next = applied(snapshot, Batch.builder().deleteTree("Groups"));

    assertThat(snapshot.value("Groups\\A", "One")).contains(ONE);
    assertThat(next.key("Groups")).isEmpty();
    assertThat(next.key("Resources").orElseThrow())
        .isSameAs(snapshot.key("Resources").orElseThrow());
  }

  @Test
  void aKeysRevisionCountsItsOwnChangesAndItsSubkeysComingAndGoing() {
    Snapshot set = applied(snapshot, Batch.builder().set("Groups\\A", RegistryValue.sz("x", "")));
    Snapshot grown = applied(set, Batch.builder().createKey("Groups\\B\\C"));
    Snapshot shrunk = applied(grown, Batch.builder().deleteTree("Groups\\B\\C"));

    assertThat(revision(set, "Groups\\A")).isEqualTo(2);
    assertThat(revision(set, "Groups")).isEqualTo(1);
    assertThat(revision(grown, "Groups")).isEqualTo(3);
    assertThat(revision(grown, "Groups\\A")).isEqualTo(2);
    assertThat(revision(shrunk, "Groups\\B")).isEqualTo(4);
    assertThat(revision(shrunk, "Groups")).isEqualTo(3);
    assertThat(revision(shrunk, "")).isEqualTo(1);
  }

  @Test
  void deletingWhatIsNotThereIsNoChange() {
    Snapshot next =
        applied(
            snapshot,
            Batch.builder()
                .deleteKey("Nowhere\\x")
                .deleteTree("Nowhere")
                .deleteValue("Nowhere", "v")
                .deleteValue("Groups\\A", "v"));

    assertThat(next.root()).isSameAs(snapshot.root());
  }

  @Test
  void set_ofAKeyThatIsNotThere_isRefusedAndNothingOfTheBatchHappens() {
    Batch batch = Batch.builder().createKey("New").set("Nowhere", ONE).build();

    assertThatExceptionOfType(InvalidBatchException.class)
        .isThrownBy(() -> snapshot.apply(batch))
        .withMessageContaining("\"One\"")
        .withMessageContaining("Nowhere")
        .withMessageContaining("no such key");
    assertThat(snapshot.key("New")).isEmpty();
  }

  @Test
  void deleteKey_withSubkeys_isRefused() {
    assertThatExceptionOfType(InvalidBatchException.class)
        .isThrownBy(() -> snapshot.apply(Batch.builder().deleteKey("Resources").build()))
        .withMessageContaining("has 1 subkeys");
  }

  @Test
  void theRootCannotBeDeleted() {
    assertThatExceptionOfType(InvalidBatchException.class)
        .isThrownBy(() -> snapshot.apply(Batch.builder().deleteTree("").build()));
    assertThatExceptionOfType(InvalidBatchException.class)
        .isThrownBy(() -> Snapshot.EMPTY.apply(Batch.builder().deleteKey("").build()));
  }

  @Test
  void theRootHasValuesToo() {
    assertThat(applied(snapshot, Batch.builder().set("", ONE)).value("", "one")).contains(ONE);
  }

  static List<Precondition> holding() {
    KeyPath a = KeyPath.of("groups\\a");
    return List.of(
        new Precondition.KeyExists(a),
        new Precondition.KeyAbsent(KeyPath.of("Groups\\B")),
        new Precondition.ValueEquals(a, RegistryValue.dword("ONE", 1)),
        new Precondition.ValueAbsent(a, "Two"),
        new Precondition.ValueAbsent(KeyPath.of("Nowhere"), "Two"),
        new Precondition.HiveRevisionIs(new Revision(1)),
        new Precondition.KeyRevisionIs(a, new Revision(1)));
  }

  @ParameterizedTest
  @MethodSource("holding")
  void appliesWhenThePreconditionHolds(Precondition precondition) {
    assertThat(applied(snapshot, Batch.builder().require(precondition).createKey("New")).key("New"))
        .isPresent();
  }

  static List<Precondition> broken() {
    KeyPath a = KeyPath.of("Groups\\A");
    KeyPath nowhere = KeyPath.of("Nowhere");
    return List.of(
        new Precondition.KeyExists(nowhere),
        new Precondition.KeyAbsent(a),
        new Precondition.ValueEquals(a, RegistryValue.dword("One", 2)),
        new Precondition.ValueEquals(a, RegistryValue.binary("One", new byte[] {1, 0, 0, 0})),
        new Precondition.ValueEquals(a, RegistryValue.dword("Two", 1)),
        new Precondition.ValueEquals(nowhere, ONE),
        new Precondition.ValueAbsent(a, "ONE"),
        new Precondition.HiveRevisionIs(new Revision(0)),
        new Precondition.KeyRevisionIs(a, new Revision(2)),
        new Precondition.KeyRevisionIs(nowhere, new Revision(0)));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void isRefusedNamingThePreconditionThatDoesNotHold(Precondition precondition) {
    Batch batch =
        Batch.builder().ifKeyExists("Groups").require(precondition).createKey("N").build();

    assertThatExceptionOfType(PreconditionFailedException.class)
        .isThrownBy(() -> snapshot.apply(batch))
        .withMessageContaining("refused at revision 1")
        .satisfies(e -> assertThat(e.precondition()).isSameAs(precondition));
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void behavesAsAMapOfPaths(long seed) throws BatchRefusedException {
    var batches = new RandomBatches(new Random(seed));
    var model = new PathModel();
    Snapshot current = Snapshot.EMPTY;

    for (int i = 0; i < 2_000; i++) {
      Batch batch = batches.next(current);
      current = current.apply(batch);
      batch.changes().forEach(model::apply);
      if (i % 50 == 0) {
        assertThat(PathModel.of(current.root())).as("seed %d, batch %d", seed, i).isEqualTo(model);
      }
    }
    assertThat(PathModel.of(current.root())).as("seed %d", seed).isEqualTo(model);
  }

  @Test
  void aTreeOfFiveHundredLevelsAndAKeyOfATenThousandSubkeysAreNoMatter() {
    String deep = "k" + "\\k".repeat(511);
    Batch.Builder builder = Batch.builder().createKey(deep).set(deep, ONE);
    for (int i = 0; i < 10_000; i++) {
      builder.createKey("wide\\" + i);
    }

    Snapshot large = applied(Snapshot.EMPTY, builder);

    assertThat(large.value(deep, "one")).contains(ONE);
    assertThat(large.key("wide").orElseThrow().subkeyCount()).isEqualTo(10_000);
  }

  private static long revision(Snapshot snapshot, String path) {
    return snapshot.key(path).orElseThrow().revision().number();
  }

  private static Snapshot applied(Snapshot snapshot, Batch.Builder builder) {
    try {
      return snapshot.apply(builder.build());
    } catch (BatchRefusedException e) {
      throw new AssertionError(e);
    }
  }

  /** The slow and plain way: every key by its whole path in upper case. */
  private record PathModel(TreeMap<String, TreeMap<String, List<Object>>> keys) {
    PathModel() {
      this(new TreeMap<>());
      keys.put("", new TreeMap<>());
    }

    static PathModel of(RegistryKey root) {
      var model = new PathModel();
      model.add("", root);
      return model;
    }

    private void add(String path, RegistryKey key) {
      var values = new TreeMap<String, List<Object>>();
      key.values().forEach(value -> values.put(upper(value.name()), content(value)));
      keys.put(path, values);
      key.subkeys().forEach(subkey -> add(path + "\\" + upper(subkey.name()), subkey));
    }

    void apply(Change change) {
      String path = path(change.path().names());
      switch (change) {
        case Change.CreateKey(KeyPath created, KeyOptions _) -> {
          for (int i = 1; i <= created.names().size(); i++) {
            keys.putIfAbsent(path(created.names().subList(0, i)), new TreeMap<>());
          }
        }
        case Change.SetSecurity _, Change.ReplaceContents _ -> {
          // See KeyAttributesTest.
        }
        case Change.SetValue(_, RegistryValue value) ->
            Objects.requireNonNull(keys.get(path)).put(upper(value.name()), content(value));
        case Change.DeleteValue(_, String name) -> {
          var values = keys.get(path);
          if (values != null) {
            values.remove(upper(name));
          }
        }
        case Change.DeleteKey _, Change.DeleteTree _ ->
            keys.keySet().removeIf(key -> key.equals(path) || key.startsWith(path + "\\"));
      }
    }

    private static String path(Collection<String> names) {
      var path = new StringBuilder();
      names.forEach(name -> path.append('\\').append(upper(name)));
      return path.toString();
    }

    private static String upper(String name) {
      var upper = new StringBuilder();
      name.chars().forEach(unit -> upper.append(NameOrder.upcase((char) unit)));
      return upper.toString();
    }

    private static List<Object> content(RegistryValue value) {
      return List.of(value.type(), Arrays.toString(value.bytes()));
    }
  }
}
