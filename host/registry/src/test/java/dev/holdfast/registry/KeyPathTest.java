package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPathTest {
  @Test
  void of_namesWithBackslashesBetween() {
    assertThat(KeyPath.of("Resources\\web/1\\Instance").names())
        .containsExactly("Resources", "web/1", "Instance");
    assertThat(KeyPath.of("")).isSameAs(KeyPath.ROOT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\", "\\a", "a\\", "a\\\\b"})
  void of_emptyName_isRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyPath.of(text))
        .withMessageContaining("cannot be empty")
        .withMessageContaining(text);
  }

  @Test
  void nameTooLong_isRefusedNamingTheLimit() {
    assertThat(KeyPath.of("x".repeat(255)).names()).hasSize(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyPath.ROOT.child("x".repeat(256)))
        .withMessageContaining("256")
        .withMessageContaining("at most 255")
        .withMessageContaining("KEY_NAME_CHARS_MAX");
  }

  @Test
  void pathTooDeep_isRefusedNamingTheLimit() {
    KeyPath deepest = KeyPath.of("a" + "\\a".repeat(511));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> deepest.child("a"))
        .withMessageContaining("at most 512")
        .withMessageContaining("DEPTH_MAX");
  }

  @Test
  void child_withBackslash_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> KeyPath.ROOT.child("a\\b"));
  }

  @Test
  void equalIgnoringCase_butKeepsWhatWasTyped() {
    assertThat(KeyPath.of("Groups\\A")).isEqualTo(KeyPath.of("GROUPS\\a"));
    assertThat(KeyPath.of("Groups\\A")).hasSameHashCodeAs(KeyPath.of("GROUPS\\a"));
    assertThat(KeyPath.of("Groups\\A")).isNotEqualTo(KeyPath.of("Groups"));
    assertThat(KeyPath.of("gROUPS\\A")).hasToString("gROUPS\\A");
  }

  @Test
  void isWithin_countsWholeNames() {
    assertThat(KeyPath.of("Groups\\A").isWithin(KeyPath.of("groups"))).isTrue();
    assertThat(KeyPath.of("Groups").isWithin(KeyPath.ROOT)).isTrue();
    assertThat(KeyPath.of("GroupsX").isWithin(KeyPath.of("Groups"))).isFalse();
    assertThat(KeyPath.of("Groups").isWithin(KeyPath.of("Groups\\A"))).isFalse();
  }

  @Test
  void compareTo_aKeyComesRightBeforeAllWithinIt() {
    List<String> ordered =
        List.of("", "a", "a\\b", "a\\b\\z", "A\\c", "a b", "a!", "ab", "B\\a", "c");
    var shuffled = new ArrayList<>(ordered.stream().map(KeyPath::of).toList());
    Collections.shuffle(shuffled, new Random(7));

    assertThat(new TreeSet<>(shuffled)).extracting(KeyPath::toString).isEqualTo(ordered);
    assertThat(KeyPath.of("A\\b")).isEqualByComparingTo(KeyPath.of("a\\B"));
  }
}
