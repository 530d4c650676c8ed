package dev.holdfast.service.clusterfile;

import static dev.holdfast.service.GivenCluster.NOW;
import static dev.holdfast.service.GivenCluster.TEST;
import static dev.holdfast.service.GivenCluster.WEB;
import static dev.holdfast.service.GivenCluster.closed;
import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.failed;
import static dev.holdfast.service.GivenCluster.goingOnline;
import static dev.holdfast.service.GivenCluster.id;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.state;
import static dev.holdfast.service.GivenCluster.type;
import static dev.holdfast.service.GivenCluster.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.groups.Tuple.tuple;

import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ClusterPlanView.Change;
import dev.holdfast.service.api.ClusterPlanView.Field;
import dev.holdfast.service.api.ClusterPlanView.LeftAlone;
import dev.holdfast.spi.Description;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What documents change of a cluster: db, and app which depends on it, both in the group web. */
class PlannerTest {
  private final KnownCheckpoints checkpoints = new KnownCheckpoints();
  private final AtomicLong ids = new AtomicLong(100);
  private boolean prune;

  private static ClusterState running() {
    return state(resource(config(1, "db"), online()), resource(config(2, "app", id(1)), online()));
  }

  private static ClusterState offline() {
    return state(
        resource(config(1, "db").wanted(false), new Phase.Offline()),
        resource(config(2, "app", id(1)).wanted(false), new Phase.Offline()));
  }

  /** A document in JSON with apostrophes for quotation marks. */
  static Map<String, Object> document(String groups) {
    return JsonMapper.shared()
        .readerFor(Map.class)
        .readValue(
            "{\"apiVersion\":\"holdfast/v1\",\"kind\":\"Cluster\",\"groups\":%s}"
                .formatted(groups.replace('\'', '"')));
  }

  private static final String SAME =
      "[{'name':'web','resources':[{'name':'db','type':'Test'},"
          + "{'name':'app','type':'Test','dependsOn':['db']}]}]";

  private Plan plan(ClusterState state, String groups) {
    return Planner.of(
            document(groups),
            prune,
            checkpoints,
            new NewIds(() -> new UUID(0, ids.getAndIncrement())))
        .plan(state);
  }

  /** What is wrong, each with its place. */
  private List<String> problems(ClusterState state, String groups) {
    return assertThatExceptionOfType(ApiException.Invalid.class)
        .isThrownBy(() -> plan(state, groups))
        .actual()
        .problems()
        .stream()
        .map(problem -> problem.pointer() + " " + problem.message())
        .toList();
  }

  private static String web(String resources) {
    return "[{'name':'web','resources':[%s]}]".formatted(resources);
  }

  // ---- what does not change
  // ----------------------------------------------------------------------

  @Test
  void whatIsSoAlready_changesNothing() {
    Plan plan = plan(running(), SAME);

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.configuration()).isEmpty();
    assertThat(plan.events(EnumSet.allOf(Step.class))).isEmpty();
    assertThat(plan.leftAlone()).isEmpty();
  }

  @Test
  void namesAndPropertiesAreFoundInAnyCase() {
    ClusterState state =
        state(
            resource(
                config(1, "db").with(CommonProperties.DEFAULT, Map.of("Port", List.of("81"))),
                online()));

    assertThat(
            plan(
                    state,
                    "[{'name':'WEB','resources':[{'name':'DB','type':'test','properties':{'PORT':'0081'}}]}]")
                .changes())
        .isEmpty();
  }

  @Test
  void whatOnlyTheServiceOrAnOperatorSets_staysAsItIs_whenNothingIsSaid() {
    CommonProperties common =
        CommonProperties.DEFAULT.with("SeparateMonitor", "1").with("MaintenanceMode", "1");
    ClusterState state =
        state(
            resource(config(1, "db").with(common, Map.of("Password", List.of("hush"))), online()));

    assertThat(plan(state, web("{'name':'db','type':'Test'}")).changes()).isEmpty();
    assertThat(plan(state, web("{'name':'db','type':'Test','separateMonitor':false}")).changes())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.fields()).containsExactly(new Field("SeparateMonitor", "1", "0"));
              assertThat(change.effect()).isEqualTo("its monitor changes at the next online");
            });
  }

  // ---- created, changed, deleted
  // -------------------------------------------------------------------

  @Test
  void whatIsNew_isCreatedInTheOrderOfTheDocument_withItsProviders() {
    Plan plan =
        plan(
            state(),
            "[{'name':'mail','description':'post','wanted':'Online','resources':["
                + "{'name':'b','type':'Test','dependsOn':['a']},{'name':'a','type':'Test'}]}]");

    assertThat(plan.configuration())
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("GroupPut", "ResourceCreated", "ResourceCreated");
    ResourceConfig b = ((ClusterEvent.ResourceCreated) plan.configuration().get(1)).config();
    ResourceConfig a = ((ClusterEvent.ResourceCreated) plan.configuration().get(2)).config();
    assertThat(b.name()).isEqualTo("b");
    assertThat(b.dependsOn()).containsExactly(a.id());
    assertThat(b.wantedOnline()).isFalse();
    assertThat(plan.online()).containsExactlyInAnyOrder(a.id(), b.id());
    assertThat(plan.settling()).isEqualTo(plan.online());
    assertThat(plan.asked()).hasSize(2);
    assertThat(plan.leftAlone()).containsExactly(new LeftAlone("group", "web", null));
    assertThat(plan.changes())
        .extracting(Change::action, Change::kind, Change::name, Change::in)
        .containsExactly(
            tuple("create", "group", "mail", null),
            tuple("create", "resource", "b", "mail"),
            tuple("create", "resource", "a", "mail"));
  }

  @Test
  void aPropertyThatIsLeftOut_goesBackToItsDefault_andSaysWhen() {
    ClusterState state =
        state(
            resource(
                config(1, "db")
                    .with(
                        CommonProperties.DEFAULT.with("RestartThreshold", "7"),
                        Map.of("Port", List.of("81"))),
                online()));

    Plan plan = plan(state, web("{'name':'db','type':'Test','properties':{'Host':'alpha'}}"));

    assertThat(plan.changes())
        .containsExactly(
            new Change(
                "change",
                "resource",
                "db",
                "web",
                List.of(
                    new Field("Port", "81", null),
                    new Field("Host", null, "alpha"),
                    new Field("RestartThreshold", "7", "3")),
                "takes effect at the next online: Host, Port"));
    assertThat(plan.configuration())
        .containsExactly(
            new ClusterEvent.PropertiesSet(
                id(1), CommonProperties.DEFAULT, Map.of("Host", List.of("alpha"))));
  }

  @Test
  void aPropertyThatItsTypeCanChangeWhileItRuns_isChangedAtOnce_andSaysSo() {
    ClusterState state = state(resource(config(1, "db"), online()));

    Plan plan =
        plan(state, web("{'name':'db','type':'Test','properties':{'Host':'a','Banner':'b'}}"));

    assertThat(plan.changes())
        .extracting(Change::effect)
        .containsExactly("changes while it runs: Banner; takes effect at the next online: Host");
  }

  @Test
  void secretsAreNotShown() {
    Plan plan = plan(state(), web("{'name':'db','type':'Test','properties':{'Password':'hush'}}"));

    assertThat(plan.changes().toString()).contains("Password").doesNotContain("hush");
  }

  @Test
  void whatIsNotNamed_isLeftAlone_orPruned_afterItIsOffline() {
    checkpoints.add(id(1), "registry:Software\\X");
    String onlyDb = web("{'name':'db','type':'Test'}");

    Plan left = plan(running(), onlyDb);
    prune = true;
    Plan pruned = plan(running(), onlyDb);

    assertThat(left.isEmpty()).isTrue();
    assertThat(left.leftAlone())
        .containsExactlyInAnyOrder(
            new LeftAlone("resource", "app", "web"),
            new LeftAlone("checkpoint", "registry:Software\\X", "db"));
    assertThat(pruned.configuration()).isEmpty();
    assertThat(pruned.offline()).containsExactly(id(2));
    assertThat(pruned.deletion()).containsExactly(new ClusterEvent.ResourceDeleted(id(2)));
    assertThat(pruned.removed())
        .extracting(Plan.Removed::number, Plan.Removed::resource)
        .containsExactly(tuple(1, id(1)));
    assertThat(pruned.changes())
        .extracting(Change::action, Change::name, Change::effect)
        .contains(tuple("delete", "app", "taken offline first"));
  }

  @Test
  void whatDoesNotRun_isPrunedInTheOneCommit() {
    prune = true;

    Plan plan = plan(offline(), "[{'name':'mail'}]");

    assertThat(plan.deletesWhatRuns()).isFalse();
    assertThat(plan.offline()).isEmpty();
    assertThat(plan.events(plan.atOnce()))
        .contains(
            new ClusterEvent.ResourceDeleted(id(1)),
            new ClusterEvent.ResourceDeleted(id(2)),
            new ClusterEvent.GroupDeleted(WEB.id()));
  }

  @Test
  void pruningByAnEmptyFile_isRefused() {
    prune = true;

    assertThat(problems(running(), "[]")).singleElement().asString().contains("delete all");
  }

  // ---- dependencies
  // ------------------------------------------------------------------------------

  @Test
  void aDependencyThatIsAddedToWhatRuns_bringsItsProviderOnline_andSaysWhatItCosts() {
    Plan plan =
        plan(
            state(resource(config(1, "app"), online())),
            web("{'name':'disk','type':'Test'},{'name':'app','type':'Test','dependsOn':['disk']}"));

    assertThat(plan.placed())
        .singleElement()
        .isInstanceOfSatisfying(
            ClusterEvent.Placed.class, placed -> assertThat(placed.dependsOn()).hasSize(1));
    assertThat(plan.online()).hasSize(1);
    assertThat(plan.settling()).hasSize(2).contains(id(1));
    assertThat(plan.changes())
        .extracting(Change::name, Change::effect)
        .containsExactly(
            tuple("disk", "brought online: app depends on it"),
            tuple("app", "goes offline until disk is Online"));
  }

  @Test
  void whoDependsOnWhatGoesOffline_isToldToo_andWaitedFor() {
    Plan plan =
        plan(
            running(),
            web("{'name':'disk','type':'Test'},{'name':'db','type':'Test','dependsOn':['disk']}"));

    assertThat(plan.settling()).contains(id(1), id(2)).hasSize(3);
    assertThat(plan.changes())
        .filteredOn(change -> change.name().equals("app"))
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.fields()).isEmpty();
              assertThat(change.effect()).isEqualTo("goes offline until db is Online");
              assertThat(PlanWords.words(change)).isEqualTo("goes offline until db is Online");
            });
    assertThat(PlanWords.summary(plan)).isEqualTo("1 created, 1 changed, 0 deleted");
  }

  /** Nothing that runs is touched in the first commit when something follows. */
  @Test
  void whatComesAfterCheckpoints_orAfterADeletion_isNoPartOfTheFirstCommit() {
    String more =
        web("{'name':'disk','type':'Test'},{'name':'db','type':'Test','dependsOn':['disk']%s}");

    Plan withCheckpoint =
        plan(running(), more.formatted(",'checkpoints':['registry:Software\\\\X']"));
    prune = true;
    Plan pruning = plan(running(), more.formatted(""));

    assertThat(withCheckpoint.atOnce()).containsOnly(Step.CONFIGURATION);
    assertThat(withCheckpoint.events(withCheckpoint.atOnce()))
        .hasOnlyElementsOfType(ClusterEvent.ResourceCreated.class);
    assertThat(pruning.atOnce()).containsOnly(Step.CONFIGURATION, Step.DOWN);
    assertThat(pruning.events(EnumSet.of(Step.UP)))
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("ResourceDeleted", "Wanted");
  }

  @Test
  void aChangeIsTold_withTheStepThatDoesIt() {
    var change =
        new Change(
            "create",
            "resource",
            "disk",
            "web",
            List.of(new Field("type", null, "Test"), new Field("wanted", null, "Online")),
            "brought online: app depends on it");

    assertThat(Step.part(change, EnumSet.allOf(Step.class))).contains(change);
    assertThat(Step.part(change, EnumSet.of(Step.CONFIGURATION)).map(PlanWords::words))
        .contains("created: type Test");
    assertThat(Step.part(change, EnumSet.of(Step.UP)).map(PlanWords::words))
        .contains("changed: wanted Online; brought online: app depends on it");
    assertThat(Step.part(change, EnumSet.of(Step.DOWN))).isEmpty();
  }

  @Test
  void whatMayRun_andNothingCanTakeOffline_isNotPruned() {
    prune = true;
    ClusterState state =
        with(
            state(
                resource(config(1, "db"), closed(new Phase.Online(NOW))),
                resource(config(2, "app"), online())),
            new dev.holdfast.cluster.TypeRegistration[0]);

    assertThat(problems(state, "[{'name':'mail'}]"))
        .singleElement()
        .asString()
        .startsWith("/groups db, which the file does not name, cannot be deleted: it may run")
        .contains("holdfast type list");
  }

  /** What is brought online for another one lacks nothing either. */
  @Test
  void whatIsBroughtOnlineForAnother_needsWhatItsTypeRequires() {
    ClusterState state =
        with(
            state(resource(config(1, "db").wanted(false), new Phase.Offline())),
            type(Description.of("Test").lives(TEST.lives()).requires("Disk").build()));

    assertThat(
            problems(
                state,
                web(
                    "{'name':'db','type':'Test'},{'name':'app','type':'Test','dependsOn':['db'],'wanted':'Online'}")))
        .anyMatch(problem -> problem.contains("db lacks a dependency"));
  }

  @Test
  void whatIsWantedOnlineAlready_andIsNot_isWaitedFor() {
    ClusterState state = state(resource(config(1, "db"), goingOnline()));

    Plan plan = plan(state, web("{'name':'db','type':'Test','wanted':'Online'}"));

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.settling()).containsExactly(id(1));
  }

  @Test
  void aFileHasAtMostSoManyResources_andGroups() {
    String resources =
        IntStream.rangeClosed(0, FileReader.RESOURCES_MAX)
            .mapToObj("{'name':'r%d','type':'Test'}"::formatted)
            .collect(Collectors.joining(","));
    String groups =
        IntStream.rangeClosed(0, FileReader.GROUPS_MAX)
            .mapToObj("{'name':'g%d'}"::formatted)
            .collect(Collectors.joining(",", "[", "]"));

    assertThat(problems(state(), web(resources)))
        .containsExactly(
            "/groups/0/resources/10000 A cluster file has at most 10,000 resources; this is one"
                + " more.");
    assertThat(problems(state(), groups))
        .containsExactly(
            "/groups/10000 A cluster file has at most 10,000 groups; this is one more.");
  }

  /** As the service reads JSON, whose short numbers may be a gigabyte of digits. */
  @Test
  void aNumberThatIsLongWhenItIsWrittenOut_isRefused() {
    Map<String, Object> document =
        JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build()
            .readerFor(Map.class)
            .readValue(
                "{\"apiVersion\":\"holdfast/v1\",\"kind\":\"Cluster\",\"groups\":"
                    + "[{\"name\":\"a\",\"description\":1e999999999},{\"name\":\"b\",\"description\":1.50}]}");

    assertThatExceptionOfType(ApiException.Invalid.class)
        .isThrownBy(() -> Planner.of(document, false, checkpoints, new NewIds(UUID::randomUUID)))
        .satisfies(
            refused ->
                assertThat(refused.problems())
                    .singleElement()
                    .satisfies(
                        problem -> {
                          assertThat(problem.pointer()).isEqualTo("/groups/0/description");
                          assertThat(problem.message()).contains("more than 100 digits");
                        }));
  }

  @Test
  void aCircle_isRefused_andNamed() {
    assertThat(
            problems(
                offline(),
                web(
                    "{'name':'db','type':'Test','dependsOn':['app']},"
                        + "{'name':'app','type':'Test','dependsOn':['db']}")))
        .containsExactly(
            "/groups/0/resources/0/dependsOn The dependencies go round in a circle: db → app →"
                + " db.");
  }

  @Test
  void aProviderThatIsNowhere_orElsewhere_orItself_orPruned_isRefused() {
    assertThat(
            problems(
                state(),
                "[{'name':'web','resources':[{'name':'a','type':'Test','dependsOn':['bb','a','c']},{'name':'bbb','type':'Test'}]},"
                    + "{'name':'mail','resources':[{'name':'c','type':'Test'}]}]"))
        .containsExactly(
            "/groups/0/resources/0/dependsOn/0 a cannot depend on bb, which is neither in the file"
                + " nor in the cluster. Did you mean bbb?",
            "/groups/0/resources/0/dependsOn/1 a cannot depend on itself.",
            "/groups/0/resources/0/dependsOn/2 a cannot depend on c, which is in the group mail:"
                + " dependencies do not cross groups.");
    prune = true;
    assertThat(problems(offline(), web("{'name':'app','type':'Test','dependsOn':['db']}")))
        .singleElement()
        .asString()
        .contains("not in the file and so is to be deleted");
  }

  @Test
  void aResourceGoesToAnotherGroup_butNotFromWhoDependsOnIt() {
    String moved = "[{'name':'mail','resources':[{'name':'%s','type':'Test'}]}]";

    assertThat(
            plan(state(resource(config(1, "db"), online())), moved.formatted("db"))
                .events(EnumSet.allOf(Step.class)))
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("GroupPut", "Placed");
    assertThat(problems(running(), moved.formatted("db")))
        .containsExactly(
            "/groups/0/resources/0 db cannot go to the group mail: app, which is not in the file,"
                + " depends on it.");
  }

  @Test
  void whatATypeRequires_andThatThereIsOneOnly_isChecked() {
    ClusterState state =
        with(
            state(),
            type(TEST),
            type(Description.of("Needy").lives(TEST.lives()).requires("Test").build()),
            type(Description.of("Single").lives(TEST.lives()).exclusive().build()));

    assertThat(
            problems(
                state,
                web(
                    "{'name':'n','type':'Needy'},{'name':'s','type':'Single'},{'name':'t','type':'Single'}")))
        .containsExactly(
            "/groups/0/resources/0 n lacks a dependency: its type Needy requires that it depends on"
                + " a resource of the type Test.",
            "/groups/0/resources/2/type A node has at most one resource of the type Single; s is"
                + " one.");
  }

  // ---- wanted
  // ------------------------------------------------------------------------------------

  @Test
  void onlineTakesProvidersWithIt_andOfflineDependents() {
    Plan up =
        plan(
            offline(),
            web(
                "{'name':'db','type':'Test'},"
                    + "{'name':'app','type':'Test','dependsOn':['db'],'wanted':'online'}"));
    Plan down =
        plan(
            running(),
            web(
                "{'name':'db','type':'Test','wanted':'Offline'},"
                    + "{'name':'app','type':'Test','dependsOn':['db']}"));

    assertThat(up.online()).containsExactlyInAnyOrder(id(1), id(2));
    assertThat(down.offline()).containsExactlyInAnyOrder(id(1), id(2));
    assertThat(down.changes())
        .extracting(Change::name, Change::effect)
        .containsExactly(tuple("db", null), tuple("app", "taken offline: it depends on db"));
  }

  @Test
  void onlineOnWhatIsWantedOffline_isRefused() {
    assertThat(
            problems(
                offline(),
                "[{'name':'web','wanted':'Online','resources':[{'name':'db','type':'Test','wanted':'Offline'},"
                    + "{'name':'app','type':'Test','dependsOn':['db']}]}]"))
        .containsExactly(
            "/groups/0/resources/1/wanted app is wanted Online and depends on db, which is wanted"
                + " Offline: say the same of both.");
  }

  @Test
  void whatIsWantedOnlineAlready_isNotTriedAgain_alsoWhenItFailed() {
    assertThat(
            plan(
                    state(resource(config(1, "db"), failed("broken"))),
                    "[{'name':'web','wanted':'Online','resources':[{'name':'db','type':'Test'}]}]")
                .isEmpty())
        .isTrue();
  }

  // ---- what is refused
  // -----------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name':'a','type':'Test','dependson':[]} | /groups/0/resources/0/dependson | did you mean"
            + " dependsOn?",
        "{'type':'Test'} | /groups/0/resources/0 | A resource lacks name",
        "{'name':'a'} | /groups/0/resources/0 | A resource lacks type",
        "{'name':'a:b','type':'Test'} | /groups/0/resources/0/name | cannot name a resource",
        "{'name':'a','type':'Tset'} | /groups/0/resources/0/type | Did you mean Test?",
        "{'name':'a','type':'Test','properties':{'Prot':1}} | /groups/0/resources/0/properties/Prot"
            + " | Did you mean Port?",
        "{'name':'a','type':'Test','properties':{'Port':'eight'}} |"
            + " /groups/0/resources/0/properties/Port | Port is 'eight'",
        "{'name':'a','type':'Test','properties':{'Port':0}} | /groups/0/resources/0/properties/Port"
            + " | at least 1",
        "{'name':'a','type':'Test','properties':{'Port':[1,2]}} |"
            + " /groups/0/resources/0/properties/Port | takes one value",
        "{'name':'a','type':'Test','properties':{'Port':null}} |"
            + " /groups/0/resources/0/properties/Port | has no value",
        "{'name':'a','type':'Test','properties':{'Host':{'x':1}}} |"
            + " /groups/0/resources/0/properties/Host | found a mapping",
        "{'name':'a','type':'Test','properties':{'restartthreshold':'x'}} |"
            + " /groups/0/resources/0/properties/restartthreshold | whole number",
        "{'name':'a','type':'Test','properties':{'SeparateMonitor':1}} |"
            + " /groups/0/resources/0/properties/SeparateMonitor | separateMonitor",
        "{'name':'a','type':'Test','properties':{'PersistentState':1}} |"
            + " /groups/0/resources/0/properties/PersistentState | wanted",
        "{'name':'a','type':'Test','separateMonitor':'yes'} | /groups/0/resources/0/separateMonitor"
            + " | true or false",
        "{'name':'a','type':'Test','wanted':'Onlin'} | /groups/0/resources/0/wanted | Did you mean"
            + " Online?",
        "{'name':'a','type':'Test','dependsOn':'db'} | /groups/0/resources/0/dependsOn | Here is a"
            + " list",
        "{'name':'a','type':'Test','secrets':['Password']} | /groups/0/resources/0/secrets/0 |"
            + " write it below properties",
        "{'name':'a','type':'Test','secrets':['Pasword']} | /groups/0/resources/0/secrets/0 | Did"
            + " you mean Password?",
        "{'name':'a','type':'Test'},{'name':'A','type':'Test'} | /groups/0/resources/1/name | there"
            + " twice",
        "[] | /groups/0/resources/0 | This is a resource, a mapping",
        "{'name':'a','type':'Test','checkpoints':['regstry:X']} |"
            + " /groups/0/resources/0/checkpoints/0 | registry:PATH",
        "{'name':'a','type':'Test','checkpoints':[{'file':'etc'}]} |"
            + " /groups/0/resources/0/checkpoints/0/file | absolute",
        "{'name':'a','type':'Test','checkpoints':[{'keep':3}]} |"
            + " /groups/0/resources/0/checkpoints/0 | one of both",
        "{'name':'a','type':'Test','checkpoints':[{'file':'/x','quiet':'3x'}]} |"
            + " /groups/0/resources/0/checkpoints/0/quiet | unit",
        "{'name':'a','type':'Test','checkpoints':[{'file':'/x','keep':0}]} |"
            + " /groups/0/resources/0/checkpoints/0 | generations can be kept",
        "{'name':'a','type':'Test','checkpoints':[{'file':'/x'},{'file':'/x'}]} |"
            + " /groups/0/resources/0/checkpoints/1 | twice",
      })
  void whatIsWrong_isToldWithItsPlace(String resource, String pointer, String words) {
    assertThat(problems(state(), web(resource)))
        .singleElement()
        .asString()
        .startsWith(pointer + " ")
        .contains(words);
  }

  @Test
  void allThatIsWrong_isToldAtOnce() {
    assertThat(
            problems(
                running(),
                web(
                    "{'name':'db','type':'Other'},{'name':'app','type':'Test','dependsOn':['nobody'],'properties':{'Port':'x','Hots':1}}")))
        .hasSize(4);
  }

  @Test
  void whatIsFixed_staysAsItIs() {
    ClusterState state =
        state(
            resource(
                config(1, "db").with(CommonProperties.DEFAULT, Map.of("Instance", List.of("a"))),
                online()));

    assertThat(problems(state, web("{'name':'db','type':'Test','properties':{'Instance':'b'}}")))
        .containsExactly(
            "/groups/0/resources/0/properties/Instance Instance is fixed when a resource is"
                + " created, at \"a\" of db; keep it, or delete the resource first.");
    assertThat(problems(state, web("{'name':'db','type':'Test'}"))).hasSize(1);
  }

  @Test
  void aResourceWhoseTypeIsGone_staysAsItIs() {
    ClusterState state = with(running(), new dev.holdfast.cluster.TypeRegistration[0]);

    assertThat(plan(state, SAME).isEmpty()).isTrue();
    assertThat(problems(state, web("{'name':'db','type':'Test','properties':{'Port':1}}")))
        .singleElement()
        .asString()
        .contains("There is no type Test.");
  }

  @Test
  void aMemberOfAFamily_isToBeRegisteredFirst_byItsName_andAFamilyIsNoType() {
    ClusterState state =
        with(offline(), type(Description.of("ocf:*").lives(TEST.lives()).build()), type(TEST));

    assertThat(
            problems(
                state,
                web(
                    "{'name':'db','type':'Test'},{'name':'n','type':'ocf:lsb:nginx','wanted':'Online'}")))
        .singleElement()
        .asString()
        .isEqualTo(
            "/groups/0/resources/1/type There is no type ocf:lsb:nginx. Register it first: holdfast"
                + " type register 'ocf:lsb:nginx'.");
    assertThat(problems(state, web("{'name':'n','type':'ocf:*'}")))
        .singleElement()
        .asString()
        .startsWith("/groups/0/resources/0/type ocf:* is a family of types");
    assertThat(FileSchema.of(state.types().values()).toString())
        .contains("properties of Test")
        .doesNotContain("ocf:*");
  }

  // ---- checkpoints
  // -------------------------------------------------------------------------------

  @Test
  void aCheckpointIsAdded_orGetsOtherSettings_andIsFoundByWhatItIsOf() {
    checkpoints.add(id(1), "registry:Software\\X");
    String db = "{'name':'db','type':'Test','checkpoints':[%s]}";

    Plan same = plan(running(), web(db.formatted("{'registry':'SOFTWARE\\\\X'}")));
    Plan changed =
        plan(running(), web(db.formatted("{'registry':'Software\\\\X','keep':3,'quiet':'1s'}")));
    Plan added = plan(running(), web(db.formatted("'registry:Software\\\\X',{'file':'/etc/x'}")));

    assertThat(same.hasCheckpoints()).isFalse();
    assertThat(changed.changes())
        .singleElement()
        .satisfies(
            change ->
                assertThat(change.fields())
                    .containsExactly(
                        new Field("keep", "10", "3"), new Field("quiet", "250ms", "1s")));
    assertThat(changed.configured()).hasSize(1);
    assertThat(added.added())
        .singleElement()
        .satisfies(
            each -> assertThat(each.checkpoint().subject().toString()).isEqualTo("file:/etc/x"));
  }

  @Test
  void whatACheckpointLeavesOut_isFixed() {
    checkpoints.add(id(1), "file:/etc/x", "*.log");

    assertThat(
            problems(
                running(), web("{'name':'db','type':'Test','checkpoints':[{'file':'/etc/x'}]}")))
        .singleElement()
        .asString()
        .startsWith("/groups/0/resources/0/checkpoints/0/exclude ")
        .contains("holdfast checkpoint remove db 1");
  }

  // ---- plans as values
  // -----------------------------------------------------------------------------

  @Test
  void aPlanIsTheSameOfTheSame_andAnotherOnceSomebodyChangedSomething() {
    var planner =
        Planner.of(
            document(
                web(
                    "{'name':'db','type':'Test','properties':{'Port':1}},{'name':'n','type':'Test'}")),
            false,
            checkpoints,
            new NewIds(UUID::randomUUID));
    Plan first = planner.plan(running());
    ClusterState other =
        with(
            running(),
            resource(
                config(1, "db").with(CommonProperties.DEFAULT, Map.of("Port", List.of("1"))),
                online()));

    assertThat(planner.plan(running()).doesTheSameAs(first)).isTrue();
    assertThat(planner.plan(other).doesTheSameAs(first)).isFalse();
    assertThat(
            planner
                .plan(with(running(), resource(config(2, "app", id(1)), failed("x"))))
                .doesTheSameAs(first))
        .as("that something fails meanwhile is no conflict")
        .isTrue();
    assertThat(Set.of(first.configuration())).hasSize(1);
  }
}
