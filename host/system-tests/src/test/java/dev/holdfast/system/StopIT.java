package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A stop always ends, also where there is nobody who could take a resource offline. */
@Tag("system")
class StopIT {
  private static final int ENDED_WITHOUT_TYPE = 2023;

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
}
