package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValuesTest {
  @Test
  void launch_growsStepByStep_andNeverChanges() {
    Launch plain = Launch.of("redis-server", "--port", "6379");
    Launch full = plain.in(Path.of("/srv")).with("A", "1").with("B", "2").as("redis");

    assertThat(plain.environment()).isEmpty();
    assertThat(plain.stopSignal()).isEqualTo("TERM");
    assertThat(full.command()).isEqualTo(plain.command()).isUnmodifiable();
    assertThat(full.environment())
        .containsExactlyInAnyOrderEntriesOf(java.util.Map.of("A", "1", "B", "2"));
    assertThat(full.environment()).isUnmodifiable();
    assertThat(full.stoppedBy("sigint").stopSignal()).isEqualTo("INT");
  }

  @Test
  void launch_copiesWhatItIsGiven() {
    var command = new ArrayList<>(List.of("true"));
    var environment = new HashMap<String, String>();
    var launch = new Launch(command, null, environment, null, "TERM");
    command.add("x");
    environment.put("A", "1");

    assertThat(launch.command()).containsExactly("true");
    assertThat(launch.environment()).isEmpty();
  }

  @Test
  void launch_refusesWhatNoProcessCanBeGiven() {
    assertThatIllegalArgumentException().isThrownBy(Launch::of);
    assertThatIllegalArgumentException().isThrownBy(() -> Launch.of(""));
    assertThatIllegalArgumentException().isThrownBy(() -> Launch.of("a\0b"));
    assertThatIllegalArgumentException().isThrownBy(() -> Launch.of("a").in(Path.of("srv")));
    assertThatIllegalArgumentException().isThrownBy(() -> Launch.of("a").with("A=B", "c"));
    assertThatIllegalArgumentException().isThrownBy(() -> Launch.of("a").with("", "c"));
    assertThatIllegalArgumentException().isThrownBy(() -> Launch.of("a").with("A", "\0"));
    assertThatIllegalArgumentException().isThrownBy(() -> Launch.of("a").as(" "));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Launch.of("a").stoppedBy("STOP"))
        .withMessageContaining("ABRT, ALRM, HUP");
  }

  @Test
  void launch_doesNotShowItsEnvironment() {
    assertThat(Launch.of("a").with("PASSWORD", "hunter2").toString())
        .contains("PASSWORD")
        .doesNotContain("hunter2");
  }

  @Test
  void exit_readsLikeAPhrase() {
    assertThat(new Exit.Code(3)).hasToString("exit code 3");
    assertThat(new Exit.Signal(9)).hasToString("signal 9");
    assertThat(new Exit.Unknown()).hasToString("unknown exit");
  }

  @Test
  void resourceException_carriesWhoWhereAndACodeForAMetric() {
    var e = new ResourceException(Responsibility.USER, Retry.NOWHERE, "NoSuchUser", "No user x.");

    assertThat(e).hasMessage("No user x.");
    assertThat(e.responsibility()).isEqualTo(Responsibility.USER);
    assertThat(e.retry()).isEqualTo(Retry.NOWHERE);
    assertThat(e.code()).isEqualTo("NoSuchUser");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ResourceException(Responsibility.USER, Retry.HERE, "no user 17", "m"))
        .withMessageContaining("no user 17");
  }

  @Test
  void secret_isEqualByContent_andAlwaysTheSameMask() {
    assertThat(Secret.of("a")).isEqualTo(Secret.of("a")).isNotEqualTo(Secret.of("b"));
    assertThat("" + Secret.of("a") + Secret.of("a longer one")).isEqualTo("************");
  }

  @Test
  void spiVersion_isTheModules() throws Exception {
    assertThat(java.nio.file.Files.readString(Path.of("pom.xml")))
        .contains("<artifactId>holdfast-parent</artifactId>\n    <version>" + SpiVersion.CURRENT);
  }
}
