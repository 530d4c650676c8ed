package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.Phase.After;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Timings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsTest {
  private static final ClusterState STATE =
      ClusterState.remembered(
          List.of(new GroupConfig(Given.GROUP, "web", "")),
          List.of(),
          List.of(
              Given.resource(Given.config(1, "db")),
              Given.resource(Given.config(2, "app", Given.id(1)))));

  @ParameterizedTest
  @ValueSource(strings = {"a", "web-app", "Web App 2", "müller", "...", ".hidden", "a.b_c", "日本"})
  void ordinaryNamesWillDo(String name) {
    assertThat(Requests.nameProblem(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        " a",
        "a ",
        "-a",
        "a/b",
        "a\\b",
        "a:b",
        "a\nb",
        "a\u007f",
        "a\u0085b",
        ".",
        ".."
      })
  void othersAreRefused(String name) {
    assertThat(Requests.nameProblem(name)).isPresent();
  }

  @Test
  void aNameHasALimit() {
    assertThat(Requests.nameProblem("x".repeat(255))).isEmpty();
    assertThat(Requests.nameProblem("x".repeat(256)))
        .contains("A name has at most 255 characters, not 256.");
  }

  @Test
  void whatSomethingDependsOnIsNotDeleted() {
    assertThat(Requests.deleteProblem(STATE, STATE.findResource("db").orElseThrow()))
        .contains("db cannot be deleted: app depends on it.");
    assertThat(Requests.deleteProblem(STATE, STATE.findResource("app").orElseThrow())).isEmpty();
  }

  @Test
  void whatRunsOrMayRunIsNotDeleted() {
    for (Phase phase :
        List.of(
            new Phase.Online(Given.NOW),
            new Phase.Closed(new Phase.Online(Given.NOW)),
            new Phase.Checking(false, Given.NOW),
            new Phase.Closed(
                new Phase.Terminating(
                    new After.BecomeFailed("broke", java.util.Optional.empty()), 1, Given.NOW)))) {
      var draft = STATE.findResource("app").orElseThrow().edit();
      ClusterResource app = draft.enter(phase, "", Given.NOW).done();

      assertThat(Requests.deleteProblem(STATE, app)).as("%s", phase).isPresent();
    }
  }

  @Test
  void whatHasSomethingElsewhereIsTakenOfflineBeforeItIsDeleted() {
    var failed = new Phase.Failed("its API is down", java.util.Optional.empty());
    ClusterResource wanted =
        ClusterResource.created(
                Given.config(3, "data").wanted(true), Lives.ELSEWHERE, Timings.DEFAULT, Given.NOW)
            .edit()
            .enter(failed, "", Given.NOW)
            .done();
    var draft = wanted.edit();
    draft.config = wanted.config().wanted(false);

    assertThat(Requests.deleteProblem(STATE, wanted))
        .hasValueSatisfying(why -> assertThat(why).contains("take it offline first"));
    assertThat(Requests.deleteProblem(STATE, draft.done()))
        .as("that was asked for, and it is silent or gone")
        .isEmpty();
  }

  @Test
  void providersExistInTheSameGroup() {
    assertThat(Requests.dependencyProblem(STATE, Given.config(3, "x", Given.id(2)))).isEmpty();
    assertThat(Requests.dependencyProblem(STATE, Given.config(3, "x", Given.id(3))))
        .contains("x cannot depend on itself.");
    assertThat(Requests.dependencyProblem(STATE, Given.config(3, "x", Given.id(9))))
        .contains("There is no resource " + Given.id(9) + " to depend on.");
    var elsewhere =
        new ResourceConfig(
            Given.id(3),
            "x",
            "Test",
            new GroupId(new UUID(1, 2)),
            Set.of(Given.id(1)),
            false,
            CommonProperties.DEFAULT,
            Map.of());
    assertThat(Requests.dependencyProblem(STATE, elsewhere))
        .contains("x cannot depend on db: dependencies do not cross groups.");
  }

  @Test
  void aDependencyThatClosesACircleIsRefused() {
    assertThat(Requests.dependencyProblem(STATE, Given.config(1, "db", Given.id(2))))
        .contains("That dependency would close a circle.");
  }

  @Test
  void usersOfATypeAreFoundInAnyCase() {
    assertThat(Requests.usersOfType(STATE, "TEST")).containsExactly("db", "app");
  }
}
