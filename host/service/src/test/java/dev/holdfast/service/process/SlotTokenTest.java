package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class SlotTokenTest {
  private static final UUID RESOURCE = new UUID(1, 2);
  private static final UUID RANDOM = new UUID(3, 4);

  @Test
  void token_saysWhoseItIs() {
    SlotToken token = SlotToken.of(RESOURCE, "main", RANDOM);

    assertThat(token.value()).isEqualTo(RESOURCE + ":" + RANDOM + ":main");
    assertThat(token.owner()).contains(new SlotToken.Owner(RESOURCE, "main"));
    assertThat(SlotToken.find(token.value())).contains(token);
  }

  @Test
  void slotThatNoEnvironmentCouldName_leavesItRandom() {
    for (String slot : new String[] {"@patch", "two words", "", "x".repeat(100), "a:b"}) {
      assertThat(SlotToken.of(RESOURCE, slot, RANDOM).value()).isEqualTo(RANDOM.toString());
    }
  }

  @Test
  void tokensOfOthers_areNobodys() {
    for (String text :
        new String[] {
          RANDOM.toString(),
          "-".repeat(36) + ":" + RANDOM + ":main",
          "slots-test-token-of-one-start",
          "a:b:c:d:e:f"
        }) {
      assertThat(new SlotToken(text).owner()).as(text).isEmpty();
    }
  }
}
