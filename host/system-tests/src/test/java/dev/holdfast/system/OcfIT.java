package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Debian's agents, and some that misbehave, run by a real service; who dies in between. */
@Tag("system")
class OcfIT {
  private static final Path DEBIAN = Path.of("/usr/lib/ocf");
  private static final int NO_SUCH = 4;
  private static final int INVALID = 9;

  private static Cluster cluster;
  private static Path root;

  @BeforeAll
  static void start() throws Exception {
    Tools.need(
        Files.isDirectory(DEBIAN.resolve("resource.d/heartbeat")),
        "Debian's resource-agents are not installed");
    Tools.need(
        Files.isDirectory(DEBIAN.resolve("resource.d/pacemaker")),
        "Debian's pacemaker-resource-agents are not installed");
    cluster = Cluster.empty();
    // Debian's agents, and a provider of the test's own beside them.
    root = Files.createDirectories(cluster.folder().resolve("ocf"));
    Files.createSymbolicLink(root.resolve("lib"), DEBIAN.resolve("lib"));
    Files.createDirectories(root.resolve("resource.d/test"));
    for (String provider : List.of("heartbeat", "pacemaker")) {
      Files.createSymbolicLink(
          root.resolve("resource.d").resolve(provider),
          DEBIAN.resolve("resource.d").resolve(provider));
    }
    cluster.with("OCF_ROOT", root.toString()).start("serve", "--no-http");
    cluster.does("group", "create", "ocf");
  }

  @AfterAll
  static void end() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  // ---- the family ----------------------------------------------------------------------------

  @Test
  void anAgentIsATypeOnceItIsRegistered_withItsParametersAsProperties() throws Exception {
    List<JsonNode> available = cluster.items("type", "list", "--available");
    assertThat(available)
        .extracting(type -> type.required("name").asString())
        .contains("ocf:heartbeat:IPaddr2", "ocf:pacemaker:Stateful")
        .hasSizeGreaterThan(100);
    Ran early = cluster.cli("resource", "create", "e", "-g", "ocf", "-t", "ocf:heartbeat:Delay");
    assertThat(early.exitCode()).isEqualTo(NO_SUCH);
    assertThat(early.err()).contains("holdfast type register 'ocf:heartbeat:Delay'");

    cluster.does("type", "register", "ocf:heartbeat:Delay");

    JsonNode type = cluster.item("type", "show", "ocf:heartbeat:Delay");
    assertThat(type.required("status").asString()).isEqualTo("Registered");
    assertThat(type.required("plugin").asString()).isEqualTo("ocf");
    Ran wrong =
        cluster.cli(
            "resource",
            "create",
            "e",
            "-g",
            "ocf",
            "-t",
            "ocf:heartbeat:Delay",
            "-p",
            "startdealy=1");
    assertThat(wrong.exitCode()).isEqualTo(INVALID);
    assertThat(wrong.err()).contains("Did you mean startdelay");
    assertThat(cluster.cli("resource", "create", "e", "-g", "ocf", "-t", "ocf:*").exitCode())
        .isEqualTo(INVALID);
  }

  /** And what cannot be reloaded waits: a stop stops what was started, not what was set since. */
  @Test
  void aReloadableParameterIsChangedWhileItRuns_andAnyOtherAtTheNextStart() throws Exception {
    cluster.does("type", "register", "ocf:pacemaker:Dummy");
    assertThat(cluster.type("ocf:pacemaker:Dummy").required("changeable").values())
        .extracting(JsonNode::asString)
        .contains("fake", "ReloadTimeout")
        .doesNotContain("state");
    Path state = cluster.folder().resolve("reloaded.state");
    cluster.does(
        "resource",
        "create",
        "reloaded",
        "-g",
        "ocf",
        "-t",
        "ocf:pacemaker:Dummy",
        "-p",
        "state=" + state);
    cluster.does("resource", "online", "reloaded");
    assertThat(state).exists();

    Ran set = cluster.does("resource", "set", "reloaded", "fake=other", "state=" + state + ".next");

    assertThat(set.err() + set.out()).contains("in effect: fake", "next online: state");
    assertThat(cluster.resource("reloaded").required("notInEffect").values())
        .extracting(JsonNode::asString)
        .containsExactly("state");
    cluster.does("resource", "offline", "reloaded");
    assertThat(state).doesNotExist();
    cluster.does("resource", "delete", "reloaded");
  }

  @Test
  void theCommandsOfThePageAreAsItSays() throws Exception {
    String page = Files.readString(Path.of("../docs/ocf.md"));
    String block =
        page.substring(page.indexOf("```") + 4, page.indexOf("```", page.indexOf("```") + 3));
    for (String line : block.lines().toList()) {
      Ran ran = cluster.paste(line);
      assertThat(ran.exitCode()).as(ran.toString()).isZero();
    }
    cluster.does("resource", "offline", "my-dummy");
  }

  @Tag("long")
  @Test
  void whatCannotBeATypeIsRefused_andSaysWhy() throws Exception {
    agent("garbage", "head -c 3000 /dev/urandom");
    agent("huge", "head -c 10000000 /dev/zero | tr '\\0' x");
    agent("hanging", "sleep 600");
    Files.setPosixFilePermissions(
        agent("plain", "exit 0"), PosixFilePermissions.fromString("rw-r--r--"));

    refused("ocf:test:nobody", "there is no file " + root.resolve("resource.d/test/nobody"));
    refused("ocf:test:plain", "is not executable");
    refused("ocf:test:garbage", "its meta-data cannot be used: it is not XML");
    refused("ocf:test:huge", "more than 256 KiB");
    refused("ocf:test:hanging", "meta-data did not end within 10 s and was killed");
    assertThat(cluster.types())
        .extracting(type -> type.required("name").asString())
        .noneMatch(name -> name.startsWith("ocf:test:nobody"));
  }

  private static void refused(String type, String why) throws Exception {
    Ran ran = cluster.cli("type", "register", type);
    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(INVALID);
    assertThat(ran.err()).contains(why);
  }

  @Tag("long")
  @Test
  void anAgentThatWasChangedOrRemovedIsTold_andHarmsNothingThatRuns() throws Exception {
    Path file = fileAgent("changing");
    cluster.does("type", "register", "ocf:test:changing");
    create("changing", "ocf:test:changing");
    online("changing");
    String whole = Files.readString(file);

    Files.writeString(file, whole + "# another one\n");
    awaitType("ocf:test:changing", "DigestMismatch", "holdfast type register 'ocf:test:changing'");
    Files.delete(file);
    awaitType("ocf:test:changing", "PluginMissing", file.toString());
    assertThat(cluster.resource("changing").required("state").asString()).isEqualTo("Online");
    Files.writeString(file, whole);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    awaitType("ocf:test:changing", "Registered", "");

    Files.writeString(file, whole + "# another one\n");
    awaitType("ocf:test:changing", "DigestMismatch", "");
    cluster.does("type", "register", "ocf:test:changing");
    awaitType("ocf:test:changing", "Registered", "");
    offline("changing");
  }

  private static void awaitType(String type, String status, String detail) {
    Patience.until(
        type + " is " + status,
        () -> {
          JsonNode seen = cluster.type(type);
          return seen.required("status").asString().equals(status)
              && (detail.isEmpty() || seen.required("detail").asString("").contains(detail));
        });
  }

  // ---- Debian's agents -----------------------------------------------------------------------

  @Test
  void dummies_areStartedProbedAndStopped() throws Exception {
    Path state = cluster.folder().resolve("dummy.state");
    lives("dummy", "ocf:heartbeat:Dummy", "state=" + state);
    lives("dummy-of-pacemaker", "ocf:pacemaker:Dummy", "state=" + state + "2");
    assertThat(state).doesNotExist();
  }

  /** Online, all monitors well, offline, and nothing is left of it. */
  private static void lives(String name, String type, String... properties) throws Exception {
    cluster.does("type", "register", type);
    create(name, type, properties);
    online(name);
    awaitPolled(name);
    Audited.of(cluster).assertHolds();
    offline(name);
    awaitNobodyOf(name);
  }

  @Test
  void stateful_runsUnpromoted() throws Exception {
    lives("stateful", "ocf:pacemaker:Stateful", "state=" + cluster.folder().resolve("stateful"));
  }

  @Test
  void nginx_outlivesMonitorAndService_andIsRestartedWhenItDies() throws Exception {
    Tools.need("nginx");
    int port = freePort();
    Path folder = Files.createDirectories(cluster.folder().resolve("nginx"));
    Path pidFile = folder.resolve("nginx.pid");
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        pid %s; error_log %s/error.log; events {}
        http { access_log off; server { listen 127.0.0.1:%d;
          location / { return 200 "hi"; } location /nginx_status { stub_status; } } }
        """
            .formatted(pidFile, folder, port));
    cluster.does("type", "register", "ocf:heartbeat:nginx");
    create(
        "nginx",
        "ocf:heartbeat:nginx",
        "httpd=/usr/sbin/nginx",
        "configfile=" + folder.resolve("nginx.conf"),
        "port=" + port,
        "status10url=http://127.0.0.1:" + port + "/nginx_status",
        "RestartDelay=0",
        "RestartThreshold=-1");
    online("nginx");
    long first = pid(pidFile);
    Audited.of(cluster).assertHolds();

    cluster.does("monitor", "kill", "shared-0");
    Patience.until("it is found", () -> cluster.number("nginx", "adoptions") == 1);
    cluster.end("KILL");
    cluster.start("serve", "--no-http");
    cluster.awaitState("nginx", "Online");
    cluster.awaitSupervised();
    assertThat(pid(pidFile)).isEqualTo(first);
    assertThat(cluster.number("nginx", "restarts")).isZero();
    Audited.of(cluster).assertHolds();

    Processes.signal(first, "KILL");
    Patience.until("another one runs", () -> pid(pidFile) != first);
    cluster.awaitState("nginx", "Online");
    assertThat(cluster.number("nginx", "restarts")).isEqualTo(1);
    offline("nginx");
    awaitNobodyOf("nginx");
    Audited.of(cluster).assertHolds();
  }

  private static long pid(Path file) throws IOException {
    return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
  }

  @Test
  void redis_livesWithoutACluster() throws Exception {
    Tools.need("redis-server");
    Path folder = Files.createDirectories(cluster.folder().resolve("redis"));
    Path configuration =
        Files.writeString(
            folder.resolve("redis.conf"), "port %d\nbind 127.0.0.1\n".formatted(freePort()));
    lives(
        "redis",
        "ocf:heartbeat:redis",
        "user=root",
        "config=" + configuration,
        "rundir=" + folder,
        "pidfile_name=redis.pid",
        "socket_name=redis.sock",
        "StartTimeout=60s");
  }

  @Test
  void filesystem_isMountedAndUnmounted() throws Exception {
    Tools.need(isRoot(), "only root mounts");
    Path point = Files.createDirectories(cluster.folder().resolve("mounted"));
    cluster.does("type", "register", "ocf:heartbeat:Filesystem");
    create(
        "mounted",
        "ocf:heartbeat:Filesystem",
        "device=tmpfs",
        "directory=" + point,
        "fstype=tmpfs");
    online("mounted");
    assertThat(Files.getFileStore(point).type()).isEqualTo("tmpfs");

    offline("mounted");

    assertThat(Files.readString(Path.of("/proc/mounts"))).doesNotContain(point.toString());
  }

  @Test
  void ipaddr2_hasItsAddressInANetworkOfItsOwn() throws Exception {
    Tools.need(isRoot(), "only root makes networks");
    String network = "holdfast-" + ProcessHandle.current().pid();
    run("ip", "netns", "add", network);
    try {
      run("ip", "-n", network, "link", "add", "one", "type", "veth", "peer", "name", "two");
      run("ip", "-n", network, "link", "set", "one", "up");
      run("ip", "-n", network, "link", "set", "two", "up");
      // The real agent, in the network where it does no harm.
      agent(
          "IPaddr2",
          "[ $1 = meta-data ] && exec %1$s $1; exec ip netns exec %2$s %1$s $1"
              .formatted(DEBIAN.resolve("resource.d/heartbeat/IPaddr2"), network));
      cluster.does("type", "register", "ocf:test:IPaddr2");
      create("address", "ocf:test:IPaddr2", "ip=192.0.2.7", "cidr_netmask=24", "nic=one");
      online("address");
      assertThat(run("ip", "-n", network, "addr", "show", "one")).contains("192.0.2.7/24");

      offline("address");

      assertThat(run("ip", "-n", network, "addr", "show", "one")).doesNotContain("192.0.2.7");
      awaitNobodyOf("address");
    } finally {
      run("ip", "netns", "delete", network);
    }
  }

  @Test
  void debiansOwnTesterSaysTheSame() throws Exception {
    Tools.need("ocf-tester");
    Path state = cluster.folder().resolve("tester.state");
    // Those of Pacemaker have meta-data of OCF 1.1, which the tester holds against the DTD of 1.0.
    String said =
        run(
            "ocf-tester",
            "-n",
            "tester",
            "-o",
            "state=" + state,
            DEBIAN.resolve("resource.d/heartbeat/Dummy").toString());
    assertThat(said).contains("passed all tests");
  }

  // ---- agents that misbehave -----------------------------------------------------------------

  @Test
  @Tag("long")
  void whatHangsIsEndedWithAllItStarted_inEachAction() throws Exception {
    Path marks = Files.createDirectories(cluster.folder().resolve("hang"));
    agent(
        "hang",
        metaData()
            + """
            if [ -e %1$s/$1 ]; then setsid sleep 601 & echo $! > %1$s/$1.pid; sleep 601; fi
            case $1 in
            start) touch %1$s/up;; stop) rm -f %1$s/up;; monitor) test -e %1$s/up || exit 7;;
            esac
            """
                .formatted(marks));
    cluster.does("type", "register", "ocf:test:hang");
    create(
        "hang",
        "ocf:test:hang",
        "StartTimeout=1s",
        "StopTimeout=1s",
        "LooksAliveTimeout=1s",
        "IsAliveTimeout=1s",
        "RestartThreshold=-1",
        "RestartDelay=0");

    Files.createFile(marks.resolve("start"));
    Ran refused = cluster.cli("resource", "online", "hang", "--wait=20s");
    assertThat(refused.exitCode()).as(refused.toString()).isNotZero();
    Patience.until(
        "why tells", () -> cluster.why("hang").toString().contains("start did not end within 1 s"));
    awaitDead(marks.resolve("start.pid"));
    Files.delete(marks.resolve("start"));
    cluster.awaitState("hang", "Online");

    long restarts = cluster.number("hang", "restarts");
    long failures = cluster.number("hang", "failures");
    Files.createFile(marks.resolve("monitor"));
    Patience.until("a monitor hangs", () -> Files.exists(marks.resolve("monitor.pid")));
    // LooksAlive alone fails nothing: IsAlive has to hang, too.
    Patience.until("it has failed", () -> cluster.number("hang", "failures") > failures);
    awaitDead(marks.resolve("monitor.pid"));
    Files.delete(marks.resolve("monitor"));
    Patience.until("it was restarted", () -> cluster.number("hang", "restarts") > restarts);
    cluster.awaitState("hang", "Online");

    Files.createFile(marks.resolve("stop"));
    Ran stopping = cluster.cli("resource", "offline", "hang", "--wait=20s");
    assertThat(stopping.exitCode()).as(stopping.toString()).isNotZero();
    awaitDead(marks.resolve("stop.pid"));
    Files.delete(marks.resolve("stop"));
    cluster.does("resource", "offline", "hang");
    awaitNobodyOf("hang");
    Audited.of(cluster).assertHolds();
  }

  @Test
  void anAgentThatKillsItsGroupAndItsParentsHurtsNobodyElse() throws Exception {
    agent(
        "killer",
        metaData()
            + "case $1 in start) kill -KILL -- -$PPID; kill -KILL 0;; stop) ;; *) exit 7;; esac");
    cluster.does("type", "register", "ocf:test:killer");
    create("killer", "ocf:test:killer", "RestartThreshold=0");
    long service = cluster.service().pid();

    Ran ran = cluster.cli("resource", "online", "killer", "--wait=20s");

    assertThat(ran.exitCode()).isNotZero();
    assertThat(cluster.why("killer").toString()).contains("start ended with signal 9");
    assertThat(Processes.isAlive(service)).isTrue();
    cluster.does("resource", "offline", "killer");
  }

  // ---- deaths in the middle of an action -------------------------------------------------------

  @Test
  void aStartWhoseMonitorDies_isEnded_andOnlyThenItIsProbedAndStartedAgain() throws Exception {
    Path journal = slow("slow-monitor");
    var online = begin("resource", "online", "slow-monitor");
    Patience.until("start is under way", () -> lines(journal).contains("start begins"));

    cluster.does("monitor", "kill", "shared-0");

    Patience.until(
        "start begins again",
        () -> lines(journal).stream().filter("start begins"::equals).count() == 2);
    assertThat(lines(journal)).doesNotContain("start ends");
    Files.createFile(cluster.folder().resolve("go-slow-monitor"));
    cluster.awaitState("slow-monitor", "Online");
    assertThat(online.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(cluster.processes())
        .filteredOn(process -> process.command().contains("slow-monitor-helper"))
        .as("the first start's helper was ended with it")
        .hasSize(1);
    offline("slow-monitor");
  }

  @Test
  void aStartWhoseServiceDies_isEndedByTheNextOne() throws Exception {
    Path journal = slow("slow-service");
    var online = begin("resource", "online", "slow-service");
    Patience.until("start is under way", () -> lines(journal).contains("start begins"));

    cluster.end("KILL");
    cluster.start("serve", "--no-http");

    Patience.until(
        "start begins again",
        () -> lines(journal).stream().filter("start begins"::equals).count() == 2);
    assertThat(lines(journal)).doesNotContain("start ends");
    Files.createFile(cluster.folder().resolve("go-slow-service"));
    cluster.awaitState("slow-service", "Online");
    assertThat(online.waitFor(60, TimeUnit.SECONDS)).isTrue();
    offline("slow-service");
    Audited.of(cluster).assertHolds();
  }

  /** A resource whose start leaves a helper, and takes until a file is there. */
  private static Path slow(String name) throws Exception {
    Path journal = cluster.folder().resolve(name + ".journal");
    Path up = cluster.folder().resolve(name + ".up");
    Path go = cluster.folder().resolve("go-" + name);
    agent(
        name,
        metaData()
            + """
            case $1 in
            start) echo start begins >> %1$s
              setsid sh -c 'while :; do sleep 602; done' %4$s-helper &
              until [ -e %3$s ]; do sleep 0.05; done
              touch %2$s; echo start ends >> %1$s;;
            stop) echo stop >> %1$s; rm -f %2$s;;
            monitor) test -e %2$s || exit 7;;
            esac
            """
                .formatted(journal, up, go, name));
    cluster.does("type", "register", "ocf:test:" + name);
    create(name, "ocf:test:" + name, "RestartThreshold=-1", "RestartDelay=0");
    return journal;
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  // ---- tools -----------------------------------------------------------------------------------

  private static String metaData() {
    return """
    case $1 in meta-data) cat <<END
    <?xml version="1.0"?>
    <resource-agent name="mine" version="1.0"><version>1.0</version>
    <parameters/>
    <actions><action name="start" timeout="20s"/><action name="stop" timeout="20s"/>
    <action name="monitor" timeout="20s" interval="1s" depth="0"/></actions></resource-agent>
    END
    exit 0;; validate-all) exit 0;; esac
    """;
  }

  private static Path agent(String name, String script) throws IOException {
    Path file = root.resolve("resource.d/test").resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** An agent whose resource is a file. */
  private static Path fileAgent(String name) throws IOException {
    return agent(
        name,
        metaData()
            + "case $1 in start) touch %1$s;; stop) rm -f %1$s;; monitor) test -e %1$s || exit 7;; esac"
                .formatted(cluster.folder().resolve(name + ".up")));
  }

  private static void create(String name, String type, String... properties) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("resource", "create", name, "-g", "ocf", "-t", type));
    words.addAll(List.of("-p", "LooksAlivePollInterval=300", "-p", "IsAlivePollInterval=700"));
    for (String property : properties) {
      words.addAll(List.of("-p", property));
    }
    cluster.does(words.toArray(String[]::new));
  }

  private static void online(String name) throws Exception {
    cluster.does("resource", "online", name);
    assertThat(cluster.resource(name).required("state").asString()).isEqualTo("Online");
  }

  private static void offline(String name) throws Exception {
    cluster.does("resource", "offline", name);
    assertThat(cluster.resource(name).required("state").asString()).isEqualTo("Offline");
  }

  private static void awaitPolled(String name) {
    Patience.until(
        "both checks of " + name + " said that it is well",
        () -> cluster.resource(name).required("health").asString().equals("Alive"));
  }

  /** No process carries a token any more; each test takes its resources offline. */
  private static void awaitNobodyOf(String name) {
    Patience.named("nothing runs of " + name)
        .untilAsserted(
            () ->
                assertThat(cluster.processes())
                    .filteredOn(process -> process.slot().isPresent())
                    .isEmpty());
  }

  private static void awaitDead(Path pidFile) throws IOException {
    long pid = pid(pidFile);
    Patience.until("process " + pid + " of " + pidFile + " is gone", () -> !Processes.isAlive(pid));
  }

  private static Process begin(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(Distribution.launcher().toString()));
    command.addAll(List.of(words));
    command.addAll(List.of("--home", cluster.home().toString()));
    return Distribution.builder(Map.of(), command)
        .redirectOutput(cluster.folder().resolve("begun.out").toFile())
        .redirectError(cluster.folder().resolve("begun.err").toFile())
        .start();
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Ran ran = Distribution.run(cluster.folder(), Map.of(), List.of(command));
    assertThat(ran.exitCode()).as(ran.toString()).isZero();
    return ran.out() + ran.err();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }
}
