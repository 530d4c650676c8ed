package dev.holdfast.service.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.Effect;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NotifyFilter;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeysByPathTest {
  private final KeysByPath<String> keys = new KeysByPath<>();

  private Set<String> changed(String path) {
    return keys.concernedBy(new Effect.Changed(KeyPath.of(path), NotifyFilter.LAST_SET));
  }

  private Set<String> deleted(String path) {
    return keys.concernedBy(new Effect.Deleted(KeyPath.of(path)));
  }

  @Test
  void aChangeConcernsWhoeverLooksAfterItsKey_orOneAbove() {
    keys.add(KeyPath.ROOT, "all");
    keys.add(KeyPath.of("App"), "app");
    keys.add(KeyPath.of("App\\Sub"), "sub");
    keys.add(KeyPath.of("Other"), "other");

    assertThat(changed("")).containsExactly("all");
    assertThat(changed("App")).containsExactlyInAnyOrder("all", "app");
    assertThat(changed("APP\\sub\\Deep")).containsExactlyInAnyOrder("all", "app", "sub");
    assertThat(changed("Apples")).containsExactly("all");
  }

  @Test
  void aDeletionConcernsWhoeverLooksAfterAKeyBelow_too() {
    keys.add(KeyPath.of("App"), "app");
    keys.add(KeyPath.of("App\\Sub\\Deep"), "deep");
    keys.add(KeyPath.of("Other"), "other");

    assertThat(deleted("App\\Sub")).containsExactlyInAnyOrder("app", "deep");
    assertThat(deleted("App")).containsExactlyInAnyOrder("app", "deep");
    assertThat(deleted("App\\Nothing")).containsExactly("app");
    assertThat(changed("App\\Sub")).containsExactly("app");
  }

  @Test
  void whoLooksAfterItNoMore_isNotConcerned_andOthersOfTheSameKeyAre() {
    keys.add(KeyPath.of("App\\Sub"), "one");
    keys.add(KeyPath.of("app\\SUB"), "two");
    keys.add(KeyPath.of("App"), "above");

    keys.remove(KeyPath.of("App\\Sub"), "one");
    keys.remove(KeyPath.of("App\\Sub\\Deep"), "nobody");

    assertThat(changed("App\\Sub")).containsExactlyInAnyOrder("two", "above");
    keys.remove(KeyPath.of("App\\Sub"), "two");
    assertThat(deleted("App")).containsExactly("above");
  }
}
