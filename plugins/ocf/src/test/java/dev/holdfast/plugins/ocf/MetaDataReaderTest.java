package dev.holdfast.plugins.ocf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetaDataReaderTest {
  private static final String ACTIONS =
      """
      <actions>
      <action name="start" timeout="30s" /><action name="stop" timeout="1500ms" />
      <action name="monitor" timeout="20" interval="10" depth="0"/>
      <action name="monitor" timeout="45s" interval="2m" depth="10"/>
      <action name="meta-data" timeout="never"/>
      </actions>
      """;

  @TempDir Path folder;

  private static String agent(String inside) {
    return """
    <?xml version="1.0"?>
    <!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
    <resource-agent name="Dummy" version="1.0"><version>1.0</version>
    """
        + inside
        + "</resource-agent>\n";
  }

  @Test
  void readsWhatAnAgentSays() throws Exception {
    MetaData read =
        MetaDataReader.read(
            "\n"
                + agent(
                    """
                    <longdesc lang="en">
                    Starts   it &amp;
                    stops it.
                    </longdesc>
                    <shortdesc lang="en">A dummy</shortdesc>
                    <parameters><parameter name="state" unique="1" required="1">
                    <longdesc lang="en">Where its state is.</longdesc>
                    <shortdesc lang="en">State file</shortdesc>
                    <content type="string" default="/run/x" /></parameter>
                    <parameter name="mode" reloadable="1"><content type="select" default="b">
                    <option value="a"/><option value="b"/></content></parameter></parameters>
                    """
                        + ACTIONS));

    assertThat(read.longText()).isEqualTo("Starts it & stops it.");
    assertThat(read.shortText()).isEqualTo("A dummy");
    assertThat(read.parameters())
        .containsExactly(
            new MetaData.Parameter(
                "state",
                true,
                false,
                "State file",
                "Where its state is.",
                "string",
                Optional.of("/run/x"),
                List.of()),
            new MetaData.Parameter(
                "mode", false, true, "", "", "select", Optional.of("b"), List.of("a", "b")));
    assertThat(read.reloadsAgent()).isFalse();
    assertThat(read.action("stop").orElseThrow().timeout()).contains(Duration.ofMillis(1500));
    assertThat(read.action("monitor").orElseThrow().timeout()).contains(Duration.ofSeconds(20));
    assertThat(read.action("monitor", 10).orElseThrow().interval()).contains(Duration.ofMinutes(2));
    assertThat(read.action("meta-data").orElseThrow().timeout()).isEmpty();
  }

  @Test
  void nothingOutsideOfTheTextIsLookedAt() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "root:x:0:0");
    String text =
        "<!DOCTYPE resource-agent [<!ENTITY file SYSTEM \"%s\">]><resource-agent><shortdesc>&file;</shortdesc>%s</resource-agent>"
            .formatted(secret.toUri(), ACTIONS);

    assertThatThrownBy(() -> MetaDataReader.read(text))
        .isInstanceOf(MetaDataException.class)
        .hasMessageContaining("file")
        .hasMessageNotContaining("root:x");
  }

  @Test
  void entitiesThatGrowAreRefused() {
    String text =
        "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><resource-agent><shortdesc>&b;</shortdesc>%s</resource-agent>"
            .formatted(ACTIONS);

    assertThatThrownBy(() -> MetaDataReader.read(text)).isInstanceOf(MetaDataException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|it is empty",
        "No such action: meta-data|it is not XML: line 1",
        "<html/>|its root is <html>",
        "<resource-agent/>|it declares no action start",
        "<resource-agent><actions>|it is not XML",
        "<resource-agent><parameters><parameter><content/></parameter></parameters></resource-agent>|a"
            + " parameter has no name",
        "<resource-agent><parameter name='a'/><parameter name='A'/></resource-agent>|declares the"
            + " parameter A twice",
      })
  void whatIsNoMetaDataIsSaid(String text, String why) {
    assertThatThrownBy(() -> MetaDataReader.read(text))
        .isInstanceOf(MetaDataException.class)
        .hasMessageContaining(why);
  }

  @Test
  void moreThanAnybodyNeedsIsRefused() {
    var many = new StringBuilder();
    for (int i = 0; i <= MetaDataReader.ITEMS_MAX; i++) {
      many.append("<parameter name='p").append(i).append("'/>");
    }

    assertThatThrownBy(() -> MetaDataReader.read(agent(many + ACTIONS)))
        .hasMessageContaining("more than 500 parameters");
  }

  @ParameterizedTest
  @CsvSource({"20,20000", "20s,20000", "100ms,100", "2m,120000", "1h,3600000", "5 s,5000"})
  void timesAreReadAsPacemakerReadsThem(String text, long millis) {
    assertThat(MetaDataReader.time(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"0", "0s", "-1s", "soon", "99999999999s", "2d"})
  void otherTimesAreNone(String text) {
    assertThat(MetaDataReader.time(text)).isEmpty();
  }
}
