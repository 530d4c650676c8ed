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

  /** From the environment of the cluster service, or where distributions have them. */
  static AgentRuntime ofEnvironment(Map<String, String> environment) {
    return new AgentRuntime(
        Path.of(environment.getOrDefault(ROOT, "/usr/lib/ocf")),
        Path.of(environment.getOrDefault(SCRATCH, "/run/resource-agents")));
  }

  /** The agent's action, without parameters: {@code meta-data}. */
  Launch action(AgentName agent, String instance, String action) {
    return Launch.of(agent.file(root).toString(), action)
        .with(ROOT, root.toString())
        .with(SCRATCH, scratch.toString())
        .with("OCF_RA_VERSION_MAJOR", "1")
        .with("OCF_RA_VERSION_MINOR", "1")
        .with("OCF_RESOURCE_INSTANCE", instance)
        .with("OCF_RESOURCE_TYPE", agent.agent())
        .with("OCF_RESOURCE_PROVIDER", agent.provider())
        .with("OCF_RESKEY_crm_feature_set", "3.16.1")
        .with("OCF_RESKEY_CRM_meta_name", action)
        .with("LC_ALL", "C");
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
    Launch launch =
        action(agent, instance, action)
            .with("OCF_RESKEY_CRM_meta_timeout", Long.toString(limit.toMillis()))
            .with("OCF_RESKEY_CRM_meta_interval", Long.toString(interval.toMillis()));
    for (Property<?> property : properties.description().properties()) {
      var text = properties.asText().get(property.name());
      if (text != null && !HostProperties.isOne(property)) {
        launch = launch.with("OCF_RESKEY_" + property.name(), text.get(0));
      }
    }
    return launch;
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
