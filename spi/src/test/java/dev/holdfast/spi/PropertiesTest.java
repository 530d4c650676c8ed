package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class PropertiesTest {
  private static final Property<String> COMMAND_LINE =
      Property.text("CommandLine").required().help("What to run.").build();
  private static final Property<Integer> PORT =
      Property.integer("Port").range(1, 65535).defaultsTo(80).build();
  private static final Property<Duration> GRACE = Property.duration("StopGrace").build();
  private static final Property<Secret> PASSWORD = Property.secret("Password").build();
  private static final Property<List<String>> ENVIRONMENT = Property.list("Environment").build();
  private static final Description TYPE =
      Description.of("Web Server")
          .lives(Lives.ON_NODE)
          .properties(COMMAND_LINE, PORT, GRACE, PASSWORD, ENVIRONMENT)
          .build();

  @Test
  void names_areMatchedIgnoringCase_andNormalisedWithTheirValues() throws Exception {
    Properties properties =
        Properties.of(
            TYPE, Map.of("stopgrace", List.of("60 s"), "COMMANDLINE", List.of("/bin/true")));

    assertThat(properties.asText())
        .containsExactly(
            Map.entry("CommandLine", List.of("/bin/true")), Map.entry("StopGrace", List.of("1m")));
    assertThat(properties.get(GRACE)).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void default_isGot_butNotFoundNorStored() throws Exception {
    Properties properties = Properties.of(TYPE, Map.of("CommandLine", List.of("x")));

    assertThat(properties.get(PORT)).isEqualTo(80);
    assertThat(properties.find(PORT)).isEmpty();
    assertThat(properties.asText()).containsOnlyKeys("CommandLine");
    assertThatExceptionOfType(NoSuchElementException.class)
        .isThrownBy(() -> properties.get(GRACE))
        .withMessageContaining("StopGrace");
  }

  @Test
  void everythingWrong_isToldAtOnce() {
    var text = new LinkedHashMap<String, List<String>>();
    text.put("Prot", List.of("80"));
    text.put("port", List.of("0"));
    text.put("Zebra", List.of("x"));

    assertThat(problemsOf(text))
        .containsExactly(
            new Problem("Prot", "'Prot' is no property of Web Server; did you mean 'Port'?"),
            new Problem("Port", "Port is '0': it must be at least 1."),
            new Problem(
                "Zebra",
                "'Zebra' is no property of Web Server; it has CommandLine, Port, StopGrace,"
                    + " Password, Environment."),
            new Problem(
                "CommandLine", "CommandLine is required and was not given. It says: What to run."));
  }

  @Test
  void name_givenTwiceInDifferentCase_isRefused() {
    var text = new LinkedHashMap<String, List<String>>();
    text.put("CommandLine", List.of("a"));
    text.put("commandline", List.of("b"));

    assertThat(problemsOf(text))
        .containsExactly(new Problem("CommandLine", "CommandLine was given twice; give it once."));
  }

  @Test
  void required_thatIsEmpty_isToldOnce() {
    assertThat(problemsOf(Map.of("CommandLine", List.of(""))))
        .containsExactly(
            new Problem("CommandLine", "CommandLine is required; it cannot be empty."));
  }

  @Test
  void secret_isMaskedWhereItIsShown() throws Exception {
    Properties properties =
        Properties.of(TYPE, Map.of("CommandLine", List.of("x"), "password", List.of("hunter2")));

    assertThat(properties.toString()).doesNotContain("hunter2").contains("Password=[******]");
    assertThat(properties.masked()).containsEntry("Password", List.of("******"));
    assertThat(properties.asText()).containsEntry("Password", List.of("hunter2"));
    assertThat(properties.get(PASSWORD).reveal()).isEqualTo("hunter2");
  }

  @Test
  void propertyOfAnotherType_isTheAuthorsMistake() throws Exception {
    Properties properties = Properties.of(TYPE, Map.of("CommandLine", List.of("x")));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> properties.get(Property.integer("Prt").build()))
        .withMessageContaining("did you mean 'Port'");
  }

  @Test
  void properties_cannotBeChangedFromOutside() throws Exception {
    var text = new LinkedHashMap<String, List<String>>();
    text.put("CommandLine", List.of("x"));
    Properties properties = Properties.of(TYPE, text);
    text.put("Port", List.of("1"));

    assertThat(properties.get(PORT)).isEqualTo(80);
    assertThat(properties.asText()).isUnmodifiable();
    assertThat(properties.masked()).isUnmodifiable();
    assertThat(properties).isEqualTo(Properties.of(TYPE, properties.asText()));
  }

  @Test
  void aNovelAsAName_isRefusedQuickly() {
    assertThat(problemsOf(Map.of("x".repeat(1_000_000), List.of(""), "CommandLine", List.of("x"))))
        .hasSize(1);
  }

  private static List<Problem> problemsOf(Map<String, List<String>> text) {
    var refused =
        catchThrowableOfType(InvalidPropertiesException.class, () -> Properties.of(TYPE, text));
    return refused.problems();
  }
}
