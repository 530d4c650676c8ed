package dev.holdfast.service.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventIdTest {
  @Test
  void numbersAreUnique() {
    assertThat(Arrays.stream(EventId.values()).map(EventId::number)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void everyParameterStandsInTheMessageOnce(EventId id) {
    Object[] values = id.parameters().stream().map(name -> "<" + name + ">").toArray();

    String message = Event.of(1, id.of(values), Instant.EPOCH, "alpha").message();

    for (Object value : values) {
      assertThat(message).containsOnlyOnce(value.toString());
    }
    assertThat(message).doesNotContain("%").doesNotContain("null");
    assertThat(EventId.find(id.number())).contains(id);
  }

  @Test
  void theNumbersOfMscsHaveItsSource() {
    assertThat(EventId.MONITOR_DIED.source()).isEqualTo("ClusSvc");
    assertThat(EventId.RESOURCE_ADOPTED.source()).isEqualTo("Holdfast");
  }

  @Test
  void parametersAreNotExpandedAgain() {
    assertThat(EventId.RESOURCE_FAILED.of("%2", "web").parameters())
        .containsEntry("resource", "%2");
    assertThat(
            Event.of(1, EventId.RESOURCE_FAILED.of("%2", "web"), Instant.EPOCH, "alpha").message())
        .isEqualTo("Cluster resource '%2' in group 'web' failed.");
  }

  @Test
  void tooFewParametersAreRefused() {
    assertThatThrownBy(() -> EventId.RESOURCE_FAILED.of("web-app"))
        .hasMessage("Event 1069 takes the parameters [resource, group], not 1 values");
  }

  @Test
  void aParameterWithoutEndIsCut() {
    NewEvent event = EventId.SERVICE_STOPPED.of("x".repeat(1_000_000));

    assertThat(event.parameters().get("node"))
        .hasSize(NewEvent.TEXT_LIMIT_CHARS + "… (cut)".length())
        .endsWith("… (cut)");
  }
}
