package dev.holdfast.http;

import static dev.holdfast.http.Access.CHANGE;
import static dev.holdfast.http.Access.READ;
import static dev.holdfast.http.Requests.body;
import static dev.holdfast.http.Requests.flag;
import static dev.holdfast.http.Requests.required;
import static io.javalin.http.HandlerType.DELETE;
import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.PATCH;
import static io.javalin.http.HandlerType.POST;
import static io.javalin.http.HandlerType.PUT;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.api.EventQuery;
import dev.holdfast.service.api.MonitorSignal;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The table of everything that can be asked, in one place. A question answers with an envelope. A
 * change answers 202 with the operation, or, when {@code application/x-ndjson} is accepted, with
 * the operation's stream until it has ended; {@code dryRun=true} changes nothing.
 */
final class Routes {
  private static final int DEFAULT_EVENTS = 1_000;

  /** A piece of a log within one answer. */
  private static final int MAX_LOG_BYTES = 1 << 20;

  private final ClusterApi api;
  private final Streams streams;
  private final MetricsPage metrics;

  Routes(ClusterApi api, Streams streams, MetricsPage metrics) {
    this.api = api;
    this.streams = streams;
    this.metrics = metrics;
  }

  List<Route> table() {
    return Stream.of(
            clusterTable(),
            new RegistryRoutes(api, streams).table(),
            new CheckpointRoutes(api).table(),
            new QuorumRoutes(api).table(),
            new ClusterFileRoutes(api, streams).table())
        .flatMap(List::stream)
        .toList();
  }

  private List<Route> clusterTable() {
    return List.of(
        read(MetricsPage.PATH, c -> metrics.write(c, api::refreshMeters)),
        read("/v1/status", c -> one(c, "Status", api.status())),
        read("/v1/why/{name}", c -> one(c, "Why", api.why(c.pathParam("name")))),
        read("/v1/groups", c -> all(c, "GroupList", api.groups())),
        read("/v1/groups/{group}", c -> one(c, "Group", api.group(c.pathParam("group")))),
        read("/v1/resources", c -> all(c, "ResourceList", api.resources())),
        read("/v1/resources/{resource}", c -> one(c, "Resource", api.resource(resource(c)))),
        read("/v1/resources/{resource}/log", this::log),
        read(
            "/v1/resources/{resource}/log/stream",
            c -> streams.follow(c, api.followLog(resource(c), orElse(c, "from", 0)))),
        read("/v1/types", c -> all(c, "TypeList", api.types())),
        read("/v1/types/{type}", c -> one(c, "Type", api.type(c.pathParam("type")))),
        read("/v1/available-types", c -> all(c, "AvailableTypeList", api.availableTypes())),
        read("/v1/type-verification", c -> all(c, "TypeList", api.verifyTypes())),
        new Route(
            GET,
            "/v1/validation",
            CHANGE,
            c -> all(c, "ValidationList", api.validate(only(c.queryParam("only"))))),
        new Route(GET, "/v1/rehearsals", CHANGE, c -> all(c, "RehearsalList", api.rehearsals())),
        new Route(
            POST,
            "/v1/rehearsals",
            CHANGE,
            c ->
                all(
                    c,
                    "ValidationList",
                    api.rehearse(
                        required(body(c, Requests.Rehearsals.class).rehearsals(), "rehearsals")))),
        read("/v1/monitors", c -> all(c, "MonitorList", api.monitors())),
        read("/v1/monitors/{monitor}", c -> one(c, "Monitor", api.monitor(monitor(c)))),
        read("/v1/nodes", c -> all(c, "NodeList", api.nodes())),
        read("/v1/nodes/{node}", c -> one(c, "Node", api.node(c.pathParam("node")))),
        read("/v1/audit", c -> one(c, "AuditFacts", api.auditFacts())),
        read("/v1/events", c -> all(c, "EventList", api.events(query(c)))),
        read(
            "/v1/events/{seq}",
            c -> one(c, "Event", api.event(Requests.pathNumber(c, "seq", "event")))),
        read(
            "/v1/event-stream",
            c -> streams.follow(c, api.followEvents(query(c), orElse(c, "after", 0)))),
        read("/v1/incidents", c -> all(c, "IncidentList", api.incidents())),
        read(
            "/v1/incidents/{seq}",
            c -> one(c, "Incident", api.incident(Requests.pathNumber(c, "seq", "incident")))),
        read(
            "/v1/operations/{id}",
            c -> one(c, "Operation", OperationView.withLines(api.operation(c.pathParam("id"))))),
        read(
            "/v1/operations/{id}/stream",
            c -> streams.narrate(c, api.operation(c.pathParam("id")))),
        change(POST, "/v1/groups", this::createGroup),
        change(DELETE, "/v1/groups/{group}", c -> new Command.DeleteGroup(c.pathParam("group"))),
        change(
            POST, "/v1/groups/{group}/online", c -> new Command.OnlineGroup(c.pathParam("group"))),
        change(
            POST,
            "/v1/groups/{group}/offline",
            c -> new Command.OfflineGroup(c.pathParam("group"))),
        change(POST, "/v1/groups/{group}/move", this::moveGroup),
        change(PATCH, "/v1/groups/{group}/properties", this::setGroup),
        change(POST, "/v1/resources", this::createResource),
        change(DELETE, "/v1/resources/{resource}", c -> new Command.DeleteResource(resource(c))),
        change(
            POST,
            "/v1/resources/{resource}/online",
            c ->
                flag(c, "adopt")
                    ? new Command.AdoptResource(resource(c))
                    : new Command.OnlineResource(resource(c))),
        onResource("offline", Command.OfflineResource::new),
        onResource("restart", Command.RestartResource::new),
        onResource("fail", Command.FailResource::new),
        onResource("reset-failures", Command.ResetFailures::new),
        onResource("patch/begin", Command.BeginPatch::new),
        onResource("patch/commit", Command.CommitPatch::new),
        onResource("patch/abort", Command.AbortPatch::new),
        change(
            POST,
            "/v1/resources/{resource}/patch/run",
            c ->
                new Command.RunPatch(
                    resource(c), required(body(c, Requests.Tool.class).command(), "command"))),
        change(PATCH, "/v1/resources/{resource}/properties", this::setResource),
        change(POST, "/v1/resources/{resource}/controls/{control}", Routes::controlResource),
        change(
            PUT,
            "/v1/resources/{resource}/maintenance",
            c ->
                new Command.Maintenance(
                    resource(c), required(body(c, Requests.Maintenance.class).on(), "on"))),
        change(POST, "/v1/types", c -> register(body(c, Requests.Archive.class))),
        change(
            DELETE,
            "/v1/types/{type}",
            c -> new Command.UnregisterType(c.pathParam("type"), flag(c, "force"))),
        change(
            POST,
            "/v1/monitors/{monitor}/kill",
            c ->
                new Command.KillMonitor(monitor(c), signal(body(c, Requests.Kill.class).signal()))),
        change(POST, "/v1/monitors/{monitor}/restart", c -> new Command.RestartMonitor(monitor(c))),
        change(
            POST,
            "/v1/service/stop",
            c -> new Command.StopService(isTrue(body(c, Requests.Stop.class).keep()))));
  }

  private static Route read(String path, Route.Answerer answerer) {
    return new Route(GET, path, READ, answerer);
  }

  private Route onResource(String verb, Function<String, Command> command) {
    return change(POST, "/v1/resources/{resource}/" + verb, c -> command.apply(resource(c)));
  }

  private Route change(HandlerType method, String path, CommandReader reader) {
    return new Route(method, path, CHANGE, c -> submit(c, reader.read(c)));
  }

  private void submit(Context context, Command command) throws IOException, InterruptedException {
    Submission.answer(context, streams, asker -> api.submit(command, asker));
  }

  private Command createGroup(Context context) throws IOException {
    return new Command.CreateGroup(required(body(context, Requests.Group.class).name(), "name"));
  }

  private Command moveGroup(Context context) throws IOException {
    return new Command.MoveGroup(
        context.pathParam("group"), required(body(context, Requests.Move.class).to(), "to"));
  }

  private Command setGroup(Context context) throws IOException {
    Requests.Properties wanted = body(context, Requests.Properties.class);
    return new Command.SetGroup(
        context.pathParam("group"), required(wanted.properties(), "properties"));
  }

  private Command createResource(Context context) throws IOException {
    Requests.Resource wanted = body(context, Requests.Resource.class);
    return new Command.CreateResource(
        required(wanted.name(), "name"),
        required(wanted.type(), "type"),
        required(wanted.group(), "group"),
        wanted.properties() == null ? Map.of() : wanted.properties(),
        isTrue(wanted.separateMonitor()),
        wanted.dependsOn() == null ? List.of() : wanted.dependsOn());
  }

  private Command setResource(Context context) throws IOException {
    Requests.Properties wanted = body(context, Requests.Properties.class);
    return new Command.SetResource(
        resource(context),
        required(wanted.properties(), "properties"),
        isTrue(wanted.privateOnly()));
  }

  private static Command controlResource(Context context) throws IOException {
    Map<String, List<String>> parameters = body(context, Requests.Parameters.class).parameters();
    return new Command.ControlResource(
        resource(context),
        context.pathParam("control"),
        parameters == null ? Map.of() : parameters);
  }

  private void log(Context context) {
    long max = orElse(context, "max", MAX_LOG_BYTES);
    one(
        context,
        "Log",
        api.log(resource(context), orElse(context, "from", 0), Math.clamp(max, 1, MAX_LOG_BYTES)));
  }

  private static Set<String> only(@Nullable String checks) {
    return checks == null || checks.isBlank()
        ? Set.of()
        : Set.copyOf(List.of(checks.trim().split("\\s*,\\s*")));
  }

  private static EventQuery query(Context context) {
    Long id = Requests.number(context, "id");
    long limit = orElse(context, "limit", DEFAULT_EVENTS);
    if (limit < 1 || limit > EventQuery.MAX_EVENTS) {
      throw new ApiException.Usage(
          "BadParameter",
          "Parameter limit is " + limit + "; it goes from 1 to " + EventQuery.MAX_EVENTS + ".");
    }
    return new EventQuery(
        Requests.instant(context, "since"),
        id == null ? null : Math.clamp(id, Integer.MIN_VALUE, Integer.MAX_VALUE),
        context.queryParam("resource"),
        level(context.queryParam("level")),
        (int) limit);
  }

  private static @Nullable String level(@Nullable String level) {
    return switch (level == null ? "" : level.toLowerCase(Locale.ROOT)) {
      case "" -> null;
      case "critical" -> "Critical";
      case "error" -> "Error";
      case "warning", "warn" -> "Warning";
      case "information", "info" -> "Information";
      default ->
          throw new ApiException.Usage(
              "BadParameter",
              "Level is \"" + level + "\"; it is critical, error, warning or information.");
    };
  }

  private static MonitorSignal signal(@Nullable String name) {
    if (name == null) {
      return MonitorSignal.KILL;
    }
    for (MonitorSignal signal : MonitorSignal.values()) {
      if (signal.name().equals(name)) {
        return signal;
      }
    }
    throw new ApiException.Usage(
        "BadSignal", "The signal is \"" + name + "\"; it is KILL, STOP or SEGV.");
  }

  private static Command register(Requests.Archive body) {
    String name = body.name();
    return name == null
        ? new Command.RegisterType(archive(required(body.archive(), "archive")))
        : new Command.RegisterMember(name);
  }

  private static Path archive(String text) {
    try {
      Path archive = Path.of(text);
      if (archive.isAbsolute()) {
        return archive;
      }
    } catch (InvalidPathException noPath) {
      // Said below, as for a path that is not absolute.
    }
    throw new ApiException.Usage(
        "BadPath", "The archive's path is \"" + text + "\"; it must be absolute.");
  }

  private static long orElse(Context context, String parameter, long otherwise) {
    Long number = Requests.number(context, parameter);
    return number == null ? otherwise : number;
  }

  private static boolean isTrue(@Nullable Boolean flag) {
    return flag != null && flag;
  }

  private static String resource(Context context) {
    return context.pathParam("resource");
  }

  private static String monitor(Context context) {
    return context.pathParam("monitor");
  }

  private static void one(Context context, String kind, Object item) {
    answer(context, Envelope.of(kind, item));
  }

  private static void all(Context context, String kind, List<?> items) {
    answer(context, new Envelope(kind, items));
  }

  private static void answer(Context context, Envelope envelope) {
    context.contentType("application/json");
    context.header("Cache-Control", "no-store");
    context.result(Json.write(envelope));
  }

  /** Reads the command that a request means. */
  @FunctionalInterface
  private interface CommandReader {
    Command read(Context context) throws IOException;
  }
}
