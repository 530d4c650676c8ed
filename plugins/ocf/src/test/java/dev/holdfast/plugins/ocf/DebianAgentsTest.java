package dev.holdfast.plugins.ocf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.spi.Command;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.fake.FakeCall;
import dev.holdfast.spi.fake.FakeSlots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every agent of Debian's packages resource-agents and pacemaker-resource-agents, as they stand on
 * this machine: described, or refused with a reason that is known here.
 */
class DebianAgentsTest {
  private static final AgentRuntime NODE = AgentRuntime.ofEnvironment(Map.of());

  /** How many agents of heartbeat's there are in Debian 12 (resource-agents 4.12.0). */
  private static final int HEARTBEAT_AGENTS = 141;

  /** Those of Debian 12 that cannot be types, with the reason; there is none. */
  private static final Map<String, String> REFUSED = Map.of();

  /** Parameters whose declared default does not fit their declared type; they are texts then. */
  private static final List<String> TEXTS =
      List.of(
          "heartbeat:jboss rotate_logsuffix",
          "heartbeat:pingd dampen",
          "heartbeat:pingd name",
          "heartbeat:rabbitmq-server-ha erlang_cookie_file",
          "heartbeat:rabbitmq-server-ha host_ip",
          "heartbeat:rabbitmq-server-ha mnesia_base",
          "heartbeat:rabbitmq-server-ha node_port",
          "pacemaker:HealthSMART dampen",
          "pacemaker:ping dampen");

  @TempDir Path folder;

  @Test
  void eachIsDescribed_orRefusedForAReasonThatIsKnown() throws Exception {
    boolean there = Files.isDirectory(NODE.root().resolve("resource.d/heartbeat"));
    if (!there && Boolean.getBoolean("holdfast.ci")) {
      fail("On CI nothing is skipped, and Debian's resource-agents are not installed.");
    }
    assumeTrue(there, "Debian's resource-agents are not installed");
    var family = new OcfAgents(NODE);
    List<String> names = family.available();
    Map<String, String> refused = new TreeMap<>();
    List<String> texts = new ArrayList<>();
    try (var slots = new FakeSlots(folder)) {
      Properties none = Properties.of(family.description(), Map.of());
      for (String name : names) {
        try {
          var member =
              family.member(
                  name, command -> new FakeCall(slots, none, Duration.ofMinutes(1)).run(command));
          texts.addAll(softened(member.description(), command(name, slots, none)));
        } catch (ResourceException e) {
          refused.put(name, e.getMessage());
        }
      }
    }

    assertThat(refused).isEqualTo(REFUSED);
    assertThat(names.stream().filter(name -> name.startsWith("ocf:heartbeat:")))
        .hasSize(HEARTBEAT_AGENTS);
    assertThat(texts).containsExactlyInAnyOrderElementsOf(TEXTS);
  }

  private static MetaData command(String name, FakeSlots slots, Properties none) throws Exception {
    var agent = AgentName.parse(name).orElseThrow();
    var result =
        new FakeCall(slots, none, Duration.ofMinutes(1))
            .run(Command.looking(NODE.action(agent, "test", "meta-data"), Duration.ofSeconds(20)));
    return MetaDataReader.read(result.output());
  }

  /** Parameters that are declared as something narrower than the property is. */
  private static List<String> softened(Description description, MetaData metaData) {
    List<String> softened = new ArrayList<>();
    for (MetaData.Parameter parameter : metaData.parameters()) {
      Property<?> property = description.property(parameter.name()).orElseThrow();
      if (property.kind() == Property.Kind.TEXT && !parameter.type().equals("string")) {
        softened.add(
            description.registeredName().substring(AgentName.PREFIX.length())
                + " "
                + parameter.name());
      }
    }
    return softened;
  }
}
