package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClusterStateTest {
  @Test
  void changedSince_namesWhatIsNewOrDiffers_andNotWhatWasOnlyMadeAgain() {
    ClusterResource same = resource(1);
    ClusterResource equal = resource(2);
    ClusterResource changed = resource(3);
    ClusterState before = state(List.of(same, equal, changed));

    ClusterResource other = wanted(changed);
    ClusterResource created = resource(4);
    ClusterState after = state(List.of(same, resource(2), other, created));

    assertThat(after.changedSince(before)).containsExactly(other, created);
    assertThat(after.goneSince(before)).isEmpty();
    assertThat(before.changedSince(before)).isEmpty();
    assertThat(before.goneSince(before)).isEmpty();
  }

  @Test
  void goneSince_namesWhatIsNotThereAnyMore_whereverItWas() {
    ClusterState before = state(List.of(resource(1), resource(2), resource(3), resource(4)));
    ClusterState after = state(List.of(resource(2), resource(3)));

    assertThat(after.goneSince(before)).containsExactly(resource(1).id(), resource(4).id());
    assertThat(after.changedSince(before)).isEmpty();
    assertThat(ClusterState.empty().goneSince(before)).hasSize(4);
  }

  @Test
  void ofAnyTwoStates_theyAreWhatLookingUpEachOneSays() {
    var random = new Random(7);
    for (int round = 0; round < 500; round++) {
      ClusterState before = state(some(random));
      ClusterState after = state(some(random));

      assertThat(after.changedSince(before))
          .isEqualTo(
              after.resources().values().stream()
                  .filter(it -> !it.equals(before.resources().get(it.id())))
                  .toList());
      assertThat(after.goneSince(before))
          .isEqualTo(
              before.resources().keySet().stream()
                  .filter(id -> !after.resources().containsKey(id))
                  .toList());
    }
  }

  private static List<ClusterResource> some(Random random) {
    List<ClusterResource> some = new ArrayList<>();
    for (int number = 1; number <= 8; number++) {
      if (random.nextInt(4) > 0) {
        some.add(random.nextInt(3) == 0 ? wanted(resource(number)) : resource(number));
      }
    }
    return some;
  }

  private static ClusterResource resource(int number) {
    return Given.resource(Given.config(number, "r" + number));
  }

  private static ClusterResource wanted(ClusterResource resource) {
    return Given.resource(resource.config().wanted(!resource.config().wantedOnline()));
  }

  private static ClusterState state(List<ClusterResource> resources) {
    return ClusterState.remembered(List.of(), List.of(), resources);
  }
}
