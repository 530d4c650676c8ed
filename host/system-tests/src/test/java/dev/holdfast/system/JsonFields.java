package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** The fields that scripts of others rely on: each is there, also when there is nothing to say. */
final class JsonFields {
  static final List<String> STATUS = words("service groups monitors failures");
  static final List<String> SERVICE = words("pid version ready node revision");
  static final List<String> RESOURCE =
      words(
          "id name group type typeStatus plugin pluginVersion state health wanted node monitor"
              + " monitorPid pid since failures restarts adoptions dependsOn properties lastExit"
              + " unrestored unsupervisedSince detail notInEffect externals");
  static final List<String> TYPE =
      words(
          "name displayName plugin pluginVersion versions archive digest status detail changeable"
              + " controls");
  static final List<String> GROUP = words("name state owner resources");
  static final List<String> MONITOR = words("name kind pid state resources restarts epoch");
  static final List<String> EVENT =
      words(
          "seq id source type level category time node message parameters resource cause holders"
              + " correlation incident");
  static final List<String> INCIDENT =
      words("seq monitor pid epoch exit calls culprit victims actions timings");
  static final List<String> MONITOR_EXIT = words("code signal reason");
  static final List<String> LAST_EXIT = words("code signal");

  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

  private JsonFields() {}

  private static List<String> words(String text) {
    return List.of(text.split(" "));
  }

  static void assertAllIn(JsonNode object, List<String> fields) {
    assertThat(object.propertyNames()).as(object.toString()).containsAll(fields);
  }

  static void assertTime(JsonNode time) {
    assertThat(time.asString()).matches(TIME);
  }
}
