package dev.holdfast.service.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.checkpoint.Sources;
import dev.holdfast.checkpoint.file.FileTree;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ResourceId;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert;
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
  void whatChangesWhileItRuns_isWaitedFor_andWhatCouldNot_isTheOutcome() throws Exception {
    String banner = PAIR.replace("'Host':'alpha'", "'Host':'alpha','Banner':'%s'");
    done(apply(banner.formatted("hi"), false));

    assertThat(done(apply(banner.formatted("ho"), false)))
        .isEqualTo("0 created, 1 changed, 0 deleted");
    assertThat(resource("app").notInEffect()).isEmpty();

    node.broken.add(resource("app").id());
    assertThat(failed(apply(banner.formatted("hey"), false)))
        .hasMessage(
            "Banner of app could not be changed while it is Online: the disk is full. What was set"
                + " stays set, and takes effect at the next online.");
    assertThat(resource("app").state()).isEqualTo(ResourceState.ONLINE);
    assertThat(files.diff(document(banner.formatted("hey")), false).changes()).isEmpty();
  }

  // ---- in steps
  // ----------------------------------------------------------------------------------

  private static final Asker ROOT = new Asker("root", false);

  private ApiException failed(Operation operation) throws InterruptedException {
    Outcome outcome = operation.await(PATIENCE).orElseThrow();
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed) outcome).refusal();
  }

  /** Has applies go on beside the test, which waits for nothing then. */
  private Operation beside(String groups) {
    node.executor = step -> Thread.ofVirtual().start(step);
    return apply(groups, true);
  }

  private void end(ResourceId id) {
    node.stubborn.remove(id);
    node.ended(id);
  }

  @Test
  void whatSomebodyMakesDependOnWhatGoesOffline_isNotLeftWithoutIt() throws Exception {
    done(apply(PAIR, false));
    ResourceId db = resource("db").id();
    node.stubborn.add(db);
    Operation operation = beside("[{'name':'mail'}]");
    node.awaitState(db, ResourceState.OFFLINE_PENDING);

    done(
        node.commands.submit(
            new Command.CreateResource("x", "Test", "web", Map.of(), false, List.of("db")), ROOT));
    end(db);

    assertThat(failed(operation).getMessage())
        .startsWith("db was not deleted: x depends on it, which was not so before")
        .contains("apply it again");
    assertThat(node.loop.state().resources().values())
        .extracting(each -> each.config().name())
        .containsExactlyInAnyOrder("app", "db", "x");
  }

  /** A group is no emptier. */
  @Test
  void aGroupThatSomebodyPutSomethingInto_isNotDeletedUnderIt() throws Exception {
    done(apply(PAIR, false));
    ResourceId db = resource("db").id();
    node.stubborn.add(db);
    Operation operation = beside("[{'name':'mail'}]");
    node.awaitState(db, ResourceState.OFFLINE_PENDING);

    done(
        node.commands.submit(
            new Command.CreateResource("x", "Test", "web", Map.of(), false, List.of()), ROOT));
    end(db);

    assertThat(failed(operation).code()).isEqualTo("GroupNotEmpty");
    assertThat(node.loop.state().findGroup("web")).isPresent();
  }

  /** Nobody else waits for it, and who applied meanwhile is not overrun. */
  @Test
  void whileOneWaitsForAnOffline_anotherIsApplied_andSupersedesIt() throws Exception {
    done(apply(PAIR, false));
    ResourceId db = resource("db").id();
    node.stubborn.add(db);
    Operation operation =
        beside("[{'name':'mail','wanted':'Online','resources':[{'name':'m','type':'Test'}]}]");
    node.awaitState(db, ResourceState.OFFLINE_PENDING);

    done(apply("[{'name':'third'}]", false));
    end(db);

    assertThat(failed(operation).code()).isEqualTo("Superseded");
    assertThat(node.loop.state().findResource("db")).isPresent();
    assertThat(resource("m").state()).isEqualTo(ResourceState.OFFLINE);
  }

  @Test
  void whatTakesThePlaceOfWhatIsPruned_comesOnlineOnceThatIsGone() throws Exception {
    String single = "[{'name':'web','wanted':'Online','resources':[{'name':'%s','type':'Test'}]}]";
    done(apply(single.formatted("db"), false));
    ResourceId db = resource("db").id();
    node.stubborn.add(db);

    Operation operation = beside(single.formatted("database"));
    node.awaitState(db, ResourceState.OFFLINE_PENDING);

    assertThat(resource("database").config().wantedOnline()).isFalse();
    end(db);
    assertThat(done(operation)).isEqualTo("1 created, 0 changed, 1 deleted");
    assertThat(resource("database").state()).isEqualTo(ResourceState.ONLINE);
    assertThat(told(operation))
        .containsOnlyOnce("db: deleted; taken offline first")
        .containsSubsequence(
            "database: created: type Test",
            "db: OfflinePending",
            "database: changed: wanted Online");
  }

  @Test
  void eachTypeIsAskedItself_alsoAboutTheSameTexts() throws Exception {
    done(
        apply(
            "[{'name':'web','resources':[{'name':'a','type':'Test'},{'name':'b','type':'Test'},{'name':'c','type':'Single'}]}]",
            false));

    assertThat(node.validated).hasValue(2);
  }

  private String withCheckpoint(String resources, Path file) {
    return "[{'name':'web','wanted':'Online','resources':[%s{'name':'app','type':'Test'%s,'checkpoints':[{'file':'%s'}]}]}]"
        .formatted(resources, resources.isEmpty() ? "" : ",'dependsOn':['disk']", file);
  }

  private void filesAreKept() throws Exception {
    node.sources = subject -> new FileTree(Path.of(subject.path()), subject.excludes(), folder);
    done(
        apply(
            "[{'name':'web','wanted':'Online','resources':[{'name':'app','type':'Test'}]}]",
            false));
    node.keep(resource("app").id());
  }

  /** Nothing that runs goes offline for a file whose checkpoints cannot be. */
  @Test
  void whenACheckpointCannotBe_whatRunsDoesNotGoOffline_andNoneIsRemoved() throws Exception {
    filesAreKept();
    Path old = Files.writeString(folder.resolve("old.conf"), "a");
    Path fresh = Files.writeString(folder.resolve("new.conf"), "b");
    assertThat(told(apply(withCheckpoint("", old), false)))
        .contains("app: created, checkpoint file:" + old);
    var reads = new AtomicInteger();
    Sources sources = node.sources;
    node.sources =
        subject -> {
          if (subject.path().equals(fresh.toString()) && reads.incrementAndGet() > 2) {
            try {
              Files.deleteIfExists(fresh);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
          return sources.of(subject);
        };

    Operation operation = apply(withCheckpoint("{'name':'disk','type':'Test'},", fresh), true);

    assertThat(failed(operation).getMessage())
        .contains(fresh.toString(), "nothing was deleted, brought online or taken offline");
    assertThat(resource("app").state()).isEqualTo(ResourceState.ONLINE);
    assertThat(resource("app").config().dependsOn()).isEmpty();
    assertThat(told(operation)).noneMatch(line -> line.contains("deleted"));
    assertThat(node.checkpoints.store().of(resource("app").id().toString()))
        .as("the old one stays")
        .singleElement()
        .satisfies(each -> assertThat(each.subject().path()).isEqualTo(old.toString()));
    node.sources = sources;
    var _ = Files.writeString(fresh, "b");
    done(apply(withCheckpoint("{'name':'disk','type':'Test'},", fresh), true));
    assertThat(resource("app").config().dependsOn()).containsExactly(resource("disk").id());
    assertThat(resource("app").state()).isEqualTo(ResourceState.ONLINE);
  }

  @Test
  void aDiffAndADryRun_areRefusedForWhatAnApplyIs() throws Exception {
    done(apply(PAIR.replace("Online", "Offline"), false));
    done(node.commands.submit(new Command.UnregisterType("Test", true), ROOT));

    for (ThrowableAssert.ThrowingCallable each :
        List.<ThrowableAssert.ThrowingCallable>of(
            () -> apply(PAIR_KEPT, false),
            () -> files.diff(document(PAIR_KEPT), false),
            () -> files.apply(document(PAIR_KEPT), false, CALLER, new Asker("root", true)))) {
      assertThatExceptionOfType(ApiException.Conflict.class)
          .isThrownBy(each)
          .satisfies(e -> assertThat(e.code()).isEqualTo("TypeUnresolved"));
    }
  }

  private static final String PAIR_KEPT = PAIR.replace(",'properties':{'Host':'alpha'}", "");

  @Test
  void appliedAgainAfterItFailed_theSameFileSaysSo_orWaits() throws Exception {
    done(apply(PAIR.replace("Online", "Offline"), false));
    ResourceId db = resource("db").id();
    node.broken.add(db);
    String once =
        PAIR.replace(
            "'name':'db','type':'Test'",
            "'name':'db','type':'Test','properties':{'RestartThreshold':0,'RetryPeriodOnFailure':-1}");
    assertThat(failed(apply(once, false)).getMessage()).contains("db is Failed");

    assertThat(failed(apply(once, false)).getMessage()).contains("db is Failed");
    node.broken.remove(db);
    done(node.commands.submit(new Command.OnlineResource("db"), ROOT));
    assertThat(done(apply(once, false))).isEqualTo("nothing to change");
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
