package dev.holdfast.service.type;

import static dev.holdfast.service.GivenCluster.TEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.service.api.ApiException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PropertyTextTest {
  private static final PropertyText TEXT = new PropertyText("app", TEST);
  private static final CommonProperties COMMON = CommonProperties.DEFAULT;

  private static PropertyText.Checked set(
      Map<String, List<String>> current, Map<String, List<String>> changes) {
    return TEXT.apply(COMMON, current, changes, false, false);
  }

  private static ApiException.Invalid refused(Map<String, List<String>> changes, boolean own) {
    return assertThatExceptionOfType(ApiException.Invalid.class)
        .isThrownBy(() -> TEXT.apply(COMMON, Map.of(), changes, own, false))
        .actual();
  }

  private static ApiException.Invalid refused(String name, String text) {
    return refused(Map.of(name, List.of(text)), false);
  }

  @Test
  void namesAreMatchedInAnyCase_andSortedIntoCommonAndOwn() {
    PropertyText.Checked checked =
        set(
            Map.of("Host", List.of("alpha")),
            Map.of("port", List.of("0443"), "RESTARTDELAY", List.of("7")));

    assertThat(checked.properties())
        .isEqualTo(Map.of("Port", List.of("443"), "Host", List.of("alpha")));
    assertThat(checked.common()).isEqualTo(COMMON.with("RestartDelay", "7"));
  }

  @Test
  void noTextMeansTheDefault_whichIsNotWrittenDown() {
    PropertyText.Checked checked =
        TEXT.apply(
            COMMON.with("RestartThreshold", "9"),
            Map.of("Port", List.of("443")),
            Map.of("Port", List.of(), "RestartThreshold", List.of()),
            false,
            false);

    assertThat(checked.properties()).isEmpty();
    assertThat(checked.common()).isEqualTo(COMMON);
  }

  @Test
  void anUnknownName_isRefusedWithTheNearest() {
    ApiException.Invalid refusal = refused("Prot", "1");

    assertThat(refusal.code()).isEqualTo("PropertyRejected");
    assertThat(refusal.resource()).contains("app");
    assertThat(refusal).hasMessage("Test has no property Prot. Did you mean Port?");
    assertThat(refusal.problems())
        .containsExactly(new ApiException.Invalid.Problem("Prot", refusal.getMessage()));
    assertThat(refused("RestartTreshold", "1"))
        .hasMessage("Test has no property RestartTreshold. Did you mean RestartThreshold?");
    assertThat(refused("Colour", "red")).hasMessage("Test has no property Colour.");
  }

  @Test
  void ownOnly_doesNotLookAmongTheCommonOnes() {
    assertThat(refused(Map.of("RestartDelay", List.of("1")), true))
        .hasMessage("Test has no property RestartDelay.");
  }

  @Test
  void aValueOutOfItsLimits_isRefusedWithThem() {
    assertThat(refused("Port", "0")).hasMessage("Port is '0': it must be at least 1.");
    assertThat(refused("RestartDelay", "soon"))
        .hasMessage("RestartDelay is a whole number, not \"soon\".");
    assertThat(refused("DeadlockTimeout", "999"))
        .hasMessage("DeadlockTimeout lies between 1000 and 4294967295, not at 999.");
  }

  @Test
  void aSecretIsTakenAsItIs_andNeverRepeatedWhenItIsRefused() {
    assertThat(set(Map.of(), Map.of("Password", List.of("s3cret"))).properties())
        .containsEntry("Password", List.of("s3cret"));
    assertThat(refused(Map.of("Password", List.of("s3cret", "again")), false).getMessage())
        .isEqualTo("Password takes one value; it was given 2.");
    assertThat(refused("Password", "s3cret\0").getMessage()).doesNotContain("s3cret");
  }

  @Test
  void whatIsFixed_isTakenAtCreationOnly() {
    Map<String, List<String>> instance = Map.of("Instance", List.of("a"));

    assertThat(TEXT.apply(COMMON, Map.of(), instance, false, true).properties())
        .isEqualTo(instance);
    assertThat(refused("instance", "a"))
        .hasMessage("Instance is fixed when a resource is created; create another.");
  }

  @Test
  void persistentState_isNotSetButAskedFor() {
    assertThat(refused("persistentstate", "1"))
        .hasMessage("PersistentState follows what is asked for: use resource online or offline.");
  }

  @Test
  void aNameGivenTwice_isRefusedAndNoneOfTheTwoWins() {
    assertThat(refused(Map.of("Port", List.of("1"), "PORT", List.of("2")), false).getMessage())
        .matches("P(ort|ORT) was given twice; give it once\\.");
    assertThat(
            refused(Map.of("RestartDelay", List.of("1"), "restartdelay", List.of("2")), false)
                .getMessage())
        .endsWith(" was given twice; give it once.");
  }

  @Test
  void everythingThatIsWrong_isToldInTheOrderOfTheRequest() {
    var changes = new LinkedHashMap<String, List<String>>();
    changes.put("Prot", List.of("1"));
    changes.put("RestartAction", List.of("9"));
    changes.put("Port", List.of("http"));

    ApiException.Invalid refusal = refused(changes, false);

    assertThat(refusal.problems())
        .extracting(ApiException.Invalid.Problem::property)
        .containsExactly("Prot", "RestartAction", "Port");
    assertThat(refusal).hasMessage("Test has no property Prot. Did you mean Port?");
  }

  @Test
  void whatANewerTypeDoesNotKnow_staysAndHindersNothing() {
    Map<String, List<String>> old = Map.of("Colour", List.of("red"), "port", List.of("443"));

    PropertyText.Checked checked = set(old, Map.of("RestartDelay", List.of("7")));

    assertThat(checked.properties())
        .isEqualTo(Map.of("Colour", List.of("red"), "Port", List.of("443")));
    assertThat(checked.declared()).isEqualTo(Map.of("Port", List.of("443")));
    assertThat(set(old, Map.of("colour", List.of())).properties())
        .isEqualTo(Map.of("Port", List.of("443")));
  }

  @Test
  void whatTheTypeItselfHasAgainstThem_isToldAsItSaysIt() {
    assertThat(TEXT.invalid(List.of())).hasMessage("The properties were rejected.");
  }
}
