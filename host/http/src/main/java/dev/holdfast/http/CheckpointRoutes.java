package dev.holdfast.http;

import static dev.holdfast.http.Access.CHANGE;
import static dev.holdfast.http.Access.READ;
import static dev.holdfast.http.Requests.body;
import static dev.holdfast.http.Requests.flag;
import static dev.holdfast.http.Requests.number;
import static dev.holdfast.http.Requests.required;
import static io.javalin.http.HandlerType.DELETE;
import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.POST;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.CheckpointApi;
import dev.holdfast.service.api.CheckpointApi.NewCheckpoint;
import dev.holdfast.service.api.ClusterApi;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of checkpoints. Which there are, and when they were saved, everybody of this
 * machine may know. What is in them is for the home's owner and root alone: the service reads more
 * than those who ask could.
 */
final class CheckpointRoutes {
  private static final String ALL_OF_RESOURCE = "/v1/resources/{resource}/checkpoints";
  private static final String ONE = ALL_OF_RESOURCE + "/{id}";

  private final ClusterApi api;

  CheckpointRoutes(ClusterApi api) {
    this.api = api;
  }

  List<Route> table() {
    return List.of(
        route(
            GET,
            "/v1/checkpoints",
            READ,
            (c, checkpoints) ->
                answer(c, "CheckpointList", checkpoints.checkpoints(c.queryParam("resource")))),
        route(
            GET,
            ALL_OF_RESOURCE,
            READ,
            (c, checkpoints) -> answer(c, "CheckpointList", checkpoints.checkpoints(resource(c)))),
        route(POST, ALL_OF_RESOURCE, CHANGE, this::add),
        route(POST, ALL_OF_RESOURCE + "/save", CHANGE, (c, all) -> save(c, all, null)),
        route(
            GET,
            ONE,
            READ,
            (c, checkpoints) ->
                answer(c, "Checkpoint", List.of(checkpoints.checkpoint(resource(c), id(c))))),
        route(
            DELETE,
            ONE,
            CHANGE,
            (c, checkpoints) ->
                answer(
                    c,
                    "Checkpoint",
                    List.of(checkpoints.remove(resource(c), id(c), flag(c, "dryRun"))))),
        route(POST, ONE + "/save", CHANGE, (c, all) -> save(c, all, id(c))),
        route(POST, ONE + "/rollback", CHANGE, this::rollBack),
        route(
            GET,
            ONE + "/generations",
            READ,
            (c, checkpoints) ->
                answer(c, "GenerationList", checkpoints.history(resource(c), id(c)))),
        route(
            GET,
            ONE + "/generations/{generation}",
            READ,
            (c, checkpoints) ->
                answer(
                    c,
                    "Generation",
                    List.of(checkpoints.generation(resource(c), id(c), generation(c))))),
        route(GET, ONE + "/content", CHANGE, this::content),
        route(
            GET,
            ONE + "/diff",
            CHANGE,
            (c, checkpoints) ->
                answer(
                    c,
                    "CheckpointDiff",
                    List.of(
                        checkpoints.diff(resource(c), id(c), number(c, "from"), number(c, "to"))))),
        route(
            GET,
            "/v1/checkpoint-verification",
            CHANGE,
            (c, checkpoints) ->
                answer(c, "GenerationList", checkpoints.verify(c.queryParam("resource")))));
  }

  /** Answers a request for checkpoints. */
  @FunctionalInterface
  private interface Answerer {
    void answer(Context context, CheckpointApi checkpoints) throws IOException;
  }

  private Route route(HandlerType method, String path, Access access, Answerer answerer) {
    return new Route(method, path, access, context -> answerer.answer(context, api.checkpoints()));
  }

  private void add(Context context, CheckpointApi checkpoints) throws IOException {
    Requests.NewCheckpoint asked = body(context, Requests.NewCheckpoint.class);
    var wanted =
        new NewCheckpoint(
            required(asked.of(), "of"),
            asked.onRestoreFailure(),
            asked.onDrift(),
            asked.excludes() == null ? List.of() : asked.excludes(),
            asked.keep(),
            asked.quietMillis(),
            asked.delayMillis(),
            asked.rollBackWithinMillis(),
            asked.grant() != null && asked.grant());
    answer(
        context,
        "CheckpointChangeList",
        List.of(
            checkpoints.add(
                Peer.caller(context), resource(context), wanted, flag(context, "dryRun"))));
  }

  private static void save(Context context, CheckpointApi checkpoints, @Nullable Integer id) {
    answer(
        context,
        "CheckpointChangeList",
        checkpoints.save(resource(context), id, flag(context, "dryRun")));
  }

  private void rollBack(Context context, CheckpointApi checkpoints) throws IOException {
    long to = required(body(context, Requests.Rollback.class).to(), "to");
    answer(
        context,
        "CheckpointChangeList",
        List.of(checkpoints.rollback(resource(context), id(context), to, flag(context, "dryRun"))));
  }

  /** As it is read, for it may be larger than the heap; half of it never looks like all of it. */
  private void content(Context context, CheckpointApi checkpoints) throws IOException {
    String resource = resource(context);
    int id = id(context);
    Long generation = number(context, "generation");
    String format = format(context.queryParam("format"));
    HttpServletResponse response = context.res();
    context.contentType("application/octet-stream");
    context.header("Cache-Control", "no-store");
    // Otherwise who asks for one answer and no more would see its end in the connection's.
    context.header("Transfer-Encoding", "chunked");
    try {
      checkpoints.content(resource, id, generation, format, response.getOutputStream());
    } catch (IOException | RuntimeException failed) {
      if (response.isCommitted()) {
        Peer.hangUp(context);
      } else {
        response.reset();
      }
      throw failed;
    }
  }

  private static @Nullable String format(@Nullable String format) {
    if (format == null || List.of("hive", "reg", "tar").contains(format)) {
      return format;
    }
    throw new ApiException.Usage(
        "BadParameter", "Parameter format is \"" + format + "\"; it is hive, reg or tar.");
  }

  private static String resource(Context context) {
    return context.pathParam("resource");
  }

  private static int id(Context context) {
    long id = Requests.pathNumber(context, "id", "checkpoint");
    if (id != (int) id) {
      throw new ApiException.NotFound(
          "CheckpointNotFound",
          resource(context),
          "Resource " + resource(context) + " has no checkpoint " + id + ".");
    }
    return (int) id;
  }

  private static long generation(Context context) {
    return Requests.pathNumber(context, "generation", "generation");
  }

  /** Escaped, for a key's path and its values may be text that no UTF-8 holds. */
  private static void answer(Context context, String kind, List<?> items) {
    context.contentType("application/json");
    context.header("Cache-Control", "no-store");
    context.result(Json.writeAscii(new Envelope(kind, items)));
  }
}
