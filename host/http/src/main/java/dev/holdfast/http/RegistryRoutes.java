package dev.holdfast.http;

import static dev.holdfast.http.Requests.body;
import static dev.holdfast.http.Requests.flag;
import static dev.holdfast.http.Requests.parameter;
import static dev.holdfast.http.Requests.required;
import static io.javalin.http.HandlerType.DELETE;
import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.POST;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.RegistryApi;
import dev.holdfast.service.api.RegistryApi.HiveUpload;
import dev.holdfast.service.api.RegistryApi.KeyName;
import dev.holdfast.service.api.RegistryBatch;
import dev.holdfast.service.api.RegistryCommitView;
import dev.holdfast.service.api.RegistryFile;
import dev.holdfast.service.api.RegistryFormat;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What can be asked of the registry. Anybody of this machine may ask; each key's security
 * descriptor says what he gets.
 */
final class RegistryRoutes {
  /**
   * Answers and bodies that may be as large as a hive: so many at one time for the home's owner and
   * root, and as many for all others, who keep those two from nothing.
   */
  private static final int HEAVY_AT_ONCE = 2;

  private static final Duration HEAVY_WAIT_MAX = Duration.ofSeconds(30);

  private final ClusterApi api;
  private final Streams streams;
  private final Semaphore heavyOfOwner = new Semaphore(HEAVY_AT_ONCE, true);
  private final Semaphore heavyOfOthers = new Semaphore(HEAVY_AT_ONCE, true);

  RegistryRoutes(ClusterApi api, Streams streams) {
    this.api = api;
    this.streams = streams;
  }

  List<Route> table() {
    return List.of(
        heavy(GET, "/v1/registry", Access.IDENTIFIED, this::keys),
        route(POST, "/v1/registry", this::change),
        heavy(GET, "/v1/registry/file", Access.IDENTIFIED, this::export),
        heavy(POST, "/v1/registry/file", Access.CHANGE, this::restore),
        heavy(POST, "/v1/registry/text", Access.IDENTIFIED, this::importText),
        heavy(POST, "/v1/registry/hives", Access.CHANGE, this::load),
        route(DELETE, "/v1/registry/hives", this::unload),
        route(GET, "/v1/registry/stream", this::follow),
        route(GET, "/v1/registry/hold", this::hold),
        route(GET, "/v1/registry/handles", this::handles),
        route(DELETE, "/v1/registry/handles/{handle}", this::closeHandle),
        route(GET, "/v1/registry/acl", this::security),
        route(
            POST,
            "/v1/registry/acl/grant",
            (context, registry, caller) -> changeRights(context, caller, registry::grant)),
        route(
            POST,
            "/v1/registry/acl/revoke",
            (context, registry, caller) -> changeRights(context, caller, registry::revoke)));
  }

  /** Answers a request of a process that is known. */
  @FunctionalInterface
  private interface Answerer {
    void answer(Context context, RegistryApi registry, Caller caller) throws Exception;
  }

  private Route route(HandlerType method, String path, Answerer answerer) {
    return new Route(
        method,
        path,
        Access.IDENTIFIED,
        context -> answerer.answer(context, api.registry(), Peer.caller(context)));
  }

  /** One that takes its time and room, and waits for its turn. */
  private Route heavy(HandlerType method, String path, Access access, Answerer answerer) {
    return new Route(
        method,
        path,
        access,
        context -> {
          RegistryApi registry = api.registry();
          Caller caller = Peer.caller(context);
          Semaphore heavy = registry.mayRestore(caller) ? heavyOfOwner : heavyOfOthers;
          if (!heavy.tryAcquire(HEAVY_WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new ApiException.Unreachable(
                "Busy", "The service has large answers of the registry to give; ask again later.");
          }
          try {
            answerer.answer(context, registry, caller);
          } finally {
            heavy.release();
          }
        });
  }

  private void keys(Context context, RegistryApi registry, Caller caller) {
    Long handle = Requests.number(context, "handle");
    String path = context.queryParam("path");
    var key =
        handle == null
            ? KeyName.of(parameter(context, "path"))
            : new KeyName(path == null ? "" : path, handle);
    all(context, "RegistryKeyList", registry.keys(caller, key, flag(context, "recursive")));
  }

  private void change(Context context, RegistryApi registry, Caller caller) throws IOException {
    Requests.Registry asked = body(context, Requests.Registry.class);
    var batch =
        new RegistryBatch(
            asked.preconditions() == null ? List.of() : asked.preconditions(),
            required(asked.changes(), "changes"),
            asked.handle());
    all(
        context,
        "RegistryCommitList",
        List.of(registry.change(caller, batch, flag(context, "dryRun"))));
  }

  private void export(Context context, RegistryApi registry, Caller caller) {
    String format = context.queryParam("format");
    RegistryFormat wanted =
        switch (format == null ? "reg" : format) {
          case "reg" -> RegistryFormat.REG;
          case "regedit4" -> RegistryFormat.REGEDIT4;
          case "hive" -> RegistryFormat.HIVE;
          default ->
              throw new ApiException.Usage(
                  "BadParameter",
                  "Parameter format is \"" + format + "\"; it is reg, regedit4 or hive.");
        };
    RegistryFile file = registry.export(caller, parameter(context, "path"), wanted);
    if (!file.losses().isEmpty()) {
      String losses = String.join("; ", file.losses());
      context.header("Holdfast-Loss", losses.replaceAll("[^\\x20-\\x7e]", "?"));
    }
    context.header("Holdfast-Revision", Long.toString(file.revision()));
    context.contentType("application/octet-stream");
    context.header("Cache-Control", "no-store");
    context.result(file.bytes());
  }

  private void importText(Context context, RegistryApi registry, Caller caller) throws IOException {
    String name = context.queryParam("name");
    byte[] text =
        Requests.file(
            context,
            registry.mayRestore(caller) ? Requests.MAX_FILE_BYTES : Requests.MAX_BODY_BYTES);
    all(
        context,
        "RegistryCommitList",
        registry.importText(
            caller, name == null ? "the text" : name, text, flag(context, "dryRun")));
  }

  private void restore(Context context, RegistryApi registry, Caller caller) throws IOException {
    String path = parameter(context, "path");
    all(
        context,
        "RegistryCommitList",
        List.of(
            registry.restore(
                caller, path, upload(context), flag(context, "force"), flag(context, "dryRun"))));
  }

  private static HiveUpload upload(Context context) throws IOException {
    String name = context.queryParam("name");
    return new HiveUpload(
        name == null ? "the file" : name, Requests.file(context), flag(context, "salvage"));
  }

  private void load(Context context, RegistryApi registry, Caller caller) throws IOException {
    String path = parameter(context, "path");
    all(
        context,
        "RegistryCommitList",
        List.of(registry.load(caller, path, upload(context), flag(context, "dryRun"))));
  }

  private void unload(Context context, RegistryApi registry, Caller caller) {
    all(
        context,
        "RegistryCommitList",
        List.of(
            registry.unload(
                caller,
                parameter(context, "path"),
                flag(context, "force"),
                Requests.number(context, "saved"),
                flag(context, "discard"),
                flag(context, "dryRun"))));
  }

  private void follow(Context context, RegistryApi registry, Caller caller)
      throws IOException, InterruptedException {
    streams.follow(
        context,
        registry.follow(
            caller,
            parameter(context, "path"),
            flag(context, "recursive"),
            context.queryParams("kind"),
            Requests.number(context, "after")),
        Json::writeAscii,
        Streams.BEAT);
  }

  /** The handles are this request's: they are closed when its connection is. */
  private void hold(Context context, RegistryApi registry, Caller caller)
      throws IOException, InterruptedException {
    String rights = context.queryParam("rights");
    streams.follow(
        context,
        registry.hold(caller, context.queryParams("path"), rights == null ? "read" : rights),
        Json::writeAscii,
        Streams.QUICK_BEAT);
  }

  private void handles(Context context, RegistryApi registry, Caller caller) {
    all(context, "RegistryHandleList", registry.handles(caller, context.queryParam("path")));
  }

  private void closeHandle(Context context, RegistryApi registry, Caller caller) {
    long handle = Requests.pathNumber(context, "handle", "handle");
    all(
        context,
        "RegistryHandleList",
        List.of(registry.closeHandle(caller, handle, flag(context, "dryRun"))));
  }

  private void security(Context context, RegistryApi registry, Caller caller) {
    all(
        context,
        "RegistrySecurityList",
        List.of(registry.security(caller, parameter(context, "path"))));
  }

  /** Gives rights, or takes them. */
  @FunctionalInterface
  private interface RightsChange {
    RegistryCommitView of(
        Caller caller, String path, String principal, String rights, boolean dryRun);
  }

  private static void changeRights(Context context, Caller caller, RightsChange change)
      throws IOException {
    Requests.Rights asked = body(context, Requests.Rights.class);
    all(
        context,
        "RegistryCommitList",
        List.of(
            change.of(
                caller,
                required(asked.path(), "path"),
                required(asked.principal(), "principal"),
                required(asked.rights(), "rights"),
                flag(context, "dryRun"))));
  }

  /** Registry names may be text that no UTF-8 holds; escaped, every one arrives as it is. */
  private static void all(Context context, String kind, List<?> items) {
    context.contentType("application/json");
    context.header("Cache-Control", "no-store");
    context.result(Json.writeAscii(new Envelope(kind, items)));
  }
}
