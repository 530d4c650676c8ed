package dev.holdfast.system;

import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What the demo runs, and how it is looked at from outside. */
final class DemoSites {
  static final List<String> SITES = List.of("site-a", "site-b");
  static final List<String> RESOURCES = List.of("site-a", "site-b", "ticker");

  private DemoSites() {}

  /** The page that a site's resource is probed with. */
  static URI url(Cluster cluster, String site) throws IOException {
    return URI.create(
        cluster.resource(site).required("properties").required("ProbeUrl").asString());
  }

  /** Visitors of a site, who expect its own page. */
  static Visitors visit(Cluster cluster, String site) throws IOException {
    return Visitors.of(url(cluster, site), "This is " + site);
  }

  /**
   * Which process an application is: a pid alone may be given out again.
   *
   * @param startTicks when it started, since boot
   */
  record Identity(long pid, long startTicks) {}

  /** The application of each resource. */
  static Map<String, Identity> identities(Cluster cluster) throws IOException {
    var identities = new HashMap<String, Identity>();
    for (String resource : RESOURCES) {
      long pid = cluster.number(resource, "pid");
      identities.put(resource, new Identity(pid, Processes.startTicks(pid).orElseThrow()));
    }
    return identities;
  }

  /** The slots in which anything of this cluster runs. */
  static List<String> slots(Cluster cluster) {
    return cluster.processes().stream()
        .flatMap(process -> process.slot().stream())
        .distinct()
        .sorted()
        .toList();
  }

  /** What must survive every death, of each resource. */
  static Map<String, List<JsonNode>> essence(Cluster cluster) throws IOException {
    var essence = new HashMap<String, List<JsonNode>>();
    for (String name : RESOURCES) {
      JsonNode resource = cluster.resource(name);
      essence.put(
          name,
          List.of(
              resource.required("id"),
              resource.required("group"),
              resource.required("type"),
              resource.required("plugin"),
              resource.required("pluginVersion"),
              resource.required("properties"),
              resource.required("dependsOn"),
              resource.required("wanted")));
    }
    return essence;
  }
}
