package dev.holdfast.registry.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.Change;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.Effect;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NotifyFilter;
import dev.holdfast.registry.RandomBatches;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EffectsTest {
  private static final RegistryValue VALUE = RegistryValue.dword("v", 1);

  @Test
  void createKey_isAChangeOfNamesAtEachKeyThatGetsASubkey() throws Exception {
    Snapshot before = Snapshot.EMPTY.apply(Batch.builder().createKey("a").build());

    assertThat(Effects.of(before, Batch.builder().createKey("a\\b\\c").build()))
        .containsExactly(changed("a", NotifyFilter.NAME), changed("a\\b", NotifyFilter.NAME));
    assertThat(Effects.of(before, Batch.builder().createKey("A").build())).isEmpty();
  }

  @Test
  void aValueSetOrDeleted_isALastSet_alsoWhenItWasTheSame() throws Exception {
    Snapshot before = Snapshot.EMPTY.apply(Batch.builder().createKey("a").set("a", VALUE).build());

    assertThat(Effects.of(before, Batch.builder().set("a", VALUE).build()))
        .containsExactly(changed("a", NotifyFilter.LAST_SET));
    assertThat(Effects.of(before, Batch.builder().deleteValue("a", "V").build()))
        .containsExactly(changed("a", NotifyFilter.LAST_SET));
    assertThat(Effects.of(before, Batch.builder().deleteValue("a", "w").build())).isEmpty();
    assertThat(Effects.of(before, Batch.builder().deleteValue("b", "v").build())).isEmpty();
  }

  @Test
  void aKeyDeleted_isToldAtItAndAtItsParent() throws Exception {
    Snapshot before = Snapshot.EMPTY.apply(Batch.builder().createKey("a\\b\\c").build());

    assertThat(Effects.of(before, Batch.builder().deleteTree("a\\b").build()))
        .containsExactly(deleted("a\\b"), changed("a", NotifyFilter.NAME));
    assertThat(Effects.of(before, Batch.builder().deleteKey("a\\b\\c").build()))
        .containsExactly(deleted("a\\b\\c"), changed("a\\b", NotifyFilter.NAME));
    assertThat(Effects.of(before, Batch.builder().deleteTree("x").build())).isEmpty();
  }

  @Test
  void laterChangesSeeEarlierOnes_andEachEffectIsToldOnce() {
    Batch batch =
        Batch.builder()
            .createKey("a")
            .set("a", VALUE)
            .set("a", RegistryValue.dword("w", 2))
            .deleteValue("a", "v")
            .deleteTree("a")
            .deleteTree("a")
            .build();

    assertThat(Effects.of(Snapshot.EMPTY, batch))
        .containsExactly(
            changed("", NotifyFilter.NAME), changed("a", NotifyFilter.LAST_SET), deleted("a"));
  }

  @Test
  void aBatchThatDoesNotFitTheTree_isOurOwnMistake() {
    Batch batch = Batch.builder().set("a", VALUE).set("a", VALUE).build();

    assertThatIllegalStateException()
        .isThrownBy(() -> Effects.of(Snapshot.EMPTY, batch))
        .withMessageContaining("cannot be applied to the tree before it");
  }

  /** What was created and deleted is what is in one of the trees and not in the other. */
  @ParameterizedTest
  @ValueSource(longs = {601, 602, 603})
  void ofOneChange_isTheDifferenceOfTheTrees(long seed) throws Exception {
    RandomBatches.History history = RandomBatches.history(seed, 200);
    for (int i = 0; i < history.batches().size(); i++) {
      Snapshot before = history.snapshots().get(i);
      for (Change change : history.batches().get(i).changes()) {
        var batch = new Batch(List.of(), List.of(change));
        Snapshot after = before.apply(batch);

        assertThat(new HashSet<>(Effects.of(before, batch)))
            .as("seed %d, batch %d, %s", seed, i, change)
            .isEqualTo(difference(before, after, change));
        before = after;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {611, 612})
  void ofABatch_isThatOfItsChangesOneAfterTheOther_andOfWhatCameAgain(long seed) throws Exception {
    RandomBatches.History history = RandomBatches.history(seed, 200);
    for (int i = 0; i < history.batches().size(); i++) {
      Snapshot each = history.snapshots().get(i);
      var expected = new LinkedHashSet<Effect>();
      for (Change change : history.batches().get(i).changes()) {
        var batch = new Batch(List.of(), List.of(change));
        expected.addAll(Effects.of(each, batch));
        each = each.apply(batch);
      }

      List<Effect> found =
          Effects.of(history.snapshots().get(i), history.batches().get(i)).stream()
              .filter(effect -> expected.contains(effect) || !isWithinDeleted(effect, expected))
              .toList();
      assertThat(found)
          .as("seed %d, batch %d", seed, i)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static boolean isWithinDeleted(Effect effect, Set<Effect> effects) {
    return effects.stream()
        .anyMatch(
            other -> other instanceof Effect.Deleted(KeyPath gone) && effect.key().isWithin(gone));
  }

  @Test
  void aKeyThatOneBatchDeletesAndCreates_hasChangedInAllWays() throws Exception {
    Snapshot before =
        Snapshot.EMPTY.apply(Batch.builder().createKey("a\\b\\c").set("a\\b", VALUE).build());
    Batch batch = Batch.builder().deleteTree("a\\b").createKey("a\\b\\c").build();

    assertThat(Effects.of(before, batch))
        .containsExactlyInAnyOrder(
            deleted("a\\b"),
            changed("a", NotifyFilter.NAME),
            changed("a\\b", NotifyFilter.NAME),
            changed("a\\b", NotifyFilter.ATTRIBUTES),
            changed("a\\b", NotifyFilter.LAST_SET),
            changed("a\\b", NotifyFilter.SECURITY),
            changed("a\\b\\c", NotifyFilter.NAME),
            changed("a\\b\\c", NotifyFilter.ATTRIBUTES),
            changed("a\\b\\c", NotifyFilter.LAST_SET),
            changed("a\\b\\c", NotifyFilter.SECURITY));
  }

  @Test
  void setSecurity_isAChangeOfSecurity_alsoWhenItWasTheSame() throws Exception {
    var descriptor = DescriptorBytes.of(new byte[20]);
    Batch batch = Batch.builder().setSecurity("a", descriptor).build();
    Snapshot before =
        Snapshot.EMPTY.apply(
            Batch.builder().createKey("a", KeyOptions.PLAIN.withSecurity(descriptor)).build());

    assertThat(Effects.of(before, batch)).containsExactly(changed("a", NotifyFilter.SECURITY));
  }

  private static Set<Effect> difference(Snapshot before, Snapshot after, Change change) {
    Set<KeyPath> old = keys(before);
    Set<KeyPath> now = keys(after);
    var effects = new HashSet<Effect>();
    for (KeyPath key : now) {
      if (!old.contains(key)) {
        effects.add(new Effect.Changed(key.parent(), NotifyFilter.NAME));
      }
    }
    for (KeyPath key : old) {
      if (!now.contains(key) && now.contains(key.parent())) {
        effects.add(new Effect.Deleted(key));
        effects.add(new Effect.Changed(key.parent(), NotifyFilter.NAME));
      }
    }
    boolean valuesDiffer = valueCount(before, change.path()) != valueCount(after, change.path());
    if (change instanceof Change.SetValue
        || (change instanceof Change.DeleteValue && valuesDiffer)) {
      effects.add(new Effect.Changed(change.path(), NotifyFilter.LAST_SET));
    }
    if (change instanceof Change.SetSecurity) {
      effects.add(new Effect.Changed(change.path(), NotifyFilter.SECURITY));
    }
    return effects;
  }

  private static int valueCount(Snapshot snapshot, KeyPath path) {
    return snapshot.key(path).map(RegistryKey::valueCount).orElse(0);
  }

  private static Set<KeyPath> keys(Snapshot snapshot) {
    var keys = new TreeSet<KeyPath>();
    add(keys, KeyPath.ROOT, snapshot.root());
    return keys;
  }

  private static void add(Set<KeyPath> keys, KeyPath path, RegistryKey key) {
    keys.add(path);
    key.subkeys().forEach(subkey -> add(keys, path.child(subkey.name()), subkey));
  }

  private static Effect changed(String key, NotifyFilter kind) {
    return new Effect.Changed(KeyPath.of(key), kind);
  }

  private static Effect deleted(String key) {
    return new Effect.Deleted(KeyPath.of(key));
  }
}
