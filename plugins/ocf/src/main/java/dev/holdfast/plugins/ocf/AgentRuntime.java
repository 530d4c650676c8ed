package dev.holdfast.plugins.ocf;

import dev.holdfast.spi.Launch;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How agents are called on this node: where they stand, what they find in their environment, which
 * folders they take for granted (OCF resource agent API, sections 3.1 and 3.2).
 *
 * @param root {@code OCF_ROOT}
 * @param scratch {@code HA_RSCTMP}, where agents keep state; Debian's make nothing there themselves
 */
record AgentRuntime(Path root, Path scratch) {
  private static final String ROOT = "OCF_ROOT";
  private static final String SCRATCH = "HA_RSCTMP";
  private static final String MONITOR = "monitor";

  /** For a launch to be whole: nobody stops an agent but by its limit, which kills. */
  private static final String STOP_SIGNAL = "TERM";

  /** From the environment of the cluster service, or where distributions have them. */
  static AgentRuntime ofEnvironment(Map<String, String> environment) {
    return new AgentRuntime(
        Path.of(environment.getOrDefault(ROOT, "/usr/lib/ocf")),
        Path.of(environment.getOrDefault(SCRATCH, "/run/resource-agents")));
  }

  /** The agent's action, without parameters: {@code meta-data}. */
  Launch action(AgentName agent, String instance, String action) {
    return launch(agent, action, environment(agent, instance, action));
  }

  /**
   * The agent's action with a resource's parameters. Only what was set is told: an agent has its
   * own defaults, which may depend on the node.
   *
   * @param interval how often it is asked; zero for once
   */
  Launch action(
      AgentName agent,
      String instance,
      String action,
      Properties properties,
      Duration limit,
      Duration interval) {
    return launch(agent, action, environment(agent, instance, action, properties, limit, interval));
  }

  /**
   * The agent's {@code monitor} with a resource's parameters.
   *
   * @param interval how often it is asked; zero for a probe
   * @param depth {@code OCF_CHECK_LEVEL}, how thoroughly it is to look
   */
  Launch monitor(
      AgentName agent,
      String instance,
      Properties properties,
      Duration limit,
      Duration interval,
      int depth) {
    Map<String, String> environment =
        environment(agent, instance, MONITOR, properties, limit, interval);
    environment.put("OCF_CHECK_LEVEL", Integer.toString(depth));
    return launch(agent, MONITOR, environment);
  }

  /**
   * With its whole environment at once. One variable after the other would copy and check all those
   * before it each time, four hundred times a second.
   */
  private Launch launch(AgentName agent, String action, Map<String, String> environment) {
    return new Launch(
        List.of(agent.file(root).toString(), action), null, environment, null, STOP_SIGNAL);
  }

  private Map<String, String> environment(AgentName agent, String instance, String action) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(ROOT, root.toString());
    environment.put(SCRATCH, scratch.toString());
    environment.put("OCF_RA_VERSION_MAJOR", "1");
    environment.put("OCF_RA_VERSION_MINOR", "1");
    environment.put("OCF_RESOURCE_INSTANCE", instance);
    environment.put("OCF_RESOURCE_TYPE", agent.agent());
    environment.put("OCF_RESOURCE_PROVIDER", agent.provider());
    environment.put("OCF_RESKEY_crm_feature_set", "3.16.1");
    environment.put("OCF_RESKEY_CRM_meta_name", action);
    environment.put("LC_ALL", "C");
    return environment;
  }

  private Map<String, String> environment(
      AgentName agent,
      String instance,
      String action,
      Properties properties,
      Duration limit,
      Duration interval) {
    Map<String, String> environment = environment(agent, instance, action);
    environment.put("OCF_RESKEY_CRM_meta_timeout", Long.toString(limit.toMillis()));
    environment.put("OCF_RESKEY_CRM_meta_interval", Long.toString(interval.toMillis()));
    Map<String, List<String>> set = properties.asText();
    for (Property<?> property : properties.description().properties()) {
      var text = set.get(property.name());
      if (text != null && !HostProperties.isOne(property)) {
        environment.put("OCF_RESKEY_" + property.name(), text.get(0));
      }
    }
    return environment;
  }

  /** Makes the folders that agents take for granted, where they are missing. */
  void prepare() throws ResourceException {
    try {
      if (!Files.isDirectory(scratch)) {
        Files.createDirectories(scratch);
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    } catch (IOException e) {
      throw new ResourceException(
          Responsibility.ENVIRONMENT,
          Retry.OTHER_NODE,
          "OcfNoScratch",
          "Agents keep their state in %s (%s), and it cannot be made: %s."
              .formatted(scratch, SCRATCH, e.getMessage()),
          e);
    }
  }
}
