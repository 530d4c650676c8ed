package dev.holdfast.system;

import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** When a cluster has come to rest: everything is as it is wanted, and looked after. */
final class Settled {
  private Settled() {}

  /** Waits for it; the limit is the bound within which everything is to be Online again. */
  static void await(Cluster cluster) {
    Patience.until("every resource is as it is wanted, and supervised", () -> holds(cluster));
  }

  /** As {@link #await}, and no longer when the service is gone: then it does not hold. */
  static boolean orGone(Cluster cluster) {
    Patience.until(
        "every resource is as it is wanted, or the service is gone",
        () -> !cluster.service().isAlive() || holds(cluster));
    return cluster.service().isAlive();
  }

  private static boolean holds(Cluster cluster) throws IOException {
    for (JsonNode resource : cluster.resources()) {
      if (!resource.required("monitorPid").isNumber()
          || !resource.required("unsupervisedSince").isNull()
          || !resource.required("state").equals(resource.required("wanted"))) {
        return false;
      }
    }
    return cluster.monitor("shared-0").required("state").asString().equals("Ready");
  }
}
