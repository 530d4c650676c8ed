package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupStateTest {
  @ParameterizedTest
  @CsvSource({
    "'', Offline",
    "3 3, Offline",
    "2 2, Online",
    "2 3, PartialOnline",
    "2 129, Pending",
    "3 130, Pending",
    "1, Pending",
    "4, Failed",
    "2 4, Failed",
    "129 4, Failed"
  })
  void isDerivedByMscsRules(String resources, String group) {
    List<ResourceState> states = new ArrayList<>();
    for (String code : resources.split(" ", -1)) {
      if (!code.isEmpty()) {
        states.add(ResourceState.of(Integer.parseInt(code)));
      }
    }

    assertThat(GroupState.of(states)).hasToString(group);
  }

  @Test
  void everyResourceStateHasItsNumberBack() {
    for (ResourceState state : ResourceState.values()) {
      assertThat(ResourceState.of(state.code())).isEqualTo(state);
    }
  }
}
