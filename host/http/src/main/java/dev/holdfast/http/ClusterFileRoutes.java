package dev.holdfast.http;

import static dev.holdfast.http.Access.CHANGE;
import static dev.holdfast.http.Access.READ;
import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.POST;

import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.ClusterFileApi;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The cluster as one document. Everybody may have it: there is nothing in it that the lists do not
 * tell, and no secret.
 */
final class ClusterFileRoutes {
  private final ClusterApi api;
  private final Streams streams;

  ClusterFileRoutes(ClusterApi api, Streams streams) {
    this.api = api;
    this.streams = streams;
  }

  List<Route> table() {
    return List.of(
        new Route(GET, "/v1/cluster-file", READ, this::export),
        new Route(
            GET,
            "/v1/cluster-file/schema",
            READ,
            c -> answer(c, "ClusterFileSchema", api.clusterFile().schema())),
        new Route(
            POST,
            "/v1/diff",
            CHANGE,
            c -> answer(c, "ClusterPlan", api.clusterFile().diff(document(c), prune(c)))),
        new Route(POST, "/v1/apply", CHANGE, this::apply));
  }

  /** The document is its own envelope: what is around the groups is the same for both. */
  private void export(Context context) {
    Map<String, Object> document = api.clusterFile().export();
    answer(context, "Cluster", Map.of("groups", document.getOrDefault("groups", List.of())));
  }

  private void apply(Context context) throws IOException, InterruptedException {
    Map<String, Object> document = document(context);
    boolean prune = prune(context);
    Caller caller = Peer.caller(context);
    Submission.answer(
        context, streams, asker -> api.clusterFile().apply(document, prune, caller, asker));
  }

  private static Map<String, Object> document(Context context) throws IOException {
    return Json.readDocument(Requests.file(context, ClusterFileApi.DOCUMENT_BYTES_MAX));
  }

  private static boolean prune(Context context) {
    return Requests.flag(context, "prune");
  }

  /** Escaped, for a key's path may be text that no UTF-8 holds. */
  private static void answer(Context context, String kind, Object item) {
    context.contentType("application/json");
    context.header("Cache-Control", "no-store");
    context.result(Json.writeAscii(Envelope.of(kind, item)));
  }
}
