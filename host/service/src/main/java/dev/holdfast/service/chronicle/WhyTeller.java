package dev.holdfast.service.chronicle;

import static java.util.stream.Collectors.joining;

import dev.holdfast.checkpoint.Cause;
import dev.holdfast.checkpoint.Patch;
import dev.holdfast.checkpoint.Unsaved;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.service.api.ShellWord;
import dev.holdfast.service.api.Why;
import dev.holdfast.service.event.Event;
import dev.holdfast.service.event.EventId;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.EventQuery;
import dev.holdfast.service.slot.ExternalRecord;
import dev.holdfast.spi.Lives;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells why a resource or a group is in the state it is in: the events since it was last well, what
 * stands in the way, and the command that unblocks it.
 */
public final class WhyTeller {
  /** A chain is for reading: the last so many links. */
  static final int LINKS_MAX = 12;

  private static final int EVENTS_LOOKED_AT = 200;

  /** Who was Online for so long since a change does not fail because of it. */
  private static final Duration WELL_AGAIN = Duration.ofMinutes(1);

  private final EventLog events;
  private final InstantSource clock;
  private final ZoneId zone;
  private final Predicate<String> unrestored;
  private final Function<String, Optional<Patch>> patches;
  private final Function<ResourceId, Map<String, ExternalRecord>> externals;
  private final Function<String, List<Unsaved>> unsaved;

  /**
   * @param unrestored whether a resource, by its id, runs on configuration that could not be
   *     restored
   * @param patches the patch of a resource, by its id
   * @param externals what is written down of things that a resource has elsewhere
   * @param unsaved what of a resource's checkpoints could not be saved, by its id
   */
  public WhyTeller(
      EventLog events,
      InstantSource clock,
      ZoneId zone,
      Predicate<String> unrestored,
      Function<String, Optional<Patch>> patches,
      Function<ResourceId, Map<String, ExternalRecord>> externals,
      Function<String, List<Unsaved>> unsaved) {
    this.externals = externals;
    this.unrestored = unrestored;
    this.patches = patches;
    this.unsaved = unsaved;
    this.events = events;
    this.clock = clock;
    this.zone = zone;
  }

  /** About a resource. */
  public Why resource(ClusterState state, ClusterResource resource) {
    String wanted = resource.config().wantedOnline() ? "Online" : "Offline";
    String headline =
        "%s is %s (wanted %s) since %s"
                .formatted(
                    resource.config().name(), resource.state(), wanted, time(resource.since()))
            + elsewhere(resource.id());
    Blocker blocker = withUnsaved(resource, blocker(state, resource));
    return new Why(
        resource.config().name(), headline, chain(resource), blocker.what(), blocker.unblock());
  }

  private String elsewhere(ResourceId id) {
    Map<String, ExternalRecord> its = externals.apply(id);
    return its.isEmpty()
        ? ""
        : "; elsewhere it has, or may have, "
            + its.values().stream().map(ExternalRecord::label).collect(joining(", "));
  }

  /** About a group: of its resources, the first that is not as it is wanted. */
  public Why group(ClusterState state, GroupConfig group) {
    List<ClusterResource> resources = state.resourcesOf(group.id());
    Optional<ClusterResource> first =
        resources.stream().filter(resource -> !isAsWanted(resource)).findFirst();
    long online =
        resources.stream().filter(resource -> resource.state() == ResourceState.ONLINE).count();
    String headline =
        "%s is %s: %d of %d resources are Online"
            .formatted(group.name(), state.groupState(group.id()), online, resources.size());
    if (first.isEmpty()) {
      return new Why(
          group.name(), headline, List.of(), "nothing: every resource is as it is wanted", null);
    }
    Why why = resource(state, first.get());
    return new Why(
        group.name(),
        headline + "; " + why.headline(),
        why.chain(),
        why.blockedBy(),
        why.unblock());
  }

  private static boolean isAsWanted(ClusterResource resource) {
    return resource.config().wantedOnline()
        ? resource.state() == ResourceState.ONLINE
        : resource.state() == ResourceState.OFFLINE;
  }

  // ---- the chain ---------------------------------------------------------------------------

  private List<Why.Link> chain(ClusterResource resource) {
    // By id: a resource that had the same name before has a story of its own.
    List<Event> links = new ArrayList<>();
    boolean well = false;
    for (Event event : about(resource.id()).toList()) {
      if (NOISE.contains(event.id())) {
        continue;
      }
      if (well) {
        // It was Online before this: what was earlier explains nothing of what came after.
        links.clear();
      }
      links.add(event);
      well = isOnline(event);
    }
    if (resource.state() != ResourceState.ONLINE) {
      suspicion(resource.id()).filter(event -> !links.contains(event)).ifPresent(links::addFirst);
    }
    List<Event> last = lastOf(links);
    List<Why.Link> chain = new ArrayList<>();
    for (Event event : last) {
      chain.add(new Why.Link(chain.size() + 1, event.time(), words(event), event.id()));
    }
    return chain;
  }

  /** The first one is what it began with, and stays. */
  private static List<Event> lastOf(List<Event> links) {
    if (links.size() <= LINKS_MAX) {
      return links;
    }
    List<Event> last = new ArrayList<>(links.subList(links.size() - LINKS_MAX, links.size()));
    if (links.getFirst().id() == EventId.CHECKPOINT_SUSPECTED.number()) {
      last.set(0, links.getFirst());
    }
    return last;
  }

  /** True of every resource after every death of a monitor, and the reason of nothing. */
  private static final Set<Integer> NOISE =
      Set.of(EventId.SUPERVISED_AGAIN.number(), EventId.RESOURCE_ADOPTED.number());

  private static final Set<Integer> NOT_RESTORED =
      Set.of(
          EventId.CHECKPOINT_NOT_RESTORED.number(), EventId.FILE_CHECKPOINT_NOT_RESTORED.number());

  private static boolean isOnline(Event event) {
    return event.id() == EventId.STATE_CHANGED.number()
        && ResourceState.ONLINE.toString().equals(event.parameters().get("to"));
  }

  private static String words(Event event) {
    String cause = event.cause() == null ? "" : event.cause();
    if (event.id() == EventId.STATE_CHANGED.number()) {
      return event.parameters().get("from")
          + " → "
          + event.parameters().get("to")
          + (cause.isEmpty() ? "" : ": " + cause);
    }
    if (event.id() == EventId.RESOURCE_FAILED.number()
        || event.id() == EventId.RESTART_SCHEDULED.number()) {
      return cause.isEmpty() ? event.message() : cause;
    }
    if (event.id() == EventId.CHECKPOINT_SUSPECTED.number()) {
      return "failed %s after generation %s changed %s (checkpoint %s, %s)"
          .formatted(
              event.parameters().get("after"),
              event.parameters().get("generation"),
              event.parameters().get("differences"),
              event.parameters().get("checkpoint"),
              event.parameters().get("path"));
    }
    return event.message();
  }

  // ---- what stands in the way --------------------------------------------------------------

  private record Blocker(String what, @Nullable String unblock) {}

  private Blocker blocker(ClusterState state, ClusterResource resource) {
    String name = resource.config().name();
    TypeStatus type = state.typeStatus(resource.config().type());
    if (type != TypeStatus.REGISTERED) {
      return new Blocker(
          "its type %s is %s".formatted(resource.config().type(), type),
          type == TypeStatus.NOT_REGISTERED
              ? "holdfast type register ARCHIVE.zip"
              : "holdfast type show " + ShellWord.of(resource.config().type()));
    }
    Optional<Patch> patch = patches.apply(resource.id().toString());
    if (patch.isPresent()) {
      return patched(name, patch.get());
    }
    Optional<ClusterResource> dependent = dependentThatGoesFirst(state, resource);
    if (dependent.isPresent()) {
      ClusterResource other = dependent.get();
      return new Blocker(
          "%s, which depends on it, is %s, and goes first"
              .formatted(other.config().name(), other.state()),
          "holdfast why " + ShellWord.of(other.config().name()));
    }
    if (!resource.config().wantedOnline()
        && resource.phase() instanceof Phase.Failed(String why, Optional<Instant> retryAt)
        && retryAt.isPresent()) {
      return new Blocker(
          "%s; it is looked at again when that ends, at the latest at %s"
              .formatted(why, time(retryAt.get())),
          null);
    }
    if (!resource.config().wantedOnline()) {
      return new Blocker(
          "nothing: it is not wanted Online",
          resource.state() == ResourceState.ONLINE
              ? null
              : "holdfast resource online " + ShellWord.of(name));
    }
    Optional<ClusterResource> provider =
        resource.config().dependsOn().stream()
            .map(state.resources()::get)
            .filter(Objects::nonNull)
            .filter(other -> other.state() != ResourceState.ONLINE)
            .findFirst();
    if (provider.isPresent()) {
      ClusterResource other = provider.get();
      return new Blocker(
          "%s, which it depends on, is %s".formatted(other.config().name(), other.state()),
          "holdfast why " + ShellWord.of(other.config().name()));
    }
    if (resource.unsupervisedSince().isPresent()) {
      return new Blocker(
          "no monitor holds it since "
              + time(resource.unsupervisedSince().get())
              + "; it stays as it is until one does",
          "holdfast monitor list");
    }
    if ((resource.lives() == Lives.ELSEWHERE || resource.foreign())
        && resource.phase() instanceof Phase.Failed(String why, Optional<Instant> retryAt)
        && retryAt.isPresent()) {
      // There the reason is somebody else's, or nobody could be asked: neither is a failure of it.
      return new Blocker(
          "%s; it is looked at again at %s".formatted(why, time(retryAt.get())),
          "holdfast resource online " + ShellWord.of(name));
    }
    if (resource.phase() instanceof Phase.Failed(_, Optional<Instant> retryAt)) {
      String again =
          retryAt
              .map(at -> "nothing: it is tried again at " + time(at))
              .orElse("its policy: it is not tried again by itself");
      Optional<String> undo = suspicion(resource.id()).map(event -> event.parameters().get("next"));
      if (undo.isPresent()) {
        return new Blocker(again, undo.get());
      }
      return new Blocker(
          again,
          "holdfast resource reset-failures %s && holdfast resource online %s"
              .formatted(ShellWord.of(name), ShellWord.of(name)));
    }
    if (unrestored.test(resource.id().toString())) {
      return unrestored(resource);
    }
    String dependencies =
        resource.config().dependsOn().isEmpty()
            ? "nothing"
            : "nothing: all it depends on is Online";
    return new Blocker(dependencies, null);
  }

  /** What is not saved is told whatever else there is; it is what to do when there is nothing. */
  private Blocker withUnsaved(ClusterResource resource, Blocker blocker) {
    List<Unsaved> all = unsaved.apply(resource.id().toString());
    if (all.isEmpty()) {
      return blocker;
    }
    String words =
        all.stream().map(each -> each.since(time(each.since()))).collect(Collectors.joining("; "));
    return new Blocker(
        "%s, but %s; it is tried again by itself".formatted(blocker.what(), words),
        blocker.unblock() == null
            ? "holdfast checkpoint save " + ShellWord.of(resource.config().name())
            : blocker.unblock());
  }

  private Blocker patched(String name, Patch patch) {
    String word = ShellWord.of(name);
    String what = patch.since(time(patch.since()));
    return switch (patch.state()) {
      case OPEN ->
          new Blocker(
              what + "; --commit keeps what was changed, --abort brings back what was before",
              "holdfast resource patch %s --commit".formatted(word));
      case RUNNING -> new Blocker(what, "holdfast resource logs %s -f".formatted(word));
      case INCOMPLETE ->
          new Blocker(
              what + "; --commit keeps what was changed, --abort brings back what was before",
              "holdfast resource patch %s -- %s".formatted(word, patch.command()));
    };
  }

  /**
   * A change after which it failed, when nobody went back behind that since, and it was never well
   * again for long: a program that takes a moment to fail goes Online in each restart.
   */
  private Optional<Event> suspicion(ResourceId resource) {
    @Nullable Event suspected = null;
    @Nullable Instant onlineSince = null;
    for (Event event : about(resource).toList()) {
      if (event.id() == EventId.CHECKPOINT_SUSPECTED.number()) {
        suspected = event;
        onlineSince = null;
      } else if (isDecision(event)) {
        suspected = null;
      } else if (isOnline(event)) {
        onlineSince = event.time();
      } else if (event.id() == EventId.STATE_CHANGED.number()) {
        if (onlineSince != null
            && Duration.between(onlineSince, event.time()).compareTo(WELL_AGAIN) > 0) {
          suspected = null;
        }
        onlineSince = null;
      }
    }
    return Optional.ofNullable(suspected);
  }

  /** Another content counts now, because somebody said so. */
  private static boolean isDecision(Event event) {
    return event.id() == EventId.CHECKPOINT_ROLLED_BACK.number()
        || (event.id() == EventId.CHECKPOINT_SAVED.number()
            && List.of("" + Cause.ROLLED_BACK, "" + Cause.MANUAL, "" + Cause.PATCHED)
                .contains(String.valueOf(event.cause())));
  }

  private Stream<Event> about(ResourceId resource) {
    return events
        .query(new EventQuery(null, null, resource.toString(), null, EVENTS_LOOKED_AT))
        .stream();
  }

  /** What the event said when it happened is what is to be done. */
  private Blocker unrestored(ClusterResource resource) {
    Optional<Event> event =
        about(resource.id())
            .filter(each -> NOT_RESTORED.contains(each.id()))
            .reduce((_, last) -> last);
    return new Blocker(
        "nothing, but it runs on configuration that could not be restored"
            + event.map(each -> " (%s, event %d)".formatted(each.cause(), each.id())).orElse(""),
        event
            .map(each -> each.parameters().get("next"))
            .orElse("holdfast checkpoint list " + ShellWord.of(resource.config().name())));
  }

  /** What is not wanted, and Online still, waits for those that depend on it. */
  private static Optional<ClusterResource> dependentThatGoesFirst(
      ClusterState state, ClusterResource resource) {
    return resource.config().wantedOnline() || resource.state() != ResourceState.ONLINE
        ? Optional.empty()
        : state.resources().values().stream()
            .filter(other -> other.config().dependsOn().contains(resource.id()))
            .filter(ClusterResource::isActive)
            .findFirst();
  }

  private String time(Instant instant) {
    boolean today =
        instant.atZone(zone).toLocalDate().equals(clock.instant().atZone(zone).toLocalDate());
    return DateTimeFormatter.ofPattern(today ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss")
        .format(instant.atZone(zone));
  }
}
