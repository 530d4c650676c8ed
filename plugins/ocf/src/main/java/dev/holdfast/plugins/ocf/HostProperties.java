package dev.holdfast.plugins.ocf;

import dev.holdfast.spi.Property;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The properties that every agent's type has beside the agent's own parameters: how long its
 * actions may take, and how thoroughly it is asked. Their defaults are what the agent's meta-data
 * says. The agent does not know them: each call reads them anew, and they can be changed at any
 * time.
 */
final class HostProperties {
  /** Where meta-data says nothing: Pacemaker's own default. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static final int DEPTH = 10;
  private static final int DEPTH_MAX = 1000;

  static final Property<Duration> START_TIMEOUT =
      timeout("StartTimeout", TIMEOUT, "How long start may take; PendingTimeout must be longer.");
  static final Property<Duration> STOP_TIMEOUT =
      timeout("StopTimeout", TIMEOUT, "How long stop may take; PendingTimeout must be longer.");
  static final Property<Duration> LOOKS_ALIVE_TIMEOUT =
      timeout(
          "LooksAliveTimeout", TIMEOUT, "How long the plain monitor may take; then it has failed.");
  static final Property<Duration> IS_ALIVE_TIMEOUT =
      timeout(
          "IsAliveTimeout",
          TIMEOUT,
          "How long the monitor of depth IsAliveDepth may take; then it has failed.");
  static final Property<Duration> RELOAD_TIMEOUT =
      timeout(
          "ReloadTimeout",
          TIMEOUT,
          "How long reload-agent may take, which puts changed parameters in effect; PendingTimeout"
              + " must be longer.");
  static final Property<Integer> IS_ALIVE_DEPTH = depth(0);

  private static final List<Property<?>> ALL =
      List.of(
          START_TIMEOUT,
          STOP_TIMEOUT,
          LOOKS_ALIVE_TIMEOUT,
          IS_ALIVE_TIMEOUT,
          RELOAD_TIMEOUT,
          IS_ALIVE_DEPTH);

  private HostProperties() {}

  /** Whether a property of this name is one of these, and no parameter of the agent. */
  static boolean isOne(Property<?> property) {
    return isName(property.name());
  }

  static boolean isName(String name) {
    return ALL.stream().anyMatch(own -> own.name().equalsIgnoreCase(name));
  }

  /** Those of one agent. */
  static List<Property<?>> of(MetaData agent) {
    int depth = agent.action("monitor", DEPTH).isPresent() ? DEPTH : 0;
    Duration plain = timeout(agent, "monitor", 0);
    List<Property<?>> properties = new ArrayList<>();
    properties.add(timeout("StartTimeout", timeout(agent, "start", 0), START_TIMEOUT.help()));
    properties.add(timeout("StopTimeout", timeout(agent, "stop", 0), STOP_TIMEOUT.help()));
    properties.add(timeout("LooksAliveTimeout", plain, LOOKS_ALIVE_TIMEOUT.help()));
    properties.add(
        timeout(
            "IsAliveTimeout",
            depth == 0 ? plain : timeout(agent, "monitor", depth),
            IS_ALIVE_TIMEOUT.help()));
    if (agent.reloadsAgent()) {
      Duration reload = timeout(agent, MetaData.RELOAD_AGENT, 0);
      properties.add(timeout("ReloadTimeout", reload, RELOAD_TIMEOUT.help()));
    }
    properties.add(depth(depth));
    return List.copyOf(properties);
  }

  static Duration timeout(MetaData agent, String action, int depth) {
    return agent.action(action, depth).flatMap(MetaData.Action::timeout).orElse(TIMEOUT);
  }

  private static Property<Duration> timeout(String name, Duration value, String help) {
    return Property.duration(name)
        .range(Duration.ofMillis(100), Duration.ofDays(1))
        .defaultsTo(value)
        .effect(Property.Effect.LIVE)
        .help(help)
        .build();
  }

  private static Property<Integer> depth(int value) {
    return Property.integer("IsAliveDepth")
        .range(0, DEPTH_MAX)
        .defaultsTo(value)
        .effect(Property.Effect.LIVE)
        .help("OCF_CHECK_LEVEL of IsAlive; LooksAlive has 0. An agent may know deeper ones.")
        .build();
  }
}
