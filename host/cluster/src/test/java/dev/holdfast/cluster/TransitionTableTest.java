package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.Phase.After;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.OfflineReason;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table of every pair of phase and event: {@code transitions.txt}. Regenerated with {@code
 * -Dtranscripts.update=true}, and read as a diff.
 */
class TransitionTableTest {
  private static final Instant NOW = Given.NOW;
  private static final Instant LATER = NOW.plus(Duration.ofMinutes(2));
  private static final After BECOME_FAILED = new After.BecomeFailed("broke", Optional.of(LATER));

  /** What is set while it runs. */
  private static final Map<String, List<String>> SET =
      Map.of("Live", List.of("l"), "More", List.of("m"), "Other", List.of("o"));

  /** A phase to be in, and where the resource's thing lives. */
  private record Case(Phase phase, Lives lives, boolean wanted, boolean foreign) {
    Case(Phase phase) {
      this(phase, Lives.ON_NODE, true);
    }

    Case(Phase phase, Lives lives, boolean wanted) {
      this(phase, lives, wanted, false);
    }

    /** Somebody else holds it, as far as the last find told. */
    static Case foreign(Phase phase) {
      return new Case(phase, Lives.ON_NODE, true, true);
    }

    ClusterResource resource() {
      var draft = Given.resource(Given.config(1, "r").wanted(wanted)).edit();
      draft.lives = lives;
      draft.epoch = 7;
      draft.enter(phase, "as before", NOW.minusSeconds(60));
      if (draft.done().isActive()) {
        draft.configure(draft.config.common(), SET);
      }
      draft.unsupervisedSince = Optional.empty();
      draft.foreign = foreign;
      if (!(phase instanceof Phase.Closed)) {
        draft.openIn = Optional.of(MonitorName.SHARED);
      }
      return draft.done();
    }
  }

  @Test
  void everyPairDoesWhatTheTableSays() throws IOException {
    var table = new StringBuilder();
    for (Case given : cases()) {
      table.append(section(given));
    }

    Recorded.in("transitions.txt").check(table.toString());
  }

  @Test
  void theTableKnowsEveryPhaseAndEvent() {
    assertThat(classes(cases().stream().map(Case::phase))).isEqualTo(leaves(Phase.class));
    assertThat(classes(memories().stream())).isEqualTo(leaves(Phase.Memory.class));
    assertThat(classes(events().stream())).isEqualTo(leaves(ResourceEvent.class));
    assertThat(leaves(After.class)).hasSize(2);
    assertThat(leaves(Found.class)).hasSize(4);
    assertThat(leaves(Health.class)).hasSize(3);
  }

  @Test
  void nothingButAnAbsentOrALostOneOnTheWayToOnlineCallsOnline() {
    forEveryPair(
        (given, event, before, after, actions) -> {
          boolean online =
              actions.stream()
                  .anyMatch(a -> a instanceof Action.Call c && c.entryPoint() == EntryPoint.ONLINE);
          boolean allowed =
              (given.phase() instanceof Phase.Checking
                      && (event instanceof ResourceEvent.FoundIt(Found.Absent _)
                          || event instanceof ResourceEvent.FoundSuperseded))
                  || ((given.phase() instanceof Phase.Offline
                          || given.phase() instanceof Phase.Failed)
                      && event.equals(new ResourceEvent.GoOnline(true)));
          assertThat(online).isEqualTo(allowed);
          assertThat(
                  after.phase() instanceof Phase.GoingOnline
                      && !(before.phase() instanceof Phase.GoingOnline))
              .isEqualTo(allowed);
        });
  }

  /** Else what somebody else started would be ours because a clock ran out, or a monitor died. */
  @Test
  void nothingButAnOperatorHasItAdopted_andOnlyWhatIsForeign() {
    forEveryPair(
        (given, event, before, after, actions) -> {
          boolean adopts =
              actions.stream()
                  .anyMatch(a -> a instanceof Action.Call c && c.entryPoint() == EntryPoint.ADOPT);
          boolean allowed =
              event instanceof ResourceEvent.Adopt
                  && before.foreign()
                  && (before.phase() instanceof Phase.Failed
                      || before.phase() instanceof Phase.Checking);
          assertThat(adopts).isEqualTo(allowed);
        });
  }

  /** What is not ours is never ended, however its adoption goes. */
  @Test
  void whatIsBeingAdoptedIsNeitherStartedNorTerminated_untilAFindSaysWhoseItIs() {
    forEveryPair(
        (given, event, before, after, actions) -> {
          if (before.phase() instanceof Phase.Adopting) {
            assertThat(actions)
                .noneMatch(
                    a ->
                        a instanceof Action.EndProcesses
                            || (a instanceof Action.Call call
                                && call.entryPoint() != EntryPoint.FIND));
          }
        });
  }

  @Test
  void nothingButAnAbsentMakesItOffline_orOneThatLostIt() {
    forEveryPair(
        (given, event, before, after, actions) -> {
          boolean became =
              after.phase() instanceof Phase.Offline && !(before.phase() instanceof Phase.Offline);
          // What is held by one that lost it does not run here; it is taken over next.
          boolean lost = event instanceof ResourceEvent.FoundSuperseded && given.wanted();
          if (became && !lost) {
            assertThat(event)
                .isInstanceOfSatisfying(
                    ResourceEvent.FoundIt.class,
                    found -> assertThat(found.found()).isInstanceOf(Found.Absent.class));
          }
        });
  }

  /** Else what an online that was cut short had asked for could come, and nobody would know it. */
  @Test
  void whatIsElsewhereIsForgottenOnlyWhenItWasSeenGone_andNotWhileItsOnlineMayBeUnderWay() {
    forEveryPair(
        (given, event, before, after, actions) -> {
          boolean released = actions.stream().anyMatch(a -> a instanceof Action.ReleaseExternals);
          if (released) {
            assertThat(given.lives()).isEqualTo(Lives.ELSEWHERE);
            assertThat(event).isInstanceOf(ResourceEvent.FoundIt.class);
            assertThat(((ResourceEvent.FoundIt) event).found()).isInstanceOf(Found.Absent.class);
            assertThat(before.phase().remembered()).isNotInstanceOf(Phase.GoingOnline.class);
            // A look with neither an offline nor a terminate behind it.
            assertThat(before.phase())
                .isNotEqualTo(new Phase.Verifying(new After.BecomeOffline(), 0, LATER));
          } else if (given.lives() == Lives.ELSEWHERE && !given.wanted()) {
            assertThat(after.phase()).isNotInstanceOf(Phase.Offline.class);
          }
        });
  }

  @Test
  void whatCannotBeSeenElsewhereIsNeitherStartedNorTerminated() {
    for (Case given : cases()) {
      if (given.lives() == Lives.ELSEWHERE) {
        var out = new Outbox();
        ClusterResource after =
            ResourceMachine.on(
                given.resource(),
                new ResourceEvent.FoundIt(Found.unknown("its API is down")),
                NOW,
                out);
        assertThat(out.actions())
            .noneMatch(
                a ->
                    a instanceof Action.Call call
                        && (call.entryPoint() == EntryPoint.ONLINE
                            || call.entryPoint() == EntryPoint.TERMINATE));
        assertThat(after.failures()).isEqualTo(given.resource().failures());
      }
    }
  }

  @Test
  void itIsPolledFromTheMomentItIsOnlineToTheMomentItIsNot() {
    forEveryPair(
        (given, event, before, after, actions) -> {
          boolean was = isUsable(before.phase());
          boolean is = isUsable(after.phase());
          boolean toldAnew =
              event instanceof ResourceEvent.PollingChanged || isChanged(before, event);
          boolean started = actions.stream().anyMatch(a -> a instanceof Action.StartPolling);
          boolean stopped =
              actions.stream().anyMatch(a -> a instanceof Action.StopPolling)
                  || (event instanceof ResourceEvent.Checked checked && checked.terminating());
          assertThat(started).isEqualTo(is && (!was || toldAnew));
          if (was) {
            assertThat(stopped).isEqualTo(!is && after.isSupervised());
          } else {
            assertThat(actions).noneMatch(a -> a instanceof Action.StopPolling);
          }
        });
  }

  private static boolean isChanged(ClusterResource before, ResourceEvent event) {
    return before.phase() instanceof Phase.Changing
        && event.equals(new ResourceEvent.Returned(EntryPoint.CHANGED));
  }

  private static boolean isUsable(Phase phase) {
    return phase instanceof Phase.Online || phase instanceof Phase.Changing;
  }

  @Test
  void itsPropertiesAreChangedOnlyWhileItIsOnline_andWhateverEndsItCancelsTheCall() {
    forEveryPair(
        (given, event, before, after, actions) -> {
          if (actions.stream().anyMatch(a -> a instanceof Action.Change)) {
            assertThat(isUsable(before.phase())).isTrue();
            assertThat(after.phase()).isInstanceOf(Phase.Changing.class);
          }
          if (before.phase() instanceof Phase.Changing && after.isSupervised()) {
            assertThat(actions.stream().anyMatch(a -> a instanceof Action.CancelCall))
                .isEqualTo(!isUsable(after.phase()));
          }
          boolean usable = isUsable(before.phase()) && isUsable(after.phase());
          if (usable && !isChanged(before, event)) {
            assertThat(after.properties()).isEqualTo(before.properties());
          }
        });
  }

  @Test
  void whoeverWaitsHasADeadlineThatHasNotPassed() {
    forEveryPair(
        (given, event, before, after, actions) -> {
          if (after.phase() instanceof Phase.Starting
              || after.phase() instanceof Phase.Stopping
              || after.phase() instanceof Phase.Opening
              || after.phase() instanceof Phase.Finding
              || after.phase() instanceof Phase.Asking
              || isUsable(after.phase())) {
            assertThat(after.phase().due()).hasValueSatisfying(due -> assertThat(due).isAfter(NOW));
          }
        });
  }

  @Test
  void theDeathOfAMonitorChangesNothingThatPeopleSee() {
    for (Case given : cases()) {
      ClusterResource before = given.resource();
      ClusterResource after =
          ResourceMachine.on(before, new ResourceEvent.MonitorLost(), NOW, new Outbox());

      assertThat(after.failures()).isEqualTo(before.failures());
      assertThat(after.detail()).isEqualTo(before.detail());
      assertThat(after.state()).isEqualTo(before.state());
      assertThat(after.isActive()).isEqualTo(before.isActive());
    }
  }

  private interface Claim {
    void holds(
        Case given,
        ResourceEvent event,
        ClusterResource before,
        ClusterResource after,
        List<Action> actions);
  }

  private static void forEveryPair(Claim claim) {
    for (Case given : cases()) {
      for (ResourceEvent event : events()) {
        ClusterResource before = given.resource();
        var out = new Outbox();
        ClusterResource after = ResourceMachine.on(before, event, momentOf(event, before), out);
        if (!(event instanceof ResourceEvent.Due)) {
          claim.holds(given, event, before, after, out.actions());
        }
      }
    }
  }

  /** Everything happens now; but what is due happens when it is. */
  private static Instant momentOf(ResourceEvent event, ClusterResource resource) {
    return event instanceof ResourceEvent.Due ? resource.phase().due().orElse(NOW) : NOW;
  }

  /** A phase, and all events, those together that have the same effect. */
  private static String section(Case given) {
    var show = new Show(NOW, _ -> "r");
    var text = new StringBuilder();
    text.append("== ").append(show.phase(given.phase()));
    text.append(given.lives() == Lives.ON_NODE ? "" : " of a type that lives " + given.lives());
    text.append(given.wanted() ? "" : ", not wanted");
    text.append(given.foreign() ? ", foreign" : "").append('\n');
    var eventsByEffect = new LinkedHashMap<String, List<ResourceEvent>>();
    for (ResourceEvent event : events()) {
      eventsByEffect.computeIfAbsent(effect(given, event), _ -> new ArrayList<>()).add(event);
    }
    List<ResourceEvent> ignored = eventsByEffect.remove("");
    eventsByEffect.forEach(
        (effect, events) -> text.append(named(events)).append('\n').append(effect));
    if (ignored != null) {
      text.append(wrapped("nothing: " + named(ignored))).append('\n');
    }
    return text.append('\n').toString();
  }

  private static String effect(Case given, ResourceEvent event) {
    ClusterResource before = given.resource();
    Instant moment = momentOf(event, before);
    var out = new Outbox();
    ClusterResource after = ResourceMachine.on(before, event, moment, out);
    if (after.equals(before) && out.actions().isEmpty()) {
      return "";
    }
    var show = new Show(moment, _ -> "r");
    var text = new StringBuilder();
    text.append("    -> ").append(show.phase(after.phase())).append(rest(before, after));
    text.append('\n');
    for (Action action : out.actions()) {
      text.append("       ").append(show.action(action)).append('\n');
    }
    return text.toString();
  }

  /** Events by name, each name once: {@code Returned(find, online)}. */
  private static String named(List<ResourceEvent> events) {
    var show = new Show(NOW, _ -> "r");
    var variantsByName = new LinkedHashMap<String, List<String>>();
    for (ResourceEvent event : events) {
      String text = show.event(event);
      int open = text.indexOf('(');
      List<String> variants =
          variantsByName.computeIfAbsent(
              open < 0 ? text : text.substring(0, open), _ -> new ArrayList<>());
      if (open >= 0) {
        variants.add(text.substring(open + 1, text.length() - 1));
      }
    }
    List<String> names = new ArrayList<>();
    variantsByName.forEach(
        (name, variants) ->
            names.add(variants.isEmpty() ? name : name + "(" + String.join("|", variants) + ")"));
    return String.join(", ", names);
  }

  /** What changed beside the phase. */
  private static String rest(ClusterResource before, ClusterResource after) {
    var text = new StringBuilder();
    if (after.epoch() != before.epoch()) {
      text.append(", epoch ").append(after.epoch());
    }
    if (!after.failures().equals(before.failures())) {
      text.append(", failures ").append(after.failures().failures().size());
    }
    if (after.restarts() != before.restarts()) {
      text.append(", restarts +1");
    }
    if (after.adoptions() != before.adoptions()) {
      text.append(", adoptions +1");
    }
    if (!after.notInEffect().equals(before.notInEffect())) {
      text.append(", not in effect ").append(after.notInEffect());
    }
    if (after.health() != before.health()) {
      text.append(", health ").append(after.health());
    }
    if (after.foreign() != before.foreign()) {
      text.append(after.foreign() ? ", foreign" : ", not foreign");
    }
    if (!after.detail().equals(before.detail())) {
      text.append(", \"").append(after.detail()).append('"');
    }
    return text.toString();
  }

  private static String wrapped(String text) {
    var lines = new StringBuilder();
    int length = 0;
    for (String word : com.google.common.base.Splitter.on(" ").split(text)) {
      if (length + word.length() > 98) {
        lines.append("\n ");
        length = 1;
      }
      lines.append(length == 0 ? "" : " ").append(word);
      length += word.length() + 1;
    }
    return lines.toString();
  }

  // ---- what there is ----------------------------------------------------------------------

  private static List<Phase.Memory> memories() {
    return List.of(
        new Phase.Offline(),
        new Phase.Online(LATER),
        new Phase.Failed("broke", Optional.of(LATER)),
        new Phase.GoingOnline(LATER, NOW.plusSeconds(500)),
        new Phase.GoingOffline(OfflineReason.OPERATOR, new After.BecomeOffline(), LATER),
        new Phase.Terminating(BECOME_FAILED, 2, LATER),
        new Phase.Terminating(new After.BecomeOffline(), 3, LATER));
  }

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    cases.add(new Case(new Phase.Offline()));
    cases.add(new Case(new Phase.Checking(false, LATER)));
    cases.add(new Case(new Phase.Checking(true, LATER)));
    cases.add(new Case(new Phase.GoingOnline(LATER, NOW.plusSeconds(500))));
    cases.add(new Case(new Phase.GoingOnline(LATER, LATER)));
    cases.add(new Case(new Phase.Settling(LATER, LATER)));
    cases.add(new Case(new Phase.Settling(NOW.plusMillis(500), LATER)));
    cases.add(new Case(new Phase.Online(LATER)));
    Map<String, List<String>> live = Map.of("Live", List.of("l"));
    cases.add(new Case(new Phase.Changing(Set.of("Live"), live, Set.of(), LATER)));
    cases.add(new Case(new Phase.Changing(Set.of("Live"), live, Set.of("More"), LATER)));
    cases.add(
        new Case(
            new Phase.GoingOffline(OfflineReason.DEPENDENCY, new After.BecomeOffline(), LATER)));
    cases.add(new Case(new Phase.Terminating(new After.BecomeOffline(), 1, LATER)));
    cases.add(new Case(new Phase.Terminating(BECOME_FAILED, 2, LATER)));
    cases.add(new Case(new Phase.Verifying(new After.BecomeOffline(), 1, LATER)));
    cases.add(new Case(new Phase.Verifying(BECOME_FAILED, 3, LATER)));
    cases.add(
        new Case(
            new Phase.Verifying(
                new After.BecomeFailed("broke for good", Optional.empty()), 3, LATER)));
    cases.add(new Case(new Phase.Failed("broke", Optional.of(LATER))));
    cases.add(new Case(new Phase.Failed("broke for good", Optional.empty())));
    cases.add(Case.foreign(new Phase.Failed("held", Optional.of(LATER))));
    cases.add(Case.foreign(new Phase.Checking(true, LATER)));
    cases.add(new Case(new Phase.Adopting(LATER)));
    cases.add(new Case(new Phase.Closed(new Phase.Online(LATER))));
    cases.add(
        new Case(
            new Phase.Closed(new Phase.Failed("broke", Optional.of(LATER)), Optional.of(LATER))));
    cases.add(new Case(new Phase.Opening(new Phase.Online(LATER), LATER)));
    for (Phase.Memory memory : memories()) {
      cases.add(new Case(new Phase.Finding(memory, 1, LATER)));
    }
    Phase found = new Phase.Finding(new Phase.Online(LATER), 1, LATER);
    cases.add(new Case(found, Lives.IN_MONITOR, true));
    cases.add(new Case(found, Lives.ON_NODE, false));
    for (Phase.Memory memory : memories()) {
      cases.add(new Case(new Phase.Finding(memory, ResourceMachine.UNKNOWN_ATTEMPTS_MAX, LATER)));
    }
    cases.add(
        new Case(
            new Phase.Finding(new Phase.Offline(), ResourceMachine.UNKNOWN_ATTEMPTS_MAX, LATER),
            Lives.ON_NODE,
            false));
    cases.add(
        new Case(
            new Phase.Finding(new Phase.Online(LATER), ResourceMachine.UNKNOWN_ATTEMPTS_MAX, LATER),
            Lives.ELSEWHERE,
            true));
    cases.add(new Case(new Phase.Asking(new Phase.Online(LATER), 3, LATER)));
    cases.addAll(casesElsewhere());
    return cases;
  }

  /** What lives elsewhere is released when it is gone, and fenced when it is not wanted. */
  private static List<Case> casesElsewhere() {
    List<Case> cases = new ArrayList<>();
    cases.add(new Case(new Phase.Checking(false, LATER), Lives.ELSEWHERE, true));
    cases.add(new Case(new Phase.Settling(LATER, LATER), Lives.ELSEWHERE, true));
    cases.add(
        new Case(new Phase.Verifying(new After.BecomeOffline(), 1, LATER), Lives.ELSEWHERE, false));
    cases.add(
        new Case(new Phase.Verifying(new After.BecomeOffline(), 0, LATER), Lives.ELSEWHERE, false));
    cases.add(new Case(new Phase.Terminating(BECOME_FAILED, 1, LATER), Lives.ELSEWHERE, true));
    cases.add(new Case(new Phase.Failed("broke", Optional.of(LATER)), Lives.ELSEWHERE, false));
    for (Phase.Memory memory : memories()) {
      cases.add(new Case(new Phase.Finding(memory, 1, LATER), Lives.ELSEWHERE, true));
      cases.add(new Case(new Phase.Finding(memory, 1, LATER), Lives.ELSEWHERE, false));
    }
    return cases;
  }

  private static List<ResourceEvent> events() {
    List<ResourceEvent> events = new ArrayList<>();
    events.add(new ResourceEvent.Supervised());
    events.add(new ResourceEvent.MonitorLost());
    events.add(new ResourceEvent.Released());
    events.add(new ResourceEvent.FoundIt(Found.running("pid 4711")));
    events.add(new ResourceEvent.FoundIt(Found.absent("no process")));
    events.add(new ResourceEvent.FoundIt(Found.foreign("node-b", 9)));
    events.add(new ResourceEvent.FoundIt(Found.unknown("no answer")));
    events.add(new ResourceEvent.FoundSuperseded("node-b", 3));
    for (EntryPoint entryPoint : EntryPoint.values()) {
      events.add(new ResourceEvent.Returned(entryPoint));
    }
    for (EntryPoint entryPoint : EntryPoint.values()) {
      events.add(
          new ResourceEvent.CallFailed(entryPoint, new Failure("X", Retry.HERE, "it threw")));
    }
    events.add(
        new ResourceEvent.CallFailed(
            EntryPoint.ONLINE, new Failure("X", Retry.NOWHERE, "it is misconfigured")));
    events.add(new ResourceEvent.Progressed("half way"));
    events.add(new ResourceEvent.Checked(Health.alive()));
    events.add(new ResourceEvent.Checked(Health.degraded("slow")));
    events.add(new ResourceEvent.Checked(Health.failed("dead")));
    events.add(new ResourceEvent.Checked(Health.failed("dead"), true));
    events.add(new ResourceEvent.CheckBroken("check threw"));
    events.add(new ResourceEvent.ProcessEnded());
    events.add(new ResourceEvent.GoOnline(false));
    events.add(new ResourceEvent.GoOnline(true));
    events.add(new ResourceEvent.Adopt());
    Stream.of(OfflineReason.values()).map(ResourceEvent.GoOffline::new).forEach(events::add);
    events.add(new ResourceEvent.GivenUp());
    events.add(new ResourceEvent.ProcessesEnded(Optional.empty()));
    events.add(new ResourceEvent.ProcessesEnded(Optional.of("process 4711 stands")));
    events.add(new ResourceEvent.FailNow());
    events.add(new ResourceEvent.ForgetFailures());
    events.add(new ResourceEvent.TryNow());
    events.add(new ResourceEvent.Change(Set.of("Live")));
    events.add(new ResourceEvent.PollingChanged());
    events.add(new ResourceEvent.Due());
    return events;
  }

  private static Set<Class<?>> classes(Stream<?> values) {
    return new LinkedHashSet<>(values.<Class<?>>map(Object::getClass).toList());
  }

  /** The records that a sealed type permits, through all its families. */
  private static Set<Class<?>> leaves(Class<?> type) {
    Set<Class<?>> leaves = new LinkedHashSet<>();
    Class<?>[] permitted = type.getPermittedSubclasses();
    if (permitted == null) {
      assertThat(Modifier.isFinal(type.getModifiers())).isTrue();
      return Set.of(type);
    }
    Arrays.stream(permitted).map(TransitionTableTest::leaves).forEach(leaves::addAll);
    return leaves;
  }
}
