package dev.holdfast.service.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.ClusterFileApi;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.Outcome;
import dev.holdfast.service.api.RegistryHandleView;
import dev.holdfast.service.checkpoint.CheckpointDesk;
import dev.holdfast.service.registry.HomeOwner;
import dev.holdfast.service.registry.LoadedHives;
import dev.holdfast.service.registry.LocalHives;
import dev.holdfast.service.registry.Registry;
import dev.holdfast.service.registry.RegistryListener;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Documents against real decisions; monitors and processes are the test's own. */
class ClusterFilesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Caller CALLER = new Caller(1, 0, 0, List.of(), "root");
  private static final String PAIR =
      "[{'name':'web','wanted':'Online','resources':[{'name':'app','type':'Test','dependsOn':['db'],"
          + "'properties':{'Host':'alpha'}},{'name':'db','type':'Test'}]}]";

  @TempDir Path folder;
  private FakeNode node;
  private LocalHives hives;
  private LoadedHives loaded;
  private Registry registry;
  private ClusterFileApi files;

  @BeforeEach
  void open() throws Exception {
    node = new FakeNode(folder);
    hives = LocalHives.open(folder, InstantSource.system(), UnaryOperator.identity());
    loaded =
        LoadedHives.open(
            folder.resolve("loaded"), InstantSource.system(), UnaryOperator.identity());
    registry =
        new Registry(
            hives.mounted(),
            loaded,
            new HomeOwner(0, 0),
            _ -> Optional.empty(),
            new NobodyListens(),
            InstantSource.system());
    files =
        node.commands.clusterFile(
            new CheckpointDesk(node.checkpoints, registry, node.loop::state), () -> 7);
    assertThat(
            node.commands
                .submit(new Command.RegisterType(node.archive()), new Asker("root", false))
                .await(PATIENCE))
        .isPresent();
  }

  @AfterEach
  void close() throws Exception {
    registry.close();
    loaded.close();
    hives.close();
    node.close();
  }

  private static final class NobodyListens implements RegistryListener {
    @Override
    public void denied(Caller caller, String key, String resolvedKey, String reason) {}

    @Override
    public void closed(Caller caller, RegistryHandleView handle) {}
  }

  private static Map<String, Object> document(String groups) {
    return JsonMapper.shared()
        .readerFor(Map.class)
        .readValue(
            "{\"apiVersion\":\"holdfast/v1\",\"kind\":\"Cluster\",\"groups\":%s}"
                .formatted(groups.replace('\'', '"')));
  }

  private Operation apply(String groups, boolean prune) {
    return files.apply(document(groups), prune, CALLER, new Asker("root", false));
  }

  private String done(Operation operation) throws InterruptedException {
    Outcome outcome = operation.await(PATIENCE).orElseThrow();
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done) outcome).message();
  }

  private ClusterResource resource(String name) {
    return node.loop.state().findResource(name).orElseThrow();
  }

  private List<String> told(Operation operation) {
    return operation.lines().stream().map(line -> line.subject() + ": " + line.text()).toList();
  }

  @Test
  void aDocumentIsApplied_andIsSoThen() throws Exception {
    Operation operation = apply(PAIR, false);

    assertThat(done(operation)).isEqualTo("3 created, 0 changed, 0 deleted");
    assertThat(told(operation))
        .contains("web: created, group", "db: created: type Test, wanted Online")
        .anyMatch(line -> line.startsWith("app: Online"));
    assertThat(resource("app").state()).isEqualTo(ResourceState.ONLINE);
    assertThat(files.diff(document(PAIR), true).changes()).isEmpty();
    assertThat(done(apply(PAIR, true))).isEqualTo("nothing to change");
    assertThat(node.onlines).hasValue(2);
  }

  @Test
  void whatRuns_isPrunedOnceItIsOffline() throws Exception {
    done(apply(PAIR, false));

    assertThat(done(apply("[{'name':'mail'}]", true))).isEqualTo("1 created, 0 changed, 3 deleted");

    assertThat(node.loop.state().resources()).isEmpty();
    assertThat(node.loop.state().groups().values()).hasSize(1);
    assertThat(node.running).isEmpty();
  }

  @Test
  void whatATypeRefuses_isToldWithItsPlace_andNothingIsChanged() {
    ApiException.Invalid refused =
        assertThatExceptionOfType(ApiException.Invalid.class)
            .isThrownBy(() -> apply(PAIR.replace("alpha", "forbidden"), false))
            .actual();

    assertThat(refused.problems())
        .containsExactly(
            new ApiException.Invalid.Problem(
                "Host", "Host is not allowed here.", "/groups/0/resources/0/properties/Host"));
    assertThat(node.loop.state().groups()).isEmpty();
  }

  @Test
  void aDryRun_tellsAndChangesNothing() throws Exception {
    Operation operation = files.apply(document(PAIR), false, CALLER, new Asker("root", true));

    assertThat(done(operation)).isEqualTo("nothing was changed");
    assertThat(told(operation)).contains("web: would be created, group");
    assertThat(node.loop.state().groups()).isEmpty();
  }

  @Test
  void whileOneIsApplied_anotherIsRefused() throws Exception {
    var refused = new AtomicReference<RuntimeException>();
    node.whileValidating =
        () -> {
          try {
            var _ = apply("[{'name':'mail'}]", false);
          } catch (ApiException.Conflict e) {
            refused.set(e);
          }
        };

    done(apply(PAIR, false));

    assertThat(refused.get())
        .isInstanceOfSatisfying(
            ApiException.Conflict.class, e -> assertThat(e.code()).isEqualTo("ApplyRunning"));
    assertThat(node.loop.state().findGroup("mail")).isEmpty();
  }

  @Test
  void whatSomebodyChangedMeanwhile_isAConflict_andNothingIsChanged() throws Exception {
    node.whileValidating =
        () -> {
          node.whileValidating = () -> {};
          var _ = node.commands.submit(new Command.CreateGroup("web"), new Asker("root", false));
        };

    ApiException.Conflict refused =
        assertThatExceptionOfType(ApiException.Conflict.class)
            .isThrownBy(() -> apply(PAIR, false))
            .actual();

    assertThat(refused.code()).isEqualTo("ChangedMeanwhile");
    assertThat(node.loop.state().resources()).isEmpty();
    assertThat(done(apply(PAIR, false))).isEqualTo("2 created, 0 changed, 0 deleted");
  }

  @Test
  void anOnlineThatFails_isTheOutcome_andTheConfigurationStays() throws Exception {
    done(apply(PAIR.replace("Online", "Offline"), false));
    node.broken.add(resource("db").id());
    String once =
        PAIR.replace(
            "'name':'db','type':'Test'",
            "'name':'db','type':'Test','properties':{'RestartThreshold':0,'RetryPeriodOnFailure':-1}");

    Outcome outcome = apply(once, false).await(PATIENCE).orElseThrow();

    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(((Outcome.Failed) outcome).refusal().getMessage()).contains("db is Failed");
    assertThat(files.diff(document(once), false).changes()).isEmpty();
  }

  @Test
  void ofManyAtOnce_eachIsWholeOrRefused() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<RuntimeException> refusals = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 8; i++) {
      String groups = "[{'name':'g%d'},{'name':'h%d'}]".formatted(i, i);
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      var _ = apply(groups, true);
                    } catch (ApiException.Conflict e) {
                      refusals.add(e);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(refusals.size()).isLessThan(8);
    assertThat(node.loop.state().groups().values())
        .extracting(group -> group.name().substring(1))
        .hasSize(2)
        .containsOnly(node.loop.state().groups().values().iterator().next().name().substring(1));
  }
}
