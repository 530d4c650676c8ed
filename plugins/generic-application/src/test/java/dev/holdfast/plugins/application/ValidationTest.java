package dev.holdfast.plugins.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.spi.InvalidPropertiesException;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {
  private static final GenericApplication TYPE = new GenericApplication();
  private static final List<String> TRUE = List.of("/bin/true");

  @Test
  void type_isOfferedAsAService() {
    assertThat(ServiceLoader.load(dev.holdfast.spi.ResourceType.class))
        .hasExactlyElementsOfTypes(GenericApplication.class);
    assertThat(TYPE.description()).isEqualTo(new GenericApplication().description());
  }

  @Test
  void theUsualProperties_areFine() throws Exception {
    assertThat(
            problems(
                Map.of(
                    "CommandLine", List.of("jwebserver -p 8080"),
                    "Arguments", List.of("-d", "/srv/my files"),
                    "CurrentDirectory", List.of("/srv"),
                    "Environment", List.of("A=1", "B="),
                    "User", List.of("www"),
                    "StopSignal", List.of("int"),
                    "StopGrace", List.of("30s"),
                    "Probe", List.of("http"),
                    "ProbeUrl", List.of("http://127.0.0.1:8080/health"),
                    "ProbeStatus", List.of("200"))))
        .isEmpty();
    assertThat(problems(Map.of("Arguments", List.of("/opt/my app/run", "-x")))).isEmpty();
    assertThat(
            problems(
                Map.of(
                    "CommandLine", TRUE,
                    "Probe", List.of("tcp"),
                    "ProbeAddress", List.of("[::1]:80"))))
        .isEmpty();
  }

  @Test
  void nothingToRun_isSaid() throws Exception {
    assertThat(problems(Map.of()))
        .containsExactly(
            new Problem(
                "CommandLine",
                "Neither CommandLine nor Arguments says what to run; one of them must."));
    assertThat(problems(Map.of("CommandLine", List.of("'' x"))))
        .singleElement()
        .returns("CommandLine", Problem::property);
    assertThat(problems(Map.of("Arguments", List.of("", "x"))))
        .singleElement()
        .returns("Arguments", Problem::property);
  }

  @Test
  void blankUser_isSaid() throws Exception {
    assertThat(problems(Map.of("CommandLine", TRUE, "User", List.of(" "))))
        .containsExactly(
            new Problem("User", "User is blank; a user's name is needed, or leave it out."));
  }

  @Test
  void unbalancedQuote_isNamedWithItsPosition() throws Exception {
    assertThat(problems(Map.of("CommandLine", List.of("sh -c 'sleep 1"))))
        .containsExactly(
            new Problem(
                "CommandLine",
                "CommandLine cannot be split into words: the single quote is never closed at"
                    + " position 7 in: sh -c 'sleep 1"));
  }

  @Test
  void environment_mustBePairs_eachOnce_andIsNotRepeated() throws Exception {
    assertThat(
            problems(
                Map.of("CommandLine", TRUE, "Environment", List.of("hunter2", "=x", "A=1", "A=2"))))
        .extracting(Problem::message)
        .containsExactly(
            "Environment has an item without '='; NAME=VALUE is needed.",
            "Environment has an item without a name before '='; NAME=VALUE is needed.",
            "Environment sets A twice; set it once.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "http", "exec"})
  void probe_withoutWhatItNeeds_isSaidOnce(String probe) throws Exception {
    assertThat(problems(Map.of("CommandLine", TRUE, "Probe", List.of(probe))))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .startsWith("Probe is " + probe + ", which needs Probe");
  }

  @Test
  void probeProperty_thatWouldNeverBeUsed_isSaid() throws Exception {
    assertThat(problems(Map.of("CommandLine", TRUE, "ProbeUrl", List.of("http://localhost:1/"))))
        .containsExactly(
            new Problem(
                "ProbeUrl",
                "ProbeUrl is given, but Probe is none, so it would never be used; set Probe=http or"
                    + " leave it out."));
  }

  @Test
  void probeProperties_thatCannotBeRead_areSaidWithAnExample() throws Exception {
    assertThat(
            problems(
                Map.of(
                    "CommandLine", TRUE,
                    "Probe", List.of("tcp"),
                    "ProbeAddress", List.of("localhost:99999"))))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("host:port");
    assertThat(
            problems(
                Map.of(
                    "CommandLine", TRUE,
                    "Probe", List.of("http"),
                    "ProbeUrl", List.of("localhost 80"),
                    "ProbeStatus", List.of("400-200"))))
        .extracting(Problem::property)
        .containsExactly("ProbeUrl", "ProbeStatus");
    assertThat(
            problems(
                Map.of(
                    "CommandLine", TRUE,
                    "Probe", List.of("exec"),
                    "ProbeCommand", List.of("\"test"))))
        .extracting(Problem::property)
        .containsExactly("ProbeCommand");
  }

  @Test
  void misspeltProperty_getsItsNearestName() {
    var refused =
        catchThrowableOfType(
            InvalidPropertiesException.class,
            () -> problems(Map.of("ComandLine", TRUE, "StopSignal", List.of("TREM"))));

    assertThat(refused.problems())
        .extracting(Problem::message)
        .anySatisfy(m -> assertThat(m).contains("did you mean 'CommandLine'?"))
        .anySatisfy(m -> assertThat(m).contains("did you mean 'TERM'?"));
  }

  private static List<Problem> problems(Map<String, List<String>> text) throws Exception {
    return TYPE.validate(Properties.of(TYPE.description(), text));
  }
}
