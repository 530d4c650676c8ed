package dev.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonitorCommandTest {
  private static final MonitorCommand COMMAND =
      new MonitorCommand(Path.of("java"), List.of(Path.of("a.jar"), Path.of("b.jar")), null, 96);

  @Test
  void aStart_hasTheFlagsThatATrainingHas_soThatItsCacheFits() {
    List<String> start =
        COMMAND.start("shared-0", Path.of("s"), Path.of("state"), Path.of("hs_err"));
    List<String> training = COMMAND.train(Path.of("c.aot"), List.of());

    assertThat(flags(start)).isEqualTo(flags(training)).contains("-XX:+UseSerialGC", "-Xmx96m");
  }

  /** All before the class path, but what is about one of the two alone. */
  private static List<String> flags(List<String> command) {
    return command.subList(1, command.indexOf("-cp")).stream()
        .filter(
            flag -> !flag.startsWith("-XX:ErrorFile=") && !flag.startsWith("-XX:AOTCacheOutput="))
        .toList();
  }
}
