package dev.holdfast.service.operation;

import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.GroupId;
import dev.holdfast.cluster.ResourceEvent;
import dev.holdfast.cluster.ResourceId;
import java.util.List;
import java.util.stream.Collectors;

/** What an event would do, in words. */
final class DryRun {
  private DryRun() {}

  static String words(ClusterEvent event, ClusterState state) {
    return switch (event) {
      case ClusterEvent.GroupPut put -> "write the group " + put.group().name();
      case ClusterEvent.GroupDeleted(GroupId group) -> "delete the group " + name(state, group);
      case ClusterEvent.ResourceCreated created ->
          "create the resource " + created.config().name() + ", Offline";
      case ClusterEvent.ResourceDeleted deleted -> "delete " + name(state, deleted.resource());
      case ClusterEvent.PropertiesSet set -> "set properties of " + name(state, set.resource());
      case ClusterEvent.Placed placed ->
          "set group and dependencies of " + name(state, placed.resource());
      case ClusterEvent.Wanted(List<ResourceId> ids, _) when ids.isEmpty() ->
          "change nothing: there is no resource";
      case ClusterEvent.Wanted(List<ResourceId> ids, boolean online) ->
          (online ? "bring online " : "take offline ")
              + ids.stream().map(id -> name(state, id)).collect(Collectors.joining(", "))
              + (online ? " and what they depend on" : " and what depends on them");
      case ClusterEvent.Restart restart -> "restart " + name(state, restart.resource());
      case ClusterEvent.TypeRegistered type -> "register the type " + type.registration().name();
      case ClusterEvent.TypeUnregistered type -> "unregister the type " + type.name();
      case ClusterEvent.TypeResolved type -> "look at the type " + type.name();
      case ClusterEvent.MonitorReplaced replaced -> "replace the monitor " + replaced.monitor();
      case ClusterEvent.OfResource(ResourceId id, ResourceEvent.FailNow _) ->
          "fail " + name(state, id) + "; its restart policy does the rest";
      case ClusterEvent.OfResource(ResourceId id, ResourceEvent.ForgetFailures _) ->
          "forget the failures of " + name(state, id);
      case ClusterEvent.OfResource(ResourceId id, ResourceEvent.Adopt _) ->
          "take over " + name(state, id) + " as it runs; nothing is started";
      case ClusterEvent.OfResource of -> "change " + name(state, of.resource());
      case ClusterEvent.Stop _ -> "take everything offline";
      case ClusterEvent.MonitorStarted _,
          ClusterEvent.MonitorReady _,
          ClusterEvent.MonitorDied _,
          ClusterEvent.ProcessEnded _,
          ClusterEvent.Tick _ ->
          throw new IllegalArgumentException("no operator asks for " + event);
    };
  }

  private static String name(ClusterState state, GroupId id) {
    GroupConfig group = state.groups().get(id);
    return group == null ? id.toString() : group.name();
  }

  private static String name(ClusterState state, ResourceId id) {
    ClusterResource resource = state.resources().get(id);
    return resource == null ? id.toString() : resource.config().name();
  }
}
