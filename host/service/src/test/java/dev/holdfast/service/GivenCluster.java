package dev.holdfast.service;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.FailureWindow;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.GroupId;
import dev.holdfast.cluster.HealthState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.spi.Control;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Timings;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What tests begin with: the group {@code web}, the type {@code Test}, one shared monitor. */
public final class GivenCluster {
  public static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  public static final GroupConfig WEB = new GroupConfig(new GroupId(new UUID(1, 1)), "web", "");
  public static final String DIGEST = "sha256:" + "0".repeat(64);

  /** A type with a property of each kind that matters here. */
  public static final Description TEST =
      Description.of("Test")
          .lives(Lives.ON_NODE)
          .properties(
              Property.integer("Port").range(1, 65535).defaultsTo(80).build(),
              Property.text("Host").build(),
              Property.secret("Password").build(),
              Property.list("Tags").build(),
              Property.text("Instance").effect(Property.Effect.FIXED).build(),
              Property.text("Banner").effect(Property.Effect.LIVE).build())
          .controls(
              Control.of("Rotate")
                  .parameters(Property.integer("keep").range(0, 9).required().build())
                  .build(),
              Control.of("Status").whileOffline().readOnly().build())
          .build();

  private GivenCluster() {}

  public static ResourceId id(int number) {
    return new ResourceId(new UUID(0, number));
  }

  /** A resource's configuration; wanted Online. */
  public static ResourceConfig config(int number, String name, ResourceId... dependsOn) {
    return new ResourceConfig(
        id(number),
        name,
        "Test",
        WEB.id(),
        Set.of(dependsOn),
        true,
        CommonProperties.DEFAULT,
        Map.of());
  }

  public static Phase online() {
    return new Phase.Online(NOW.plusSeconds(600));
  }

  public static Phase goingOnline() {
    return new Phase.GoingOnline(NOW.plusSeconds(180), NOW.plusSeconds(600));
  }

  public static Phase failed(String why) {
    return new Phase.Failed(why, Optional.empty());
  }

  /** What a monitor's death leaves of it. */
  public static Phase closed(Phase.Memory memory) {
    return new Phase.Closed(memory);
  }

  /** A resource in a phase, held by its monitor where the phase says so. */
  public static ClusterResource resource(ResourceConfig config, Phase phase) {
    return resource(config, phase, Lives.ON_NODE);
  }

  /** The same of a type that lives elsewhere. */
  public static ClusterResource elsewhere(ResourceConfig config, Phase phase) {
    return resource(config, phase, Lives.ELSEWHERE);
  }

  private static ClusterResource resource(ResourceConfig config, Phase phase, Lives lives) {
    boolean held = !(phase instanceof Phase.Closed);
    return new ClusterResource(
        config,
        lives,
        Timings.DEFAULT,
        phase,
        2,
        phase instanceof Phase.Online ? HealthState.ALIVE : HealthState.UNKNOWN,
        phase instanceof Phase.Failed(String why, _) ? why : "",
        NOW,
        FailureWindow.EMPTY,
        0,
        0,
        Optional.empty(),
        held ? Optional.empty() : Optional.of(NOW),
        held ? Optional.of(config.monitor()) : Optional.empty(),
        false,
        false,
        Optional.empty(),
        false);
  }

  /** These resources, in the group {@code web}; the shared monitor is Ready, in its first life. */
  public static ClusterState state(ClusterResource... resources) {
    return with(
        ClusterState.remembered(List.of(WEB), List.of(type(TEST)), Arrays.asList(resources)),
        shared(1));
  }

  public static TypeRegistration type(Description description) {
    return new TypeRegistration(
        description.registeredName(),
        List.of(
            new TypeRegistration.Version("test-plugin", "1.0.0", DIGEST, "test.Type", description)),
        "1.0.0");
  }

  public static MonitorStatus shared(long epoch) {
    return shared(epoch, new MonitorStatus.Phase.Ready());
  }

  public static MonitorStatus shared(long epoch, MonitorStatus.Phase phase) {
    return new MonitorStatus(
        MonitorName.SHARED, phase, epoch, Optional.of(100 + (int) epoch), epoch - 1, 0, NOW);
  }

  /** The state with one resource added or in place of what it was. */
  public static ClusterState with(ClusterState state, ClusterResource resource) {
    var resources = new LinkedHashMap<>(state.resources());
    resources.put(resource.id(), resource);
    return state(state, state.mode(), resources);
  }

  public static ClusterState without(ClusterState state, ResourceId id) {
    var resources = new LinkedHashMap<>(state.resources());
    resources.remove(id);
    return state(state, state.mode(), resources);
  }

  public static ClusterState stopping(ClusterState state) {
    return state(state, ClusterState.Mode.STOPPING, state.resources());
  }

  private static ClusterState state(
      ClusterState state, ClusterState.Mode mode, Map<ResourceId, ClusterResource> resources) {
    return new ClusterState(
        mode,
        state.groups(),
        state.types(),
        state.typeProblems(),
        ImmutableMap.copyOf(resources),
        state.monitors());
  }

  public static ClusterState with(ClusterState state, MonitorStatus... monitors) {
    var all = ImmutableSortedMap.<MonitorName, MonitorStatus>naturalOrder();
    Arrays.stream(monitors).forEach(monitor -> all.put(monitor.name(), monitor));
    return new ClusterState(
        state.mode(),
        state.groups(),
        state.types(),
        state.typeProblems(),
        state.resources(),
        all.build());
  }

  public static ClusterState with(ClusterState state, TypeRegistration... types) {
    var all = ImmutableSortedMap.<String, TypeRegistration>naturalOrder();
    Arrays.stream(types).forEach(type -> all.put(type.name().toLowerCase(Locale.ROOT), type));
    return new ClusterState(
        state.mode(),
        state.groups(),
        all.build(),
        state.typeProblems(),
        state.resources(),
        state.monitors());
  }

  public static ClusterState withTypeProblem(ClusterState state, TypeStatus status, String detail) {
    return new ClusterState(
        state.mode(),
        state.groups(),
        state.types(),
        ImmutableMap.of("test", new ClusterState.TypeProblem(status, detail)),
        state.resources(),
        state.monitors());
  }
}
