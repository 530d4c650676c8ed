package dev.holdfast.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HomeTest {
  private static String path(Map<String, String> environment, String user) {
    return Home.of(null, environment, user, home -> false).path().toString();
  }

  @Test
  void whereNobodySays_itDependsOnTheUser() {
    assertThat(path(Map.of("HOME", "/root"), "root")).isEqualTo("/var/lib/holdfast");
    assertThat(path(Map.of("HOME", "/home/a"), "a")).isEqualTo("/home/a/.local/state/holdfast");
    assertThat(path(Map.of("HOME", "/home/a", "XDG_STATE_HOME", "/s"), "a"))
        .isEqualTo("/s/holdfast");
    assertThat(path(Map.of("HOME", "/home/a", "XDG_STATE_HOME", "relative"), "a"))
        .isEqualTo("/home/a/.local/state/holdfast");
  }

  @Test
  void aDemoIsFound_whenNothingElseRuns() {
    Path demo = Path.of("/var/lib/holdfast-demo");

    assertThat(Home.of(null, Map.of(), "root", demo::equals).path()).isEqualTo(demo);
    assertThat(Home.of(null, Map.of(), "root", home -> true).path())
        .isEqualTo(Path.of("/var/lib/holdfast"));
  }

  @Test
  void theFlagGoesBeforeTheEnvironment() {
    Map<String, String> environment = Map.of("HOLDFAST_HOME", "/env");

    assertThat(path(environment, "root")).isEqualTo("/env");
    assertThat(Home.of("/flag/../f", environment, "root").path()).isEqualTo(Path.of("/f"));
    assertThat(Home.of("rel", environment, "root").path().isAbsolute()).isTrue();
  }

  @Test
  void theStartCommand_canBePasted() {
    assertThat(Home.of(null, Map.of(), "root", home -> false).startCommand())
        .isEqualTo("holdfast serve");
    assertThat(Home.of("/it's here", Map.of(), "root").startCommand())
        .isEqualTo("holdfast serve --home '/it'\\''s here'");
  }
}
