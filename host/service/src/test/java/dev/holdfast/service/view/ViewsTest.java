package dev.holdfast.service.view;

import static dev.holdfast.service.GivenCluster.DIGEST;
import static dev.holdfast.service.GivenCluster.NOW;
import static dev.holdfast.service.GivenCluster.TEST;
import static dev.holdfast.service.GivenCluster.closed;
import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.failed;
import static dev.holdfast.service.GivenCluster.id;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.shared;
import static dev.holdfast.service.GivenCluster.state;
import static dev.holdfast.service.GivenCluster.type;
import static dev.holdfast.service.GivenCluster.with;
import static dev.holdfast.service.GivenCluster.withTypeProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.FailureWindow;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.service.api.ResourceView;
import dev.holdfast.service.archive.PluginStore;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.process.BootTicks;
import dev.holdfast.service.process.FakeProcesses;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.service.slot.ExternalSlots;
import dev.holdfast.service.slot.FakeExternals;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotListener;
import dev.holdfast.service.slot.SlotRecord;
import dev.holdfast.service.slot.SlotStore;
import dev.holdfast.service.slot.SlotView;
import dev.holdfast.service.slot.Slots;
import dev.holdfast.service.type.TypeResolver;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Property;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewsTest {
  @TempDir Path folder;
  private final FakeProcesses processes = new FakeProcesses((_, _) -> {});
  private final Map<SlotKey, SlotRecord> slotRecords = new HashMap<>();
  private final FakeExternals externalRecords = new FakeExternals();
  private Slots slots;
  private ExternalSlots externals;
  private Views views;

  @BeforeEach
  void open() throws IOException {
    Home home = Home.open(folder.resolve("home"));
    slots =
        new Slots(
            home, processes, new Store(slotRecords), new Deaf(), UUID::randomUUID, Runnable::run);
    var types =
        new TypeResolver(
            PluginStore.open(folder.resolve("plugins"), home.unpacked()), Runnable::run);
    externals = new ExternalSlots(externalRecords, "alpha", UUID::randomUUID);
    views =
        new Views(
            () -> NOW,
            "alpha",
            slots,
            externals,
            types,
            _ -> false,
            _ -> Optional.empty(),
            _ -> List.of());
  }

  @AfterEach
  void close() {
    slots.close();
  }

  private ResourceView view(ClusterState state) {
    return views.resource(state, state.findResource("app").orElseThrow());
  }

  private ResourceView view(Phase phase) {
    return view(state(resource(config(2, "app"), phase)));
  }

  private ResourceView viewWith(Map<String, List<String>> properties) {
    return view(
        state(resource(config(2, "app").with(CommonProperties.DEFAULT, properties), online())));
  }

  // ---- a resource ----------------------------------------------------------------------------

  @Test
  void whatIsOnline_isShownWithItsMonitorAndItsProcess() {
    ProcessIdentity process = processes.adopt(4711);
    slotRecords.put(
        new SlotKey(id(2), "main"),
        new SlotRecord(
            new SlotToken("views-test-token"),
            new BootTicks(1, "boot"),
            "TERM",
            Optional.of(process),
            Optional.empty(),
            Optional.empty()));
    slots.takeOver(_ -> Set.of()).join();

    ResourceView view = view(online());

    assertThat(view.name()).isEqualTo("app");
    assertThat(view.group()).isEqualTo("web");
    assertThat(view.type()).isEqualTo("Test");
    assertThat(view.typeStatus()).isEqualTo("Registered");
    assertThat(view.plugin()).isEqualTo("test-plugin");
    assertThat(view.pluginVersion()).isEqualTo("1.0.0");
    assertThat(view.state()).isEqualTo("Online");
    assertThat(view.health()).isEqualTo("Alive");
    assertThat(view.wanted()).isEqualTo("Online");
    assertThat(view.node()).isEqualTo("alpha");
    assertThat(view.monitor()).isEqualTo("shared-0");
    assertThat(view.monitorPid()).isEqualTo(101);
    assertThat(view.pid()).isEqualTo(4711);
    assertThat(view.since()).isEqualTo(NOW);
    assertThat(view.unsupervisedSince()).isNull();
    assertThat(view.lastExit()).isNull();
    assertThat(view.detail()).isNull();
    assertThat(view.unrestored()).isFalse();
  }

  @Test
  void whatItHasElsewhere_isShown() {
    externals.reserve(new SlotKey(id(2), "volume"), "lease-volume", "data-1", 8).join();

    assertThat(view(online()).externals())
        .singleElement()
        .satisfies(
            external -> {
              assertThat(external.slot()).isEqualTo("volume");
              assertThat(external.kind()).isEqualTo("lease-volume");
              assertThat(external.key()).isEqualTo("data-1");
              assertThat(external.epoch()).isEqualTo(8);
              assertThat(external.node()).isEqualTo("alpha");
              assertThat(external.nonce()).isNotBlank();
            });
  }

  @Test
  void whatNoMonitorHolds_hasNone_andSaysSinceWhen() {
    ResourceView view = view(closed(new Phase.Online(NOW)));

    assertThat(view.state()).isEqualTo("Online");
    assertThat(view.health()).isEqualTo("Unknown");
    assertThat(view.monitor()).isNull();
    assertThat(view.monitorPid()).isNull();
    assertThat(view.pid()).isNull();
    assertThat(view.unsupervisedSince()).isEqualTo(NOW);
  }

  @Test
  void whatIsSetAndNotInEffect_isNamed() {
    ResourceConfig config =
        config(2, "app").with(CommonProperties.DEFAULT, Map.of("Port", List.of("81")));
    ClusterResource app =
        resource(config, online()).edit().goingOnWith(Map.of("Port", List.of("80"))).done();

    ResourceView view = view(state(app));

    assertThat(view.properties()).containsEntry("Port", 81L);
    assertThat(view.notInEffect()).containsExactly("Port");
    assertThat(view.detail()).isEqualTo("set, and in effect at the next online: Port");
  }

  @Test
  void whatIsFailed_saysWhy() {
    assertThat(view(failed("port 80 is taken")).detail()).isEqualTo("port 80 is taken");
  }

  @Test
  void failuresAreThoseWithinThePeriod_andTheLastExitIsShownAsItWas() {
    ClusterResource.Draft draft = resource(config(2, "app"), online()).edit();
    var failures = new FailureWindow(List.of(NOW.minusSeconds(901), NOW.minusSeconds(1)));

    ResourceView signalled =
        view(state(draft.counted(failures, 7, 9, Optional.of(new Exit.Signal(11))).done()));
    ResourceView exited =
        view(state(draft.counted(failures, 7, 9, Optional.of(new Exit.Code(3))).done()));
    ResourceView unknown =
        view(state(draft.counted(failures, 7, 9, Optional.of(new Exit.Unknown())).done()));

    assertThat(signalled.failures()).isEqualTo(1);
    assertThat(signalled.restarts()).isEqualTo(7);
    assertThat(signalled.adoptions()).isEqualTo(9);
    assertThat(signalled.lastExit()).isEqualTo(new ResourceView.LastExit(null, 11));
    assertThat(exited.lastExit()).isEqualTo(new ResourceView.LastExit(3, null));
    assertThat(unknown.lastExit()).isEqualTo(new ResourceView.LastExit(null, null));
  }

  @Test
  void whatItDependsOn_isShownByName() {
    ClusterState state =
        state(
            resource(config(1, "db"), online()),
            resource(config(3, "a-disk"), online()),
            resource(config(2, "app", id(1), id(3)), online()));

    assertThat(view(state).dependsOn()).containsExactly("a-disk", "db");
  }

  // ---- its type ------------------------------------------------------------------------------

  @Test
  void aTypeThatIsNotCode_isNeverEmpty_andGoesBeforeAllElse() {
    ClusterState state = state(resource(config(2, "app"), failed("broke")));

    ResourceView missing =
        view(withTypeProblem(state, TypeStatus.PLUGIN_MISSING, "The archive is missing."));
    ResourceView unknown = view(with(state, new TypeRegistration[0]));

    assertThat(missing.type()).isEqualTo("Test");
    assertThat(missing.typeStatus()).isEqualTo("PluginMissing");
    assertThat(missing.detail()).isEqualTo("The archive is missing.");
    assertThat(unknown.type()).isEqualTo("Test");
    assertThat(unknown.typeStatus()).isEqualTo("NotRegistered");
    assertThat(unknown.plugin()).isNull();
    assertThat(unknown.detail()).isEqualTo("the type Test is not registered");
  }

  @Test
  void aType_isShownWithPluginVersionsAndArchive() {
    TypeRegistration.Version first = type(TEST).version();
    var second = new TypeRegistration.Version("test-plugin", "2.0.0", DIGEST, "test.Type", TEST);
    ClusterState state =
        withTypeProblem(
            with(state(), new TypeRegistration("Test", List.of(first, second), "2.0.0")),
            TypeStatus.LOAD_FAILED,
            "A class is missing.");

    assertThat(views.types(state))
        .singleElement()
        .satisfies(
            view -> {
              assertThat(view.plugin()).isEqualTo("test-plugin");
              assertThat(view.pluginVersion()).isEqualTo("2.0.0");
              assertThat(view.versions()).containsExactly("1.0.0", "2.0.0");
              assertThat(view.archive())
                  .isEqualTo(folder.resolve("plugins") + "/" + "0".repeat(64) + ".zip");
              assertThat(view.digest()).isEqualTo(DIGEST);
              assertThat(view.status()).isEqualTo("LoadFailed");
              assertThat(view.detail()).isEqualTo("A class is missing.");
            });
  }

  // ---- properties ----------------------------------------------------------------------------

  @Test
  void properties_areShownByKind_defaultsIncluded() {
    ResourceView view = viewWith(Map.of("Tags", List.of("a", "b"), "Host", List.of("alpha")));

    assertThat(view.properties())
        .containsEntry("Port", 80L)
        .containsEntry("Tags", List.of("a", "b"))
        .containsEntry("Host", "alpha")
        .containsEntry("RestartThreshold", 3L)
        .containsEntry("LooksAlivePollInterval", 4294967295L)
        .containsEntry("SeparateMonitor", false)
        .containsEntry("MaintenanceMode", false)
        .containsEntry("PersistentState", 1L)
        .containsEntry("Description", "")
        .doesNotContainKeys("Password", "Instance");
  }

  @Test
  void aSecret_isNeverShown() {
    assertThat(viewWith(Map.of("Password", List.of("s3cret"))).properties())
        .containsEntry("Password", "********");
    assertThat(viewWith(Map.of("Password", List.of("s3cret"))).toString()).doesNotContain("s3cret");
  }

  @Test
  void aSecret_isNotShownEither_whenNobodyKnowsThatItIsOne() {
    ClusterState state =
        state(
            resource(
                config(2, "app")
                    .with(CommonProperties.DEFAULT, Map.of("Password", List.of("s3cret"))),
                online()));

    assertThat(view(with(state, new TypeRegistration[0])).properties())
        .containsEntry("Password", "********");
    assertThat(viewWith(Map.of("Forgotten", List.of("s3cret"))).properties())
        .containsEntry("Forgotten", "********");
  }

  @Test
  void aTextThatANewerTypeWantsAsANumber_isShownAsItIs_andHidesNoOther() {
    assertThat(viewWith(Map.of("Port", List.of("http"))).properties())
        .containsEntry("Port", "http");
    assertThat(viewWith(Map.of("Port", List.of())).properties()).containsEntry("Port", "");
  }

  @Test
  void aSecretThatANewerTypeSpellsOtherwise_isShownOnceAndMasked() {
    assertThat(viewWith(Map.of("password", List.of("s3cret"), "PORT", List.of("443"))).properties())
        .containsEntry("Password", "********")
        .containsEntry("Port", 443L)
        .doesNotContainKeys("password", "PORT");
  }

  @Test
  void aPropertyWithoutValueOrDefault_isNotShown() {
    Description bare =
        Description.of("Test")
            .lives(TEST.lives())
            .properties(Property.text("Host").build())
            .build();
    ClusterState state = with(state(resource(config(2, "app"), online())), type(bare));

    assertThat(view(state).properties()).doesNotContainKey("Host");
  }

  // ---- groups and monitors -------------------------------------------------------------------

  @Test
  void aGroup_isShownWithItsDerivedStateAndItsResourcesInOrder() {
    ClusterState state =
        state(
            resource(config(1, "db"), online()),
            resource(config(2, "app", id(1)).wanted(false), new Phase.Offline()));

    assertThat(views.groups(state))
        .singleElement()
        .satisfies(
            view -> {
              assertThat(view.name()).isEqualTo("web");
              assertThat(view.state()).isEqualTo("PartialOnline");
              assertThat(view.owner()).isEqualTo("alpha");
              assertThat(view.resources()).containsExactly("db", "app");
            });
  }

  @Test
  void monitors_areShownWithKindStateAndWhatTheyHold() {
    ClusterState state =
        with(
            state(resource(config(2, "app"), online())),
            shared(3),
            new MonitorStatus(
                new MonitorName("own-db"),
                new MonitorStatus.Phase.Waiting(NOW),
                1,
                Optional.empty(),
                4,
                1,
                NOW));

    assertThat(views.monitors(state))
        .extracting("name", "kind", "pid", "state", "resources", "restarts", "epoch")
        .containsExactly(
            tuple("own-db", "separate", null, "Down", List.of(), 4, 1L),
            tuple("shared-0", "shared", 103L, "Ready", List.of("app"), 2, 3L));
  }

  private record Store(Map<SlotKey, SlotRecord> records) implements SlotStore {
    @Override
    public CompletableFuture<Void> write(SlotKey key, SlotRecord slot) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public Map<SlotKey, SlotRecord> readAll() {
      return records;
    }
  }

  private static final class Deaf implements SlotListener {
    @Override
    public void started(SlotKey key, ProcessIdentity process) {}

    @Override
    public void adopted(SlotKey key, ProcessIdentity process) {}

    @Override
    public void ended(SlotKey key, SlotView slot, Exit exit) {}

    @Override
    public void killed(SlotKey key, ProcessIdentity process, StopOutcome outcome) {}
  }
}
