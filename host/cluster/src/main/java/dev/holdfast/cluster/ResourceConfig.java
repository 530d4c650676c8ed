package dev.holdfast.cluster;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an operator said about a resource.
 *
 * @param type the registered name of its type
 * @param dependsOn its providers: resources of its group that must be Online before it is
 * @param wantedOnline what to bring it to, over any death (MSCS: PersistentState)
 * @param properties the private properties, as text in the declared spelling
 */
public record ResourceConfig(
    ResourceId id,
    String name,
    String type,
    GroupId group,
    Set<ResourceId> dependsOn,
    boolean wantedOnline,
    CommonProperties common,
    Map<String, List<String>> properties) {

  public ResourceConfig {
    dependsOn = Set.copyOf(dependsOn);
    properties = Map.copyOf(properties);
  }

  /** The same, with another wanted state. */
  public ResourceConfig wanted(boolean online) {
    return new ResourceConfig(id, name, type, group, dependsOn, online, common, properties);
  }

  /** The same, with other properties. */
  public ResourceConfig with(CommonProperties newCommon, Map<String, List<String>> newProperties) {
    return new ResourceConfig(
        id, name, type, group, dependsOn, wantedOnline, newCommon, newProperties);
  }

  /** The same in another group, or with other providers. */
  public ResourceConfig placed(GroupId newGroup, Set<ResourceId> newDependsOn) {
    return new ResourceConfig(
        id, name, type, newGroup, newDependsOn, wantedOnline, common, properties);
  }

  /** The same without one provider. */
  public ResourceConfig withoutProvider(ResourceId provider) {
    var rest = new java.util.HashSet<>(dependsOn);
    rest.remove(provider);
    return new ResourceConfig(id, name, type, group, rest, wantedOnline, common, properties);
  }

  /** The monitor that hosts it. */
  public MonitorName monitor() {
    return common.separateMonitor() ? MonitorName.own(id, name) : MonitorName.SHARED;
  }
}
