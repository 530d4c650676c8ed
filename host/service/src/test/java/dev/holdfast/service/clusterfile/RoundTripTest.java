package dev.holdfast.service.clusterfile;

import static dev.holdfast.service.GivenCluster.NOW;
import static dev.holdfast.service.GivenCluster.TEST;
import static dev.holdfast.service.GivenCluster.type;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.checkpoint.DriftPolicy;
import dev.holdfast.checkpoint.RestorePolicy;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.Decisions;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.GroupId;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.GivenCluster;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Property;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Of any cluster: what is exported changes nothing when it is applied; applied to nothing, it makes
 * the same cluster; and it is what the schema says. The name of a case is its seed.
 */
class RoundTripTest {
  private static final int CASES = 200;

  /** With a property of each kind, and common names in it. */
  private static final Description OTHER =
      Description.of("Other type")
          .lives(TEST.lives())
          .properties(
              Property.text("Command").required().build(),
              Property.duration("Grace").defaultsTo(Duration.ofSeconds(5)).build(),
              Property.size("Memory").build(),
              Property.path("Folder").build(),
              Property.choice("Mode").oneOf("fast", "safe").build(),
              Property.text("Description").build())
          .build();

  static LongStream seeds() {
    return LongStream.range(0, CASES);
  }

  private record Given(ClusterState state, KnownCheckpoints checkpoints) {}

  @ParameterizedTest
  @MethodSource("seeds")
  void exportAndApply(long seed) {
    Given given = cluster(new Random(seed));
    Map<String, Object> exported = throughJson(Exporter.export(given.state, given.checkpoints));

    assertThat(schemaErrors(given.state, exported)).as("what the schema has against it").isEmpty();
    Plan same = plan(given.state, given.checkpoints, exported, true);
    assertThat(same.changes()).isEmpty();
    assertThat(same.configuration()).isEmpty();

    Given wiped = new Given(empty(), new KnownCheckpoints());
    Given again = apply(wiped, plan(wiped.state, wiped.checkpoints, exported, false));
    assertThat(throughJson(Exporter.export(again.state, again.checkpoints))).isEqualTo(exported);
    assertThat(plan(again.state, again.checkpoints, exported, true).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void exportWhileATypeIsGone(long seed) {
    Given given = cluster(new Random(seed));
    ClusterState without = GivenCluster.with(given.state, type(TEST));

    Map<String, Object> exported = throughJson(Exporter.export(without, given.checkpoints));

    assertThat(plan(without, given.checkpoints, exported, true).changes()).isEmpty();
    assertThat(exported.toString()).doesNotContain("MaintenanceMode");
  }

  /** From any cluster to any other, in one go; and then there is nothing left to do. */
  @ParameterizedTest
  @MethodSource("seeds")
  void exportOfAnother(long seed) {
    Given wanted = cluster(new Random(seed));
    Given given = cluster(new Random(seed + 1_000_000));
    Map<String, Object> exported = throughJson(Exporter.export(wanted.state, wanted.checkpoints));
    if (wanted.state.groups().isEmpty()) {
      return; // nothing is pruned by nothing
    }

    Given after = apply(given, plan(given.state, given.checkpoints, exported, true));

    assertThat(plan(after.state, after.checkpoints, exported, true).changes()).isEmpty();
    assertThat(after.state.resources()).hasSameSizeAs(wanted.state.resources());
  }

  private static Map<String, Object> throughJson(Map<String, Object> document) {
    return JsonMapper.shared()
        .readerFor(LinkedHashMap.class)
        .readValue(JsonMapper.shared().writeValueAsBytes(document));
  }

  private static Plan plan(
      ClusterState state, KnownCheckpoints saved, Map<String, Object> document, boolean prune) {
    return Planner.of(
            document, prune && !state.groups().isEmpty(), saved, new NewIds(UUID::randomUUID))
        .plan(state);
  }

  private static List<String> schemaErrors(ClusterState state, Map<String, Object> document) {
    JsonNode schema = JsonMapper.shared().valueToTree(FileSchema.of(state.types().values()));
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema)
        .validate(JsonMapper.shared().<JsonNode>valueToTree(document))
        .stream()
        .map(Object::toString)
        .toList();
  }

  // ---- as the service would
  // ------------------------------------------------------------------------

  private static Given apply(Given given, Plan plan) {
    List<ClusterEvent> events = plan.events(EnumSet.allOf(Step.class));
    ClusterState after = new Decisions(Duration.ZERO).on(given.state, events, NOW).state();
    var saved = new KnownCheckpoints();
    for (ResourceId id : after.resources().keySet()) {
      given.checkpoints.of(id).stream()
          .filter(
              each ->
                  plan.removed().stream()
                      .noneMatch(
                          removed ->
                              removed.resource().equals(id)
                                  && removed.number() == each.id().number()))
          .forEach(
              each ->
                  saved.add(
                      id,
                      each.subject(),
                      plan.configured().stream()
                          .filter(c -> c.resource().equals(id) && c.number() == each.id().number())
                          .map(Plan.Configured::settings)
                          .findFirst()
                          .orElse(each.settings())));
    }
    plan.added()
        .forEach(
            added ->
                saved.add(
                    added.resource(), added.checkpoint().subject(), added.checkpoint().settings()));
    return new Given(after, saved);
  }

  // ---- clusters
  // ------------------------------------------------------------------------------------

  private static ClusterState empty() {
    return ClusterState.remembered(List.of(), List.of(type(TEST), type(OTHER)), List.of());
  }

  private static Given cluster(Random random) {
    List<ClusterEvent> events = new ArrayList<>();
    var saved = new KnownCheckpoints();
    Set<ResourceId> online = new HashSet<>();
    for (int g = 0; g < random.nextInt(4); g++) {
      var group =
          new GroupConfig(
              new GroupId(new UUID(random.nextLong(), 1)), name("group", g, random), text(random));
      events.add(new ClusterEvent.GroupPut(group));
      List<ResourceConfig> made = new ArrayList<>();
      for (int r = 0; r < random.nextInt(6); r++) {
        ResourceConfig config = resource(random, group, g * 10 + r, made);
        made.add(config);
        events.add(new ClusterEvent.ResourceCreated(config));
        if (random.nextInt(3) == 0) {
          online.add(config.id());
        }
        checkpoints(random, config.id(), saved);
      }
    }
    events.add(new ClusterEvent.Wanted(List.copyOf(online), true));
    return new Given(new Decisions(Duration.ZERO).on(empty(), events, NOW).state(), saved);
  }

  private static String name(String what, int number, Random random) {
    List<String> odd = List.of("", " zwei", "#", " - x", "ä→", ".0", "'q\"");
    return what + number + odd.get(random.nextInt(odd.size()));
  }

  private static String text(Random random) {
    List<String> texts =
        List.of(
            "",
            "plain",
            "two words",
            "no",
            "null",
            "0123",
            "1.10",
            "~",
            "# not a comment",
            "a: b",
            "line\nbreak",
            "tab\there",
            "'quoted'",
            "{}",
            "*x",
            "ünïcödé 🚀",
            " blanks ",
            "-1",
            "true");
    return texts.get(random.nextInt(texts.size()));
  }

  private static ResourceConfig resource(
      Random random, GroupConfig group, int number, List<ResourceConfig> made) {
    boolean other = random.nextBoolean();
    Map<String, List<String>> own = new LinkedHashMap<>();
    if (other) {
      own.put("Command", List.of("run " + text(random)));
      maybe(random, own, "Grace", "90s");
      maybe(random, own, "Memory", "64MiB");
      maybe(random, own, "Folder", "/srv/" + number);
      maybe(random, own, "Mode", "safe");
      maybe(random, own, "Description", text(random));
    } else {
      maybe(random, own, "Port", Integer.toString(1 + random.nextInt(65535)));
      maybe(random, own, "Host", text(random));
      own.put("Instance", List.of("fixed " + number % 2));
      if (random.nextBoolean()) {
        own.put(
            "Tags",
            IntStream.rangeClosed(0, random.nextInt(3)).mapToObj(_ -> text(random)).toList());
      }
    }
    CommonProperties common = CommonProperties.DEFAULT;
    for (Map.Entry<String, String> each :
        Map.of(
                "RestartThreshold", "-1",
                "RestartDelay", "0",
                "RestartAction", "0",
                "PendingTimeout", "12345",
                "IsAlivePollInterval", "1000",
                "SeparateMonitor", "1",
                "MaintenanceMode", "1")
            .entrySet()) {
      if (random.nextInt(4) == 0) {
        common = common.with(each.getKey(), each.getValue());
      }
    }
    if (!other) {
      common = common.with("Description", text(random));
    }
    Set<ResourceId> providers = new HashSet<>();
    made.stream()
        .filter(_ -> random.nextInt(3) == 0)
        .forEach(provider -> providers.add(provider.id()));
    return new ResourceConfig(
        new ResourceId(new UUID(random.nextLong(), 2)),
        name((other ? "other" : "test"), number, random),
        other ? "Other type" : "Test",
        group.id(),
        providers,
        false,
        common,
        own);
  }

  private static void maybe(
      Random random, Map<String, List<String>> properties, String name, String text) {
    if (random.nextBoolean()) {
      properties.put(name, List.of(text));
    }
  }

  private static void checkpoints(Random random, ResourceId id, KnownCheckpoints saved) {
    for (int i = 0; i < random.nextInt(3); i++) {
      boolean file = random.nextBoolean();
      Duration delay = Duration.ofMillis(random.nextInt(3) * 1500L);
      saved.add(
          id,
          file
              ? new Subject(Subject.Kind.FILE, "/etc/x" + i, List.of("*.log"))
              : new Subject(Subject.Kind.REGISTRY, "Software\\X" + i, List.of()),
          random.nextBoolean()
              ? CheckpointSettings.DEFAULT
              : new CheckpointSettings(
                  RestorePolicy.FAIL,
                  DriftPolicy.ADOPT,
                  1 + random.nextInt(20),
                  delay.dividedBy(2),
                  delay,
                  Duration.ofMinutes(random.nextInt(3))));
    }
  }
}
