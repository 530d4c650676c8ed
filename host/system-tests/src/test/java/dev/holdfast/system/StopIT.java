package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A stop always ends, also where there is nobody who could take a resource offline. */
@Isolated("It measures how long a stop takes, in tenths of a second.")
@Tag("system")
class StopIT {
  private static final int ENDED_WITHOUT_TYPE = 2023;
  private static final int KILLED = 2025;

  @Test
  void ofWhatHasNoTypeAnyMore_theServiceEndsTheProcessesItself() throws Exception {
    try (var cluster = Cluster.empty()) {
      cluster.start("serve");
      cluster.does("group", "create", "apps");
      cluster.does(
          "resource",
          "create",
          "sleeper",
          "-t",
          "Generic Application",
          "-g",
          "apps",
          "-p",
          "CommandLine=sleep 86400");
      cluster.does("resource", "online", "sleeper");
      long pid = cluster.number("sleeper", "pid");
      Path archive =
          Path.of(
              cluster.item("type", "show", "Generic Application").required("archive").asString());
      Path aside = cluster.folder().resolve("aside.zip");
      Files.move(archive, aside);
      Processes.signal(cluster.monitor("shared-0").required("pid").asLong(), "KILL");
      Patience.until(
          "its type is found missing",
          () ->
              cluster
                  .resource("sleeper")
                  .required("typeStatus")
                  .asString()
                  .equals("PluginMissing"));
      assertThat(Processes.isAlive(pid)).isTrue();

      cluster.does("service", "stop");

      assertThat(cluster.awaitEnd()).isZero();
      cluster.awaitNothingLeft();
      Files.move(aside, archive);
      cluster.start("serve");
      cluster.awaitState("sleeper", "Online");
      assertThat(cluster.number("sleeper", "failures")).isZero();
      assertThat(cluster.events(ENDED_WITHOUT_TYPE)).hasSize(1);
    }
  }

  /** It ignores its stop signal, and has a grandchild in a session of its own, and a daemon. */
  @Test
  void aStubbornTree_isEndedToItsLastProcess_andTheStepsAreTold() throws Exception {
    try (var cluster = Cluster.empty()) {
      cluster.start("serve");
      cluster.does("group", "create", "apps");
      Path program =
          Files.writeString(
              cluster.folder().resolve("stubborn.sh"),
              """
              trap '' TERM
              setsid sh -c 'trap "" TERM; while :; do sleep 1; done' &
              ( setsid sh -c '(sleep 86400 &)' & )
              while :; do sleep 1; done
              """);
      cluster.does(
          "resource",
          "create",
          "stubborn",
          "-t",
          "Generic Application",
          "-g",
          "apps",
          "-p",
          "CommandLine=sh " + program,
          "-p",
          "StopGrace=1s");
      cluster.does("resource", "online", "stubborn");
      long pid = cluster.number("stubborn", "pid");
      Patience.until("its daemon runs, and nobody is its parent", () -> daemon(cluster) > 0);
      long daemon = daemon(cluster);

      cluster.does("resource", "offline", "stubborn");

      assertThat(Processes.isAlive(pid)).isFalse();
      assertThat(Processes.isAlive(daemon)).isFalse();
      assertThat(cluster.processes())
          .noneMatch(seen -> seen.command().stream().anyMatch(word -> word.contains("sleep")));
      assertThat(cluster.events(KILLED))
          .singleElement()
          .satisfies(
              event ->
                  assertThat(event.required("message").asString())
                      .matches(
                          "Process "
                              + pid
                              + " of cluster resource 'stubborn': did not end within 1\\.\\d s of"
                              + " its stop signal; it was sent SIGKILL with all it had started; all"
                              + " are gone after 1\\.\\d s\\."));
      assertThat(cluster.why("stubborn").toString()).contains("it was sent SIGKILL");
    }
  }

  private static long daemon(Cluster cluster) {
    return cluster.processes().stream()
        .filter(seen -> seen.command().equals(List.of("sleep", "86400")))
        .mapToLong(Processes.Seen::pid)
        .findFirst()
        .orElse(0);
  }
}
