package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Debian's nginx and redis, guarded as host/docs/guard-a-service.md says. They run in a world of
 * their own: a network with an eth0, processes that see no others, an empty /run and /srv, and
 * copies of /etc and of what both have below /var. Nothing of the machine's own is changed.
 */
@Tag("system")
class GuardAServiceIT {
  private static final String GUIDE = "host/docs/guard-a-service.md";
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int LAST_LINES = 30;

  /** Makes the world in which the rest of its words is run. */
  private static final String WORLD =
      """
      set -eu
      world=$1; shift
      ip link set lo up
      ip link add eth0 type veth peer name eth1
      ip link set eth0 up
      ip link set eth1 up
      mkdir "$world/srv" "$world/lib" "$world/log"
      cp -a /etc "$world"
      mount --bind "$world/etc" /etc
      for name in nginx redis; do
        cp -a "/var/lib/$name" "$world/lib"; mount --bind "$world/lib/$name" "/var/lib/$name"
        cp -a "/var/log/$name" "$world/log"; mount --bind "$world/log/$name" "/var/log/$name"
      done
      mount -t tmpfs tmpfs /run
      mount --bind "$world/srv" /srv
      exec "$@"
      """;

  private Path world;

  @BeforeEach
  void make() throws Exception {
    for (String program : List.of("nginx", "redis-server", "redis-cli", "curl", "ip", "arping")) {
      Tools.need(program);
    }
    Tools.need(
        Files.isDirectory(Path.of("/usr/lib/ocf/resource.d/heartbeat")),
        "Debian's resource-agents are not installed");
    Tools.requireIsolation();
    world = Files.createTempDirectory("holdfast-world");
    // redis is not root, and passes through.
    Files.setPosixFilePermissions(world, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void remove() throws IOException {
    if (world != null) {
      Cluster.removeTree(world);
    }
  }

  /** Runs these lines in one shell in the world; what they wrote. */
  private String run(List<String> lines) throws IOException, InterruptedException {
    Path maker = Files.writeString(world.resolve("world.sh"), WORLD);
    Path script = Files.write(world.resolve("commands.sh"), lines);
    Path said = world.resolve("commands.out");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc"));
    command.addAll(List.of("--kill-child", "bash", maker.toString(), world.toString()));
    command.addAll(List.of("bash", "-euv", script.toString()));
    Process shell =
        Distribution.builder(
                Map.of("PATH", Distribution.root().resolve("bin") + ":" + System.getenv("PATH")),
                command)
            .directory(Distribution.checkout().toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(said.toFile())
            .start();
    // Whatever runs there still ends with it: its first process is the shell.
    boolean ended = shell.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      shell.destroyForcibly().waitFor();
    }
    String told = Files.readString(said);
    assertThat(ended).as("ended within %s; what it said last: %s", LIMIT, last(told)).isTrue();
    assertThat(shell.exitValue()).as("what it said last: %s", last(told)).isZero();
    return told;
  }

  private static String last(String told) {
    List<String> lines = told.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  @Test
  @Tag("long")
  void eachCommandOfTheGuideDoesWhatItSays() throws Exception {
    List<String> machine = machine();

    String told = run(DocumentCommands.of(GUIDE));

    assertThat(told)
        .contains("nothing would change")
        .containsPattern("2036 .*nginx.*failed .* after generation 2 .*nonsense;")
        .containsPattern("2037 .*nginx.*was rolled back.*nonsense;")
        .containsPattern("2033 .*redis.*maxclients 17");
    assertThat(world.resolve("etc/nginx/nginx.conf"))
        .content()
        .contains("\tserver_tokens off;")
        .doesNotContain("nonsense");
    assertThat(world.resolve("etc/redis/redis.conf"))
        .content()
        .endsWith("maxclients 4321\n")
        .doesNotContain("maxclients 17");
    assertThat(machine()).as("the machine's own").isEqualTo(machine);
  }

  @Test
  void theFileMakesTheSame_andWhatDiesIsStartedAgain() throws Exception {
    List<String> machine = machine();

    String told =
        run(
            """
            export HOLDFAST_HOME=/srv/alpha
            holdfast serve > /srv/alpha.log &
            until grep -q ^ready /srv/alpha.log; do sleep 0.2; done
            for agent in IPaddr2 nginx redis; do holdfast type register "ocf:heartbeat:$agent"; done
            holdfast apply -f sample-resources/cluster-files/web.yaml
            holdfast apply -f sample-resources/cluster-files/web.yaml
            holdfast export > /srv/web.yaml
            holdfast diff -f /srv/web.yaml --prune
            curl -sS http://192.0.2.7/ | grep 'Welcome to nginx'
            pkill -KILL -x nginx
            until holdfast resource show nginx | grep -q '^restarts *1$'; do sleep 0.2; done
            until curl -sS http://192.0.2.7/ | grep 'Welcome to nginx'; do sleep 0.2; done
            holdfast audit
            holdfast service stop
            """
                .lines()
                .toList());

    assertThat(told).contains("nothing to change", "nothing would change", "all 12 rules hold");
    assertThat(machine()).as("the machine's own").isEqualTo(machine);
  }

  /** What the machine itself has of both: each file with its size and time. */
  private static List<String> machine() throws IOException {
    List<String> all = new ArrayList<>();
    for (String folder : List.of("/etc/nginx", "/etc/redis", "/var/lib/redis")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        for (Path file : files.sorted().toList()) {
          all.add(
              "%s %s %s"
                  .formatted(
                      file,
                      Files.isRegularFile(file) ? Files.size(file) : 0,
                      Files.getLastModifiedTime(file)));
        }
      }
    }
    return all;
  }
}
