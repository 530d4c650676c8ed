package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What keys are beside values, and what that does to revisions and times. */
class KeyOptionsTest {
  private static final DescriptorBytes ONE = DescriptorBytes.of(new byte[20]);
  private static final DescriptorBytes OTHER = DescriptorBytes.of(new byte[24]);
  private static final RegistryValue VALUE = RegistryValue.dword("v", 1);

  private Snapshot snapshot = Snapshot.EMPTY;

  @Test
  void aKeyIsCreatedWithItsOptions_thoseAboveItArePlain() throws Exception {
    KeyOptions options = KeyOptions.PLAIN.withClassName("cls").withSecurity(ONE).asLink();
    apply(10, Batch.builder().createKey("a\\b", options));

    assertThat(key("a").options()).isEqualTo(KeyOptions.PLAIN);
    assertThat(key("a\\b").options()).isEqualTo(options);
    assertThat(key("a\\b").className()).isEqualTo("cls");
    assertThat(key("a\\b").security()).contains(ONE);
    assertThat(key("a\\b").isLink()).isTrue();
    assertThat(key("a\\b").isVolatile()).isFalse();
  }

  @Test
  void anExistingKey_keepsWhatItIs() throws Exception {
    apply(10, Batch.builder().createKey("a").createKey("v", KeyOptions.VOLATILE));
    apply(11, Batch.builder().createKey("A", KeyOptions.VOLATILE.withClassName("cls")));
    apply(12, Batch.builder().createKey("v"));

    assertThat(key("a").options()).isEqualTo(KeyOptions.PLAIN);
    assertThat(key("v").isVolatile()).isTrue();
  }

  @Test
  void setSecurity_isAChangeOfTheKey_andOfNoOther() throws Exception {
    apply(10, Batch.builder().createKey("a\\b", KeyOptions.PLAIN.withClassName("cls")));
    apply(11, Batch.builder().setSecurity("a\\b", ONE));

    assertThat(key("a\\b").options())
        .isEqualTo(KeyOptions.PLAIN.withClassName("cls").withSecurity(ONE));
    assertWritten("a\\b", 2, 11);
    assertWritten("a", 1, 10);
    apply(12, Batch.builder().setSecurity("", OTHER));
    assertThat(snapshot.root().security()).contains(OTHER);
  }

  @Test
  void setSecurity_ofAKeyThatIsNotThere_isRefused() {
    Batch batch = Batch.builder().setSecurity("a\\b", ONE).build();

    assertThatExceptionOfType(InvalidBatchException.class)
        .isThrownBy(() -> snapshot.apply(batch))
        .withMessage(
            "batch refused: cannot set the security of the key a\\b: there is no such key; create"
                + " it first");
  }

  @Test
  void lastWritten_movesAsTheRevisionDoes() throws Exception {
    apply(10, Batch.builder().createKey("a\\b"));
    assertWritten("", 1, 10);
    assertWritten("a\\b", 1, 10);
    apply(11, Batch.builder().set("a", VALUE));
    assertWritten("a", 2, 11);
    assertWritten("", 1, 10);
    apply(5, Batch.builder().deleteValue("a", "v"));
    assertWritten("a", 3, 5);
    apply(13, Batch.builder().createKey("a\\c"));
    assertWritten("a", 4, 13);
    assertWritten("a\\b", 1, 10);
    apply(14, Batch.builder().deleteTree("a\\c"));
    assertWritten("a", 5, 14);
    apply(15, Batch.builder().createKey("a").deleteValue("a", "none").deleteKey("a\\none"));
    assertWritten("a", 5, 14);
  }

  @Test
  void belowAVolatileKey_onlyAVolatileOneIsCreated() throws Exception {
    apply(10, Batch.builder().createKey("v\\w", KeyOptions.VOLATILE));

    assertThat(key("v").isVolatile()).as("on the way to a volatile one").isTrue();
    assertThatExceptionOfType(InvalidBatchException.class)
        .isThrownBy(() -> snapshot.apply(Batch.builder().createKey("v\\w\\x\\y").build()))
        .withMessage(
            "batch refused: cannot create the key v\\w\\x\\y: the key v\\w above it is volatile, so"
                + " this one must be, too; create it as volatile");
    apply(11, Batch.builder().createKey("v\\w\\x\\y", KeyOptions.VOLATILE.withSecurity(ONE)));
    assertThat(key("v\\w\\x").isVolatile()).isTrue();
    assertThat(key("v\\w\\x").security()).isEmpty();
    assertThat(key("v\\w\\x\\y").security()).contains(ONE);
  }

  @Test
  void aVolatileSubkeyThatComesOrGoes_leavesNoTraceInAKeyThatIsKept() throws Exception {
    apply(10, Batch.builder().createKey("a"));
    apply(11, Batch.builder().createKey("a\\v\\w", KeyOptions.VOLATILE));
    assertWritten("a", 1, 10);
    apply(12, Batch.builder().deleteKey("a\\v\\w"));
    assertWritten("a\\v", 3, 12);
    apply(13, Batch.builder().deleteKey("a\\v"));
    assertWritten("a", 1, 10);
    assertThat(key("a").subkeyCount()).isZero();
  }

  @Test
  void whatIsToBeWrittenDown_isAllOfTheBatch_orWhatIsNotVolatile() throws Exception {
    apply(10, Batch.builder().createKey("a").createKey("a\\v", KeyOptions.VOLATILE).createKey("b"));
    Batch plain = Batch.builder().ifKeyExists("b").set("b", VALUE).build();
    Batch mixed =
        Batch.builder()
            .ifKeyExists("b")
            .set("b", VALUE)
            .set("a\\v", VALUE)
            .setSecurity("a\\v", ONE)
            .createKey("a\\v")
            .deleteValue("a\\v", "v")
            .createKey("a\\v\\w", KeyOptions.VOLATILE)
            .deleteTree("a\\v")
            .createKey("a\\v")
            .set("a\\v", VALUE)
            .build();

    assertThat(snapshot.applied(plain, Filetime.ZERO).durablePart()).isEmpty();
    assertThat(snapshot.applied(mixed, Filetime.ZERO).durablePart())
        .contains(Batch.builder().set("b", VALUE).createKey("a\\v").set("a\\v", VALUE).build());
  }

  /** Whoever replays what was written down has what there was, but for what is volatile. */
  @ParameterizedTest
  @ValueSource(longs = {801, 802, 803, 804})
  void whatIsWrittenDown_makesTheSameTree(long seed) throws Exception {
    Snapshot live = Snapshot.EMPTY;
    Snapshot replayed = Snapshot.EMPTY;
    long volatileKeys = 0;
    int tick = 0;
    for (Batch batch : RandomBatches.historyWithVolatile(seed, 500).batches()) {
      Applied applied = live.applied(batch, new Filetime(++tick));
      live = applied.snapshot();
      replayed =
          replayed.applied(applied.durablePart().orElse(batch), new Filetime(tick)).snapshot();

      assertThat(TreeCodec.same(live.root(), replayed.root()))
          .as("seed %d, after %s", seed, batch)
          .isTrue();
      assertThat(volatileKeys(replayed.root())).isZero();
      volatileKeys += volatileKeys(live.root());
    }
    assertThat(volatileKeys).isGreaterThan(500);
    assertThat(replayed.revision()).isEqualTo(live.revision());
  }

  @Test
  void equalDescriptors_areOneObject_andNeighboursShareTheirOptions() throws Exception {
    for (int i = 0; i < 3; i++) {
      var own = KeyOptions.PLAIN.withSecurity(DescriptorBytes.of(new byte[28]));
      apply(i, Batch.builder().createKey("a" + "\\a".repeat(i), own));
    }

    assertThat(key("a\\a").options()).isSameAs(key("a\\a\\a").options());
    assertThat(DescriptorBytes.of(new byte[28])).isSameAs(key("a").options().security());
  }

  @Test
  void aClassThatIsTooLong_isRefusedNamingTheLimit() {
    assertThat(KeyOptions.PLAIN.withClassName("c".repeat(32_767)).className()).hasSize(32_767);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyOptions.PLAIN.withClassName("c".repeat(32_768)))
        .withMessage(
            "characters of a key's class: found 32,768, at most 32,767 allowed (CLASS_CHARS_MAX)");
  }

  @Test
  void aDescriptorThatIsTooLarge_isRefusedNamingTheLimit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DescriptorBytes.of(new byte[(256 << 10) + 1]))
        .withMessageContaining("DESCRIPTOR_BYTES_MAX");
  }

  private static long volatileKeys(RegistryKey key) {
    long count = key.isVolatile() ? 1 : 0;
    for (RegistryKey subkey : key.subkeys()) {
      count += volatileKeys(subkey);
    }
    return count;
  }

  private void apply(long ticks, Batch.Builder batch) throws BatchRefusedException {
    snapshot = snapshot.applied(batch.build(), new Filetime(ticks)).snapshot();
  }

  private RegistryKey key(String path) {
    return snapshot.key(path).orElseThrow();
  }

  private void assertWritten(String path, long revision, long ticks) {
    assertThat(key(path).revision().number()).as(path).isEqualTo(revision);
    assertThat(key(path).lastWritten().ticks()).as(path).isEqualTo(ticks);
  }
}
