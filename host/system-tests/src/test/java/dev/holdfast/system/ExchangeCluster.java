package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A cluster with the services that the articles are about: small real programs of {@code
 * sample-resources/information-store}, with their keys, in one group.
 */
final class ExchangeCluster implements AutoCloseable {
  /** As the articles write it. */
  static final String SERVICES = "SYSTEM\\CurrentControlSet\\Services\\";

  /** Where that leads. */
  static final String RESOLVED = "HKLM\\SYSTEM\\ControlSet001\\Services\\";

  static final String MAIL = "Microsoft Exchange Internet Mail Service";
  static final String EVENT = "Microsoft Exchange Event Service";
  static final String STORE = "Microsoft Exchange Information Store";
  static final int NOT_RESTORED = 1024;

  private final Cluster cluster;
  private final List<Process> programs = new ArrayList<>();

  private ExchangeCluster(Cluster cluster) {
    this.cluster = cluster;
  }

  static ExchangeCluster start() throws Exception {
    var exchange = new ExchangeCluster(Cluster.empty().start("serve"));
    exchange.cluster.does("group", "create", "exchange");
    return exchange;
  }

  Cluster cluster() {
    return cluster;
  }

  // ---- keys ----------------------------------------------------------------------------------

  /** A path that begins at its root, of one below the services' key. */
  static String key(String below) {
    return "HKLM\\" + SERVICES + below;
  }

  void set(String below, String value, String text) throws Exception {
    cluster.does("registry", "add", key(below), "-v", value, "-d", text);
  }

  /** What a value has; empty when it is not there. */
  String value(String below, String value) throws Exception {
    for (JsonNode each : cluster.item("registry", "query", key(below)).path("values").values()) {
      if (each.path("name").asString("").equals(value)) {
        return each.path("data").asString("");
      }
    }
    return "";
  }

  // ---- programs ------------------------------------------------------------------------------

  /** The command line of a program. */
  String commandLine(String program) {
    return "'%s' %s --home '%s'".formatted(launcher(), program, cluster.home());
  }

  private static Path launcher() {
    return Distribution.root().resolve("samples/information-store/exchange");
  }

  /** Starts a program beside the cluster. */
  Process start(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher().toString()));
    command.addAll(List.of(words));
    command.addAll(List.of("--home", cluster.home().toString()));
    Process process =
        Distribution.builder(Map.of(), command)
            .redirectErrorStream(true)
            .redirectOutput(cluster.folder().resolve(words[0] + ".out").toFile())
            .start();
    programs.add(process);
    return process;
  }

  /** Starts the proxy that opens keys for others. */
  Process startWinlogon() throws IOException {
    Process winlogon = start("winlogon", socket().toString());
    Patience.until("Winlogon listens", () -> Files.exists(socket()));
    return winlogon;
  }

  /** An administrator's program, which has Winlogon open keys; it has ended when this returns. */
  void administer(String... keys) throws Exception {
    List<String> words = new ArrayList<>(List.of("administrator", socket().toString()));
    words.addAll(List.of(keys));
    Process administrator = start(words.toArray(String[]::new));
    if (administrator.waitFor() != 0) {
      throw new IOException(
          "the administrator failed: "
              + Files.readString(cluster.folder().resolve("administrator.out")));
    }
  }

  private Path socket() {
    return cluster.folder().resolve("winlogon");
  }

  // ---- resources -----------------------------------------------------------------------------

  void create(String resource, String commandLine) throws Exception {
    cluster.does(
        "resource",
        "create",
        resource,
        "-t",
        "Generic Application",
        "-g",
        "exchange",
        "-p",
        "CommandLine=" + commandLine);
  }

  void online(String resource) throws Exception {
    cluster.does("resource", "online", resource);
  }

  void offline(String resource) throws Exception {
    cluster.does("resource", "offline", resource);
  }

  JsonNode resource(String name) throws Exception {
    return cluster.item("resource", "show", name);
  }

  // ---- checkpoints and events ----------------------------------------------------------------

  /** Adds a checkpoint of a key below the services' key. */
  Ran checkpoint(String resource, String below, String... flags) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("checkpoint", "add", resource, "registry:" + SERVICES + below));
    words.addAll(List.of(flags));
    return cluster.does(words.toArray(String[]::new));
  }

  /** The first checkpoint of a resource. */
  JsonNode checkpoint(String resource) throws Exception {
    return cluster.items("checkpoint", "list", resource).getFirst();
  }

  List<JsonNode> history(String resource) throws Exception {
    return cluster.items("checkpoint", "history", resource, "1");
  }

  /** Those of events 1024 that are about a resource. */
  List<JsonNode> notRestored(String resource) throws Exception {
    return cluster.items("events", "--id", "" + NOT_RESTORED, "--resource", resource);
  }

  /** What Q316772 and Q192493 print as the description. */
  static String description(String resource, String below) {
    return ("The registry checkpoint for cluster resource %s could not be restored to registry key"
            + " HKEY_LOCAL_MACHINE\\%s%s. The resource may not function correctly. Make sure that"
            + " no other processes have open handles to registry keys in this registry subtree.")
        .formatted(resource, SERVICES, below);
  }

  @Override
  public void close() throws IOException {
    programs.forEach(Process::destroyForcibly);
    cluster.close();
  }
}
