package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What people expect of a dashboard that they import; {@link DashboardIT} runs its queries. */
class DashboardTest {
  private static final List<String> VARIABLES = List.of("datasource", "job", "instance", "group");

  private Dashboard dashboard;

  @BeforeEach
  void read() throws IOException {
    dashboard = Dashboard.read(Path.of("../.."), "monitors-and-recovery.json");
  }

  @Test
  void itCanBeImportedAnywhere() {
    assertThat(dashboard.json().required("uid").asString()).isNotEmpty();
    assertThat(dashboard.json().required("editable").asBoolean()).isFalse();
    assertThat(dashboard.json().required("templating").required("list").values())
        .extracting(variable -> variable.required("name").asString())
        .containsExactlyElementsOf(VARIABLES);
    assertThat(dashboard.json().toString()).doesNotContain("\"uid\":\"prometheus\"");
  }

  @Test
  void everyPanel_isExplained_andAsksTheChosenSource() {
    assertThat(dashboard.panels()).hasSizeGreaterThan(20);
    assertThat(dashboard.panels())
        .extracting(panel -> panel.required("title").asString())
        .doesNotHaveDuplicates();
    for (JsonNode panel : dashboard.panels()) {
      String title = panel.required("title").asString();
      assertThat(panel.required("description").asString()).as(title).endsWith(".");
      assertThat(panel.required("datasource").required("uid").asString())
          .as(title)
          .isEqualTo("${datasource}");
      assertThat(panel.required("fieldConfig").required("defaults").required("unit").asString())
          .as(title)
          .isNotEmpty();
    }
  }

  @Test
  void everyQuery_keepsToWhatWasChosen() {
    for (Dashboard.Query query : dashboard.queries()) {
      long selectors = query.expression().chars().filter(c -> c == '{').count();
      assertThat(query.expression().split("job=~\"\\$job\", instance=~\"\\$instance\"", -1))
          .as(query.toString())
          .hasSize((int) selectors + 1);
      if (query.expression().contains("[")) {
        assertThat(query.expression()).as(query.toString()).contains("[$__rate_interval]");
      }
    }
  }
}
