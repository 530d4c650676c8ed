package dev.holdfast.service.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.service.GivenCluster;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.api.ErrorClass;
import dev.holdfast.service.api.MonitorSignal;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.Outcome;
import dev.holdfast.service.cluster.ControlException;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real decisions and a real link; monitors and processes are the test's own. */
class CommandsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Asker ASKER = new Asker("root", false);
  private static final Asker DRY = new Asker("root", true);

  @TempDir Path folder;
  private FakeNode node;

  /** The types Test and Single, the group web, db and app, which depends on it; all Offline. */
  @BeforeEach
  void open() throws Exception {
    node = new FakeNode(folder);
    done(new Command.RegisterType(node.archive()));
    done(new Command.CreateGroup("web"));
    done(create("db", "Test"));
    done(
        new Command.CreateResource(
            "app", "test", "WEB", Map.of("RestartDelay", List.of("0")), false, List.of("DB")));
  }

  @AfterEach
  void close() throws Exception {
    node.close();
  }

  private static Command.CreateResource create(String name, String type) {
    return new Command.CreateResource(name, type, "web", Map.of(), false, List.of());
  }

  private Operation submit(Command command) {
    return node.commands.submit(command, ASKER);
  }

  private Outcome outcome(Operation operation) throws InterruptedException {
    return operation.await(PATIENCE).orElseThrow();
  }

  private String done(Command command) throws InterruptedException {
    return done(submit(command));
  }

  private String done(Operation operation) throws InterruptedException {
    Outcome outcome = outcome(operation);
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done) outcome).message();
  }

  private <X extends ApiException> X refused(Class<X> how, Command command) {
    ClusterState before = node.loop.state();
    X refusal = assertThatExceptionOfType(how).isThrownBy(() -> submit(command)).actual();
    assertThat(node.loop.state().groups()).isEqualTo(before.groups());
    assertThat(node.loop.state().types()).isEqualTo(before.types());
    assertThat(node.loop.state().resources().keySet()).isEqualTo(before.resources().keySet());
    return refusal;
  }

  private ApiException.Conflict conflict(String code, Command command) {
    ApiException.Conflict refusal = refused(ApiException.Conflict.class, command);
    assertThat(refusal.code()).isEqualTo(code);
    return refusal;
  }

  private ApiException.NotFound notFound(Command command) {
    return refused(ApiException.NotFound.class, command);
  }

  private ClusterResource resource(String name) {
    return node.loop.state().findResource(name).orElseThrow();
  }

  private static List<String> told(Operation operation) {
    return operation.lines().stream()
        .map((Narration line) -> line.subject() + ": " + line.text())
        .toList();
  }

  private static void awaitTold(Operation operation, String line) {
    await().atMost(PATIENCE).until(() -> told(operation).contains(line));
  }

  /** Submits commands at the same time; the refusals. */
  private List<ApiException> atOnce(Command... commands) throws Exception {
    var refusals = new ArrayList<ApiException>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Callable<String>>();
      for (Command command : commands) {
        calls.add(() -> done(command));
      }
      for (Future<String> call : threads.invokeAll(calls)) {
        try {
          var _ = call.get();
        } catch (ExecutionException e) {
          refusals.add((ApiException) e.getCause());
        }
      }
    }
    return refusals;
  }

  // ---- groups --------------------------------------------------------------------------------

  @Test
  void aGroup_isCreatedOnce() throws Exception {
    assertThat(done(new Command.CreateGroup("mail"))).isEqualTo("created");

    ApiException.Conflict refusal = conflict("GroupExists", new Command.CreateGroup("MAIL"));
    assertThat(refusal).hasMessage("There is a group MAIL already.");
    assertThat(refusal.errorClass()).isEqualTo(ErrorClass.CONFLICT);
  }

  @Test
  void aGroupThatTwoCreateAtOnce_isThereOnce() throws Exception {
    List<ApiException> refusals =
        atOnce(new Command.CreateGroup("mail"), new Command.CreateGroup("Mail"));

    assertThat(refusals).singleElement().extracting(ApiException::code).isEqualTo("GroupExists");
    assertThat(node.loop.state().groups()).hasSize(2);
  }

  @Test
  void aNameThatWillNotDo_isRefusedWithTheReason() {
    ApiException.Invalid refusal =
        refused(ApiException.Invalid.class, new Command.CreateGroup(".."));

    assertThat(refusal.code()).isEqualTo("BadName");
    assertThat(refusal.getMessage()).startsWith("\"..\" cannot name a group: A name is not ");
    assertThat(refused(ApiException.Invalid.class, create(".", "Test")).getMessage())
        .startsWith("\".\" cannot name a resource: ");
    assertThat(refused(ApiException.Invalid.class, create("a/b", "Test")).code())
        .isEqualTo("BadName");
    assertThat(
            refused(
                    ApiException.Invalid.class,
                    new Command.SetGroup("web", Map.of("Name", List.of("-x"))))
                .code())
        .isEqualTo("BadName");
  }

  @Test
  void aGroupWithResources_isNotDeleted() throws Exception {
    assertThat(conflict("GroupNotEmpty", new Command.DeleteGroup("web")))
        .hasMessage("web has 2 resources; delete them first.");
    done(new Command.DeleteResource("app"));
    assertThat(conflict("GroupNotEmpty", new Command.DeleteGroup("web")))
        .hasMessage("web has a resource; delete it first.");
    done(new Command.DeleteResource("db"));
    assertThat(done(new Command.DeleteGroup("web"))).isEqualTo("deleted");
    assertThat(notFound(new Command.DeleteGroup("web"))).hasMessage("There is no group web.");
  }

  @Test
  void aGroup_isRenamedAndDescribed() throws Exception {
    done(new Command.CreateGroup("mail"));

    done(
        new Command.SetGroup(
            "web", Map.of("name", List.of("Web"), "Description", List.of("the", "shop"))));

    assertThat(node.loop.state().findGroup("web").orElseThrow().name()).isEqualTo("Web");
    assertThat(node.loop.state().findGroup("web").orElseThrow().description())
        .isEqualTo("the shop");
    assertThat(
            conflict("GroupExists", new Command.SetGroup("web", Map.of("Name", List.of("mail")))))
        .hasMessage("There is a group mail already.");
    assertThat(
            refused(
                ApiException.Invalid.class,
                new Command.SetGroup("web", Map.of("Colour", List.of("red")))))
        .hasMessage("A group has no property Colour; it has Name and Description.");
  }

  @Test
  void aGroup_goesOnlineAndOfflineAsAWhole() throws Exception {
    assertThat(done(new Command.OnlineGroup("web"))).isEqualTo("Online 2/2");
    assertThat(done(new Command.OnlineGroup("web"))).isEqualTo("Online 2/2");
    assertThat(done(new Command.OfflineGroup("web"))).isEqualTo("Offline 2/2");
    assertThat(node.running).isEmpty();
  }

  // ---- creating and deleting resources -------------------------------------------------------

  @Test
  void aResource_isCreatedOfflineWithWhatWasSaid() throws Exception {
    assertThat(
            done(
                new Command.CreateResource(
                    "log",
                    "Test",
                    "web",
                    Map.of("PORT", List.of("443"), "RestartThreshold", List.of("0")),
                    true,
                    List.of())))
        .isEqualTo("created, Offline");

    assertThat(resource("log").state()).isEqualTo(ResourceState.OFFLINE);
    assertThat(resource("log").config().wantedOnline()).isFalse();
    assertThat(resource("log").config().properties()).isEqualTo(Map.of("Port", List.of("443")));
    assertThat(resource("log").config().common().restart().threshold()).isZero();
    assertThat(resource("log").config().monitor()).isEqualTo(new MonitorName("own-log"));
    assertThat(resource("app").config().dependsOn()).containsExactly(resource("db").id());
  }

  @Test
  void whatTheStateRefuses_isRefusedWithoutAskingTheType() {
    int asked = node.validated.get();

    assertThat(conflict("ResourceExists", create("APP", "Test")))
        .hasMessage("There is a resource APP already.");
    assertThat(notFound(create("log", "Tset")))
        .hasMessage("There is no type Tset. Did you mean Test?");
    assertThat(
            notFound(new Command.CreateResource("log", "Test", "wep", Map.of(), false, List.of())))
        .hasMessage("There is no group wep. Did you mean web?");
    assertThat(
            notFound(
                new Command.CreateResource("log", "Test", "web", Map.of(), false, List.of("ap"))))
        .hasMessage("There is no resource ap. Did you mean app?");
    assertThat(node.validated).hasValue(asked);
  }

  @Test
  void whatTheTypeRefuses_isToldInItsWords_andTheSecretIsNot() {
    ApiException.Invalid refusal =
        refused(
            ApiException.Invalid.class,
            new Command.CreateResource(
                "log",
                "Test",
                "web",
                Map.of("Host", List.of("forbidden"), "Password", List.of("s3cret")),
                false,
                List.of()));

    assertThat(refusal.code()).isEqualTo("PropertyRejected");
    assertThat(refusal).hasMessage("Host is not allowed here.");
    assertThat(refusal.problems())
        .containsExactly(new ApiException.Invalid.Problem("Host", "Host is not allowed here."));
  }

  @Test
  void aDependencyAcrossGroups_isRefused() throws Exception {
    done(new Command.CreateGroup("mail"));

    ApiException.Invalid refusal =
        refused(
            ApiException.Invalid.class,
            new Command.CreateResource("log", "Test", "mail", Map.of(), false, List.of("db")));

    assertThat(refusal.code()).isEqualTo("DependencyRejected");
    assertThat(refusal).hasMessage("log cannot depend on db: dependencies do not cross groups.");
  }

  @Test
  void ofAnExclusiveType_thereIsOne_alsoWhenTwoCreateItAtOnce() throws Exception {
    List<ApiException> refusals = atOnce(create("one", "Single"), create("two", "Single"));

    assertThat(refusals)
        .singleElement()
        .extracting(ApiException::code)
        .isEqualTo("TypeIsExclusive");
    assertThat(conflict("TypeIsExclusive", create("three", "Single")).getMessage())
        .matches("A node has at most one resource of the type Single; (one|two) is one\\.");
  }

  @Test
  void whatItsTypeRequires_mustBeDependedOn_whenItIsCreated() throws Exception {
    ApiException.Invalid refusal = refused(ApiException.Invalid.class, create("my share", "Needy"));

    assertThat(refusal.code()).isEqualTo("RequiredDependencyMissing");
    assertThat(refusal)
        .hasMessage(
            "my share cannot be created: its type Needy requires that it depends on a resource of"
                + " the type Test. Mend it with: holdfast resource create 'my share' -t Needy -g"
                + " web --depends db");
    done(new Command.CreateResource("share", "needy", "web", Map.of(), false, List.of("db")));
  }

  @Test
  void whatItsTypeRequires_andIsNotThere_isCreatedFirst() throws Exception {
    done(new Command.CreateGroup("mail"));

    assertThat(
            refused(
                ApiException.Invalid.class,
                new Command.CreateResource("box", "Needy", "mail", Map.of(), false, List.of())))
        .hasMessageEndingWith(
            "Mend it with: holdfast resource create NAME -t Test -g mail && holdfast resource"
                + " create box -t Needy -g mail --depends NAME");
  }

  @Test
  void whatANewerVersionOfItsTypeRequires_mustBeThereBeforeItsOnline() throws Exception {
    done(create("lone", "Single"));
    done(new Command.CreateResource("user", "Test", "web", Map.of(), false, List.of("db", "lone")));
    var newer =
        GivenCluster.type(Description.of("Single").lives(Lives.ON_NODE).requires("Test").build());
    var _ = node.loop.request(_ -> List.of(new ClusterEvent.TypeRegistered(newer))).get();

    for (Command command :
        List.of(
            new Command.OnlineResource("lone"),
            new Command.OnlineResource("user"),
            new Command.RestartResource("lone"),
            new Command.OnlineGroup("web"))) {
      ApiException.Invalid refusal = refused(ApiException.Invalid.class, command);

      assertThat(refusal.errorClass()).isEqualTo(ErrorClass.INVALID);
      assertThat(refusal)
          .hasMessage(
              "lone cannot be brought online: its type Single requires that it depends on a"
                  + " resource of the type Test. Mend it with: holdfast resource delete lone &&"
                  + " holdfast resource create lone -t Single -g web --depends db");
    }
    done(new Command.OnlineResource("app"));
  }

  @Test
  void whatRuns_orIsNeeded_isNotDeleted() throws Exception {
    assertThat(conflict("NotDeletable", new Command.DeleteResource("db")))
        .hasMessage("db cannot be deleted: app depends on it.");
    done(new Command.OnlineResource("app"));
    assertThat(conflict("NotDeletable", new Command.DeleteResource("app")))
        .hasMessage("app is Online; only what is Offline or Failed can be deleted.");
    done(new Command.OfflineResource("app"));
    assertThat(done(new Command.DeleteResource("app"))).isEqualTo("deleted");
    assertThat(notFound(new Command.DeleteResource("app")).code()).isEqualTo("ResourceNotFound");
  }

  // ---- controls ------------------------------------------------------------------------------

  private static Command.ControlResource rotate(String name, String parameter, String value) {
    return new Command.ControlResource("app", name, Map.of(parameter, List.of(value)));
  }

  @Test
  void aControl_isSentWithCheckedParameters_narrates_andEndsWithWhatItSays() throws Exception {
    done(new Command.OnlineResource("app"));

    Operation operation = submit(rotate("rotate", "KEEP", " 3 "));

    assertThat(outcome(operation))
        .isInstanceOfSatisfying(
            Outcome.Done.class,
            done -> {
              assertThat(done.message()).isEqualTo("did it");
              assertThat(done.values()).isEqualTo(Map.of("size", "1MiB"));
            });
    assertThat(node.asked).containsExactly("Rotate {keep=[3]} by root");
    assertThat(told(operation)).containsExactly("app: half way");
  }

  @Test
  void aControlThatIsNotDeclared_orParametersThatAreWrong_sendNothing() throws Exception {
    done(new Command.OnlineResource("app"));

    assertThat(notFound(rotate("Rotat", "keep", "3")))
        .hasMessage("Type Test has no control Rotat. Did you mean Rotate?");
    assertThat(refused(ApiException.Invalid.class, rotate("Rotate", "kep", "3")).problems())
        .extracting(ApiException.Invalid.Problem::message)
        .anyMatch(message -> message.contains("'kep' is no parameter of Rotate; did you mean"))
        .anyMatch(message -> message.contains("keep is required"));
    assertThat(refused(ApiException.Invalid.class, rotate("Rotate", "keep", "11")))
        .hasMessageContaining("at most 9");
    assertThat(node.asked).isEmpty();
  }

  @Test
  void aControl_needsAnOnlineResource_unlessItSaysOtherwise() throws Exception {
    assertThat(conflict("NotOnline", rotate("Rotate", "keep", "3")))
        .hasMessage("app is Offline; Rotate can be asked for while it is Online.");

    done(new Command.OnlineResource("app"));
    done(new Command.OfflineResource("app"));
    assertThat(done(new Command.ControlResource("app", "Status", Map.of()))).isEqualTo("did it");
    assertThat(node.asked).containsExactly("Status {} by root");
  }

  @Test
  void aControlThatFails_saysHow() throws Exception {
    done(new Command.OnlineResource("app"));
    for (var each :
        List.of(
            Map.entry(ControlException.failed("NoDisk", "there is no disk"), ErrorClass.FAILED),
            Map.entry(ControlException.unknown("it may have been done"), ErrorClass.FAILED),
            Map.entry(ControlException.refused("X", "no such disk"), ErrorClass.INVALID),
            Map.entry(ControlException.notDone("Busy", "busy"), ErrorClass.CONFLICT))) {
      node.controlAnswer = CompletableFuture.failedFuture(each.getKey());

      Outcome outcome = outcome(submit(rotate("Rotate", "keep", "3")));

      ApiException refusal = ((Outcome.Failed) outcome).refusal();
      assertThat(refusal).hasMessage(each.getKey().getMessage());
      assertThat(refusal.code()).isEqualTo(each.getKey().code());
      assertThat(refusal.errorClass()).isEqualTo(each.getValue());
    }
  }

  @Test
  void aDryControl_isCheckedAndNotSent() throws Exception {
    done(new Command.OnlineResource("app"));

    Operation operation = node.commands.submit(rotate("Rotate", "keep", "3"), DRY);

    assertThat(told(operation)).containsExactly("app: would ask for Rotate");
    assertThat(node.asked).isEmpty();
  }

  // ---- online and offline --------------------------------------------------------------------

  @Test
  void anOnline_bringsItsProvidersFirst_andTellsEachStep() throws Exception {
    // Each online is held until its beginning was told: what begins and ends in one step is not.
    node.hanging.add(resource("db").id());
    node.hanging.add(resource("app").id());
    Operation operation = submit(new Command.OnlineResource("app"));
    awaitTold(operation, "db: OnlinePending");
    node.letGo(resource("db").id());
    awaitTold(operation, "app: OnlinePending");
    node.letGo(resource("app").id());

    assertThat(done(operation)).isEqualTo("Online 2/2");
    assertThat(told(operation).stream().map(line -> line.replaceAll(" \\d+\\.\\ds", "")))
        .containsExactly("db: OnlinePending", "db: Online", "app: OnlinePending", "app: Online");
    assertThat(node.commands.operation(operation.id())).contains(operation);
  }

  @Test
  void twoOnlinesAtOnce_areBothDone_andItRunsOnce() throws Exception {
    assertThat(atOnce(new Command.OnlineResource("app"), new Command.OnlineResource("app")))
        .isEmpty();

    assertThat(done(new Command.OnlineResource("app"))).isEqualTo("Online 2/2");
    assertThat(node.onlines.get()).isEqualTo(2);
  }

  @Test
  void anOffline_takesItsDependentsFirst() throws Exception {
    done(new Command.OnlineResource("app"));

    assertThat(done(new Command.OfflineResource("db"))).isEqualTo("Offline 2/2");
    assertThat(done(new Command.OfflineResource("db"))).isEqualTo("Offline 2/2");
    assertThat(node.running).isEmpty();
  }

  @Test
  void whatSomebodyElseStarted_isRefusedAtOnce_andAdoptedWhenAnOperatorSaysSo() throws Exception {
    node.foreign.add(resource("db").id());

    Outcome refused = outcome(submit(new Command.OnlineResource("db")));
    assertThat(((Outcome.Failed) refused).refusal()).hasMessageContaining("held by somebody");
    assertThat(node.running).isEmpty();
    assertThat(conflict("NotForeign", new Command.AdoptResource("app")))
        .hasMessageContaining("app cannot be adopted: it is Offline");

    assertThat(done(new Command.AdoptResource("db"))).isEqualTo("Online 1/1");
    var _ = conflict("NotForeign", new Command.AdoptResource("db"));
  }

  @Test
  void whatIsAdopted_hasItsProvidersOnlineBefore() throws Exception {
    done(new Command.OnlineResource("db"));
    node.foreign.add(resource("app").id());
    var _ = outcome(submit(new Command.OnlineResource("app")));
    var _ = outcome(submit(new Command.OfflineResource("db")));

    assertThat(conflict("ProviderNotOnline", new Command.AdoptResource("app")))
        .hasMessageStartingWith("app cannot be adopted: it depends on db, which is Offline");
  }

  @Test
  void anOnlineThatFails_saysWhichAndWhy() throws Exception {
    done(new Command.SetResource("db", Map.of("RestartAction", List.of("DontRestart")), false));
    node.broken.add(resource("db").id());

    Outcome outcome = outcome(submit(new Command.OnlineResource("app")));

    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    ApiException refusal = ((Outcome.Failed) outcome).refusal();
    assertThat(refusal.code()).isEqualTo("NotReached");
    assertThat(refusal.resource()).contains("db");
    assertThat(refusal.getMessage()).startsWith("db is Failed: ").contains("port 80 is taken");
    assertThat(outcome.states())
        .extracting(Outcome.ResourceState::resource, Outcome.ResourceState::state)
        .contains(tuple("db", "Failed"));
  }

  @Test
  void anOnlineThatSomebodyTakesBack_ends() throws Exception {
    node.hanging.add(resource("db").id());
    Operation online = submit(new Command.OnlineResource("app"));

    Operation offline = submit(new Command.OfflineResource("app"));

    assertThat(((Outcome.Failed) outcome(online)).refusal().code()).isEqualTo("Superseded");
    assertThat(done(offline)).isEqualTo("Offline 1/1");
  }

  @Test
  void aRestart_endsItAndBringsItBackWithItsDependents() throws Exception {
    done(new Command.OnlineResource("app"));

    assertThat(done(new Command.RestartResource("db"))).isEqualTo("Online 2/2");
    assertThat(node.onlines.get()).isEqualTo(4);
  }

  @Test
  void aFailure_isAskedForOfWhatIsOnlineOnly_andCounts_andIsForgotten() throws Exception {
    assertThat(conflict("NotOnline", new Command.FailResource("app")))
        .hasMessage("app is Offline; only a resource that is Online and supervised can be failed.");
    done(new Command.OnlineResource("app"));

    assertThat(done(new Command.FailResource("app"))).isEqualTo("Online 1/1");

    assertThat(resource("app").failures().failures()).hasSize(1);
    assertThat(resource("app").restarts()).isEqualTo(1);
    assertThat(done(new Command.ResetFailures("app"))).isEqualTo("failures forgotten");
    assertThat(resource("app").failures().failures()).isEmpty();
  }

  // ---- properties ----------------------------------------------------------------------------

  @Test
  void aSetOfWhatRuns_saysWhenItTakesEffect() throws Exception {
    var port = new Command.SetResource("app", Map.of("Port", List.of("443")), false);
    assertThat(done(port)).isEqualTo("set");
    done(new Command.OnlineResource("app"));

    assertThat(done(new Command.SetResource("app", Map.of("Port", List.of("8443")), false)))
        .isEqualTo("set; takes effect at the next online: Port");
    assertThat(done(new Command.SetResource("app", Map.of("RestartDelay", List.of("1")), false)))
        .isEqualTo("set");
    assertThat(resource("app").config().properties()).isEqualTo(Map.of("Port", List.of("8443")));
  }

  @Test
  void whatCanBeChangedWhileItRuns_isWaitedFor_andSaidToBeInEffect() throws Exception {
    done(new Command.OnlineResource("app"));

    assertThat(done(new Command.SetResource("app", Map.of("Banner", List.of("hi")), false)))
        .isEqualTo("set; in effect: Banner");
    assertThat(resource("app").properties()).isEqualTo(Map.of("Banner", List.of("hi")));
    assertThat(
            done(
                new Command.SetResource(
                    "app", Map.of("Banner", List.of("ho"), "Port", List.of("81")), false)))
        .isEqualTo("set; in effect: Banner; at the next online: Port");
  }

  @Test
  void whatCouldNotBeChanged_isSaid_withTheReason_andStaysSet() throws Exception {
    done(new Command.OnlineResource("app"));
    node.broken.add(resource("app").id());

    Outcome outcome =
        outcome(submit(new Command.SetResource("app", Map.of("Banner", List.of("hi")), false)));

    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(((Outcome.Failed) outcome).refusal())
        .hasMessage(
            "Banner of app could not be changed while it is Online: the disk is full. What was set"
                + " stays set, and takes effect at the next online.");
    assertThat(resource("app").state()).isEqualTo(ResourceState.ONLINE);
    assertThat(resource("app").notInEffect()).containsExactly("Banner");
  }

  @Test
  void aSetThatIsWrong_changesNothing() {
    ApiException.Invalid refusal =
        refused(
            ApiException.Invalid.class,
            new Command.SetResource(
                "app", Map.of("RestartDelay", List.of("9"), "Prot", List.of("1")), false));

    assertThat(refusal).hasMessage("Test has no property Prot. Did you mean Port?");
    assertThat(resource("app").config().common().restart().delay()).isZero();
    assertThat(notFound(new Command.SetResource("ap", Map.of(), false)))
        .hasMessage("There is no resource ap. Did you mean app?");
  }

  @Test
  void theTypeIsAskedAboutItsOwnPropertiesOnly_andWhenTheyChange() throws Exception {
    int asked = node.validated.get();

    done(new Command.SetResource("app", Map.of("Description", List.of("the shop")), false));
    assertThat(node.validated).hasValue(asked);
    done(new Command.SetResource("app", Map.of("Host", List.of("alpha")), true));
    assertThat(node.validated).hasValue(asked + 1);
  }

  @Test
  void maintenance_isAProperty() throws Exception {
    assertThat(done(new Command.Maintenance("app", true)))
        .isEqualTo("not polled, and its end is no failure");
    assertThat(resource("app").config().common().maintenanceMode()).isTrue();
    assertThat(done(new Command.Maintenance("app", false))).isEqualTo("polled again");
    assertThat(resource("app").config().common().maintenanceMode()).isFalse();
  }

  // ---- types ---------------------------------------------------------------------------------

  @Test
  void registeringTheSameAgain_changesNothing() throws Exception {
    ClusterState before = node.loop.state();

    assertThat(done(new Command.RegisterType(node.archive())))
        .isEqualTo("registered Test, Single, Needy");

    assertThat(node.loop.state().types()).isEqualTo(before.types());
    assertThat(notFound(new Command.RegisterType(folder.resolve("none.zip"))).code())
        .isEqualTo("NoSuchFile");
  }

  @Test
  void whatIsPatchedIsNotBroughtOnline() throws Exception {
    await().atMost(PATIENCE).until(() -> resource("db").isSupervised());
    await().atMost(PATIENCE).until(() -> resource("app").isSupervised());
    node.keep(resource("db").id());
    assertThat(conflict("ProviderNotOnline", new Command.BeginPatch("app")))
        .hasMessageContaining("holdfast resource online db");
    assertThat(outcome(node.commands.submit(new Command.BeginPatch("db"), DRY)))
        .isInstanceOf(Outcome.Done.class);
    conflict("NotPatched", new Command.CommitPatch("db"));

    assertThat(done(new Command.BeginPatch("db"))).startsWith("patch open");

    assertThat(conflict("Patched", new Command.OnlineResource("app")))
        .hasMessageStartingWith("db cannot be brought online: patch open since ");
    conflict("Patched", new Command.OnlineResource("db"));
    conflict("Patched", new Command.OnlineGroup("web"));
    conflict("Patched", new Command.RestartResource("db"));
    conflict("Patched", new Command.BeginPatch("db"));
    assertThat(done(new Command.CommitPatch("db"))).startsWith("patch committed");
    assertThat(done(new Command.OnlineResource("app"))).isEqualTo("Online 2/2");
    conflict("NotOffline", new Command.RunPatch("db", List.of("true")));
  }

  @Test
  void aTypeInUse_isUnregisteredByForceOnly_andItsResourcesStay() throws Exception {
    assertThat(conflict("TypeInUse", new Command.UnregisterType("test", false)))
        .hasMessage(
            "Test is the type of db, app. Delete them first, or use --force; they then stay as"
                + " they are, without a type.");

    assertThat(done(new Command.UnregisterType("test", true))).isEqualTo("unregistered");

    assertThat(node.loop.state().typeStatus("Test")).isEqualTo(TypeStatus.NOT_REGISTERED);
    assertThat(conflict("TypeUnresolved", new Command.OnlineResource("app")))
        .hasMessage("app cannot be brought online: its type Test is NotRegistered.");
    assertThat(conflict("TypeUnresolved", new Command.OnlineGroup("web")).resource())
        .contains("db");
    assertThat(conflict("TypeUnresolved", new Command.RestartResource("app")).resource())
        .contains("app");
    assertThat(notFound(new Command.UnregisterType("Test", true)).code()).isEqualTo("TypeNotFound");
  }

  @Test
  void aTypeWhoseArchiveIsGone_isNoObstacle_whileAMonitorHasItsCode() throws Exception {
    node.loop.post(
        new ClusterEvent.TypeResolved(
            "Test",
            Optional.of(new ClusterState.TypeProblem(TypeStatus.PLUGIN_MISSING, "It is gone."))));

    done(new Command.OnlineResource("app"));

    assertThat(node.loop.state().typeStatus("Test")).isEqualTo(TypeStatus.PLUGIN_MISSING);
    assertThat(resource("app").state()).isEqualTo(ResourceState.ONLINE);
  }

  // ---- monitors ------------------------------------------------------------------------------

  @Test
  void aMonitorThatIsKilled_isReplaced_andWhatRunsIsFoundAgain() throws Exception {
    done(new Command.OnlineResource("app"));
    long epoch = shared().epoch();

    String message = done(new Command.KillMonitor("SHARED-0", MonitorSignal.KILL));

    assertThat(message)
        .isEqualTo(
            "shared-0 is Ready: pid %d, 2 resources found again"
                .formatted(shared().pid().orElseThrow()));
    assertThat(shared().epoch()).isEqualTo(epoch + 1);
    assertThat(node.onlines.get()).isEqualTo(2);
    assertThat(resource("app").state()).isEqualTo(ResourceState.ONLINE);
    assertThat(notFound(new Command.KillMonitor("shard-0", MonitorSignal.KILL)))
        .hasMessage("There is no monitor shard-0. Did you mean shared-0?");
  }

  /**
   * Whoever has the monitor's name is answered: a late answer must not fit a request of its own.
   */
  @Test
  void aNewMonitor_hasNumbersForItsRequestsThatNoEarlierOneHad() throws Exception {
    done(new Command.OnlineResource("app"));
    done(new Command.KillMonitor("shared-0", MonitorSignal.KILL));

    assertThat(node.firstRequests).hasSizeGreaterThanOrEqualTo(2).doesNotHaveDuplicates();
    assertThat(node.firstRequests).isSorted();
    assertThat(node.firstRequests.getLast() - node.firstRequests.getFirst())
        .isGreaterThan(Integer.MAX_VALUE);
  }

  @Test
  void aMonitorIsReplacedInOrder_andNotTwiceAtOnce() throws Exception {
    done(new Command.OnlineResource("app"));
    node.monitorsGetReady = false;

    Operation first = submit(new Command.RestartMonitor("shared-0"));
    ApiException.Conflict refusal = conflict("NotReady", new Command.RestartMonitor("shared-0"));

    assertThat(refusal.getMessage())
        .matches(
            "The monitor shared-0 is (Stopping|Starting|Down); it is being replaced already\\.");
    node.letMonitorsGetReady();
    assertThat(done(first)).startsWith("shared-0 is Ready: pid ");
    assertThat(node.onlines.get()).isEqualTo(2);
  }

  @Test
  void aMonitorWithoutAProcess_isNotSignalled_andNoOperationIsLeftBehind() throws Exception {
    Operation last = submit(new Command.ResetFailures("app"));
    node.monitorsStart = false;
    node.forgetMonitors();

    assertThat(conflict("NoProcess", new Command.KillMonitor("shared-0", MonitorSignal.STOP)))
        .hasMessage("The monitor shared-0 has no process now.");

    int next = Integer.parseInt(last.id().substring("op-".length())) + 1;
    assertThat(node.commands.operation("op-" + next)).isEmpty();
  }

  private MonitorStatus shared() {
    MonitorStatus shared = node.loop.state().monitors().get(MonitorName.SHARED);
    assertThat(shared).isNotNull();
    return shared;
  }

  // ---- the service ---------------------------------------------------------------------------

  @Test
  void aStop_isDoneWhenNothingRuns() throws Exception {
    done(new Command.OnlineResource("app"));

    Operation stop = submit(new Command.StopService(false));

    assertThat(done(stop)).isEqualTo("Offline 2/2");
    assertThat(node.stops).containsExactly(false);
    assertThat(node.running).isEmpty();
    assertThat(resource("app").config().wantedOnline()).isTrue();
  }

  @Test
  void aStopThatKeeps_isDoneAtOnce_andEndsNothing() throws Exception {
    done(new Command.OnlineResource("app"));

    assertThat(done(new Command.StopService(true)))
        .isEqualTo("applications go on; the next serve takes them over");

    assertThat(node.stops).containsExactly(true);
    assertThat(node.running).hasSize(2);
  }

  @Test
  void whoComesAfterTheEnd_isRefusedAndNotLeftWaiting() {
    node.loop.close();

    ApiException.Unreachable refusal =
        assertTimeoutPreemptively(
            PATIENCE,
            () -> refused(ApiException.Unreachable.class, new Command.CreateGroup("mail")));

    assertThat(refusal.code()).isEqualTo("Stopping");
    assertThat(refusal).hasMessage("The service is stopping.");
  }

  // ---- dry runs ------------------------------------------------------------------------------

  @Test
  void aDryRun_changesNothing_andSaysWhatItWouldDo() throws Exception {
    done(new Command.OnlineResource("app"));
    ClusterState before = node.loop.state();
    Map<Command, String> words =
        Map.ofEntries(
            Map.entry(new Command.CreateGroup("mail"), "would write the group mail"),
            Map.entry(
                new Command.SetGroup("web", Map.of("Description", List.of("x"))),
                "would write the group web"),
            Map.entry(
                new Command.OfflineGroup("web"),
                "would take offline db, app and what depends on them"),
            Map.entry(create("log", "Test"), "would create the resource log, Offline"),
            Map.entry(
                new Command.OfflineResource("db"),
                "would take offline db and what depends on them"),
            Map.entry(new Command.RestartResource("app"), "would restart app"),
            Map.entry(
                new Command.FailResource("app"),
                "would fail app; its restart policy does the rest"),
            Map.entry(
                new Command.SetResource("app", Map.of("Password", List.of("s3cret")), false),
                "would set properties of app"),
            Map.entry(new Command.Maintenance("app", true), "would set properties of app"),
            Map.entry(new Command.ResetFailures("app"), "would forget the failures of app"),
            Map.entry(
                new Command.UnregisterType("Single", false), "would unregister the type Single"),
            Map.entry(
                new Command.RestartMonitor("shared-0"), "would replace the monitor shared-0"));

    for (Map.Entry<Command, String> word : words.entrySet()) {
      Operation operation = node.commands.submit(word.getKey(), DRY);

      assertThat(done(operation)).isEqualTo("nothing was changed");
      assertThat(operation.what()).startsWith("dry run: ");
      assertThat(operation.lines()).extracting(Narration::text).containsExactly(word.getValue());
    }

    assertThat(node.loop.state()).isEqualTo(before);
  }

  @Test
  void aDryRunOfWhatIsNotDecided_doesNothingEither() throws Exception {
    for (Command command :
        List.of(
            new Command.StopService(false),
            new Command.StopService(true),
            new Command.KillMonitor("shared-0", MonitorSignal.KILL))) {
      Operation operation = node.commands.submit(command, DRY);

      assertThat(done(operation)).isEqualTo("nothing was changed");
      assertThat(operation.what()).startsWith("dry run: ");
    }

    assertThat(node.stops).isEmpty();
    assertThat(shared().epoch()).isEqualTo(1);
  }

  @Test
  void aDryRunOfARegistration_leavesNoArchive_unlessItWasThere() throws Exception {
    List<Path> before = node.stored();
    assertThat(before).hasSize(1);
    Operation again = node.commands.submit(new Command.RegisterType(node.archive()), DRY);
    assertThat(done(again)).isEqualTo("nothing was changed");
    assertThat(node.stored()).isEqualTo(before);

    for (String resource : List.of("app", "db")) {
      done(new Command.DeleteResource(resource));
    }
    for (String type : List.of("Test", "Single", "Needy")) {
      done(new Command.UnregisterType(type, false));
    }
    Operation anew = node.commands.submit(new Command.RegisterType(node.archive()), DRY);

    assertThat(done(anew)).isEqualTo("nothing was changed");
    assertThat(node.stored()).isEmpty();
  }

  @Test
  void aDryRun_isRefusedAsTheRealThingWouldBe() {
    assertThatExceptionOfType(ApiException.Conflict.class)
        .isThrownBy(() -> node.commands.submit(new Command.DeleteGroup("web"), DRY))
        .withMessage("web has 2 resources; delete them first.");
    assertThatExceptionOfType(ApiException.NotFound.class)
        .isThrownBy(() -> node.commands.submit(new Command.OnlineResource("ap"), DRY))
        .withMessage("There is no resource ap. Did you mean app?");
  }
}
