package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DependencyOrderTest {
  private static final ResourceId DISK = Given.id(1);
  private static final ResourceId DB = Given.id(2);
  private static final ResourceId APP = Given.id(3);

  private static final DependencyOrder CHAIN =
      DependencyOrder.of(
          List.of(
              Given.config(3, "app", DB), Given.config(2, "db", DISK), Given.config(1, "disk")));

  @Test
  void providersComeFirst() {
    assertThat(CHAIN.providersFirst()).containsExactly(DISK, DB, APP);
  }

  @Test
  void whatIsReachedIsReachedThroughOthersToo() {
    assertThat(CHAIN.providersOf(APP)).containsExactlyInAnyOrder(DISK, DB);
    assertThat(CHAIN.dependentsOf(DISK)).containsExactlyInAnyOrder(DB, APP);
    assertThat(CHAIN.directDependentsOf(DISK)).containsExactly(DB);
    assertThat(CHAIN.providersOf(DISK)).isEmpty();
  }

  @Test
  void aCircleIsSeen() {
    assertThat(CHAIN.hasCycle()).isFalse();
    assertThat(DependencyOrder.of(List.of(Given.config(1, "self", Given.id(1)))).hasCycle())
        .isTrue();
    assertThat(
            DependencyOrder.of(List.of(Given.config(1, "a", DB), Given.config(2, "b", DISK)))
                .hasCycle())
        .isTrue();
  }

  @Test
  void anyGraphIsOrdered_andAlwaysInTheSameWay() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      List<ResourceConfig> configs = new ArrayList<>();
      for (int i = 1; i <= 12; i++) {
        List<ResourceId> providers = new ArrayList<>();
        for (int j = 1; j < i; j++) {
          if (random.nextInt(4) == 0) {
            providers.add(Given.id(j));
          }
        }
        configs.add(Given.config(i, "r" + i, providers.toArray(ResourceId[]::new)));
      }
      Collections.shuffle(configs, random);
      List<ResourceId> order = DependencyOrder.of(configs).providersFirst();
      Collections.shuffle(configs, random);

      assertThat(order).as("seed %d", seed).hasSize(12);
      for (ResourceConfig config : configs) {
        assertThat(order.subList(0, order.indexOf(config.id())))
            .as("seed %d", seed)
            .containsAll(config.dependsOn());
      }
      assertThat(DependencyOrder.of(configs).providersFirst()).as("seed %d", seed).isEqualTo(order);
    }
  }
}
