package dev.holdfast.plugins.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.fake.FakeCall;
import dev.holdfast.spi.fake.FakeContext;
import dev.holdfast.spi.fake.FakeSlots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A SysV script with a real process and a pid file; {@code service} hands on to it, as Debian's.
 */
class SysvScriptsTest {
  private static final String SERVICE =
      """
      #!/bin/sh
      here=$(dirname "$0")
      name=$1
      shift
      exec env -i PATH="$PATH" "$here/init.d/$name" "$@"
      """;
  private static final String SCRIPT =
      """
      #!/bin/sh
      here=$(dirname "$0")/..
      pidfile=$here/web.pid
      alive() { [ -e "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; }
      case $1 in
        start)
          shift
          echo "$*" >"$here/parameters"
          alive && exit 0
          setsid sh -c 'echo $$ >"$1"; exec sleep 600' sh "$pidfile" >/dev/null 2>&1 </dev/null &
          until alive; do :; done
          ;;
        stop) ! alive || kill -KILL "$(cat "$pidfile")"; rm -f "$pidfile" ;;
        status) if alive; then echo "web is running"; else echo "web is not running"; exit 3; fi ;;
      esac
      """;

  @TempDir Path folder;
  private FakeSlots slots;
  private Node node;
  private Resource service;

  @BeforeEach
  void boot() throws Exception {
    Path own = Files.createDirectories(folder.resolve("own"));
    slots = new FakeSlots(own);
    node =
        new Node(
            folder.resolve("none"),
            folder.resolve("none"),
            Files.createDirectories(folder.resolve("init.d")),
            folder,
            Path.of("/proc"),
            folder + "/");
    program("service", SERVICE);
    program("init.d/web", SCRIPT);
    service = new GenericService(node).open(new FakeContext(own));
  }

  @AfterEach
  void end() throws Exception {
    outside("stop");
    slots.close();
  }

  @Test
  void whatHoldfastStarted_isRunning_withItsParameters_andStopped() throws Exception {
    assertThat(service.find(call())).isInstanceOf(Found.Absent.class);

    service.online(call("StartupParameters=--fast  --loud"));

    assertThat(folder.resolve("parameters")).hasContent("--fast --loud");
    assertThat(service.find(call())).isInstanceOf(Found.Running.class);
    assertThat(service.looksAlive(call())).isEqualTo(Health.alive());
    assertThat(service.isAlive(call())).isEqualTo(Health.alive());
    service.offline(call());
    assertThat(service.find(call())).isInstanceOf(Found.Absent.class);
  }

  @Test
  void whatWasStartedOutside_isForeign_andAdopted() throws Exception {
    outside("start");

    assertThat(service.find(call())).isInstanceOf(Found.Foreign.class);
    service.terminate(call());
    assertThat(service.find(call())).isInstanceOf(Found.Foreign.class);

    service.adopt(call());

    assertThat(service.find(call())).isInstanceOf(Found.Running.class);
    service.terminate(call());
    assertThat(service.find(call())).isInstanceOf(Found.Absent.class);
  }

  @Test
  void whoRestartsItOutside_hasIt() throws Exception {
    service.online(call());
    outside("stop");
    outside("start");

    assertThat(service.find(call())).isInstanceOf(Found.Foreign.class);
    assertThat(service.looksAlive(call())).isInstanceOf(Health.Failed.class);
  }

  @Test
  void whatEnded_isFailed_withTheEndOfItsLog() throws Exception {
    Path log = Files.writeString(folder.resolve("web.log"), "one\ntwo\nthree\nfour\nfive\nsix\n");
    FakeCall call = call("LogFile=" + log);
    service.online(call);
    outside("stop");

    assertThat(service.looksAlive(call))
        .isEqualTo(
            Health.failed(
                "service web status exited with 3: web is not running; its log ends with: two |"
                    + " three | four | five | six"));
  }

  @Test
  void aScriptThatIsNotThere_isNotOpened() throws Exception {
    assertThat(service.find(call("ServiceName=nosuch"))).isInstanceOf(Found.Absent.class);
    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(() -> service.online(call("ServiceName=nosuch")))
        .withMessageContaining("there is no executable script")
        .satisfies(refused -> assertThat(refused.code()).isEqualTo("ServiceNotOpened"));
  }

  @Test
  void aScriptWhoseStatusSaysNothing_isUnknown() throws Exception {
    program("init.d/odd", "#!/bin/sh\necho 'Usage: odd {start|stop}'\nexit 4\n");

    assertThat(service.find(call("ServiceName=odd")))
        .isEqualTo(Found.unknown("service odd status exited with 4: Usage: odd {start|stop}"));
  }

  @Test
  void withoutAPidFile_oneRunCannotBeToldFromAnother() throws Exception {
    service.online(call());
    FakeCall call = call("PidFile=" + folder.resolve("none.pid"));

    service.adopt(call);

    assertThat(((Found.Running) service.find(call)).evidence())
        .contains("who started it cannot be told (PidFile)");
    outside("stop");
    outside("start");
    assertThat(service.find(call)).isInstanceOf(Found.Running.class);
    assertThat(service.looksAlive(call)).isEqualTo(Health.alive());
  }

  private void program(String name, String text) throws IOException {
    Path program = Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void outside(String verb) throws Exception {
    new ProcessBuilder(folder.resolve("init.d/web").toString(), verb)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private FakeCall call(String... settings) throws Exception {
    var text = new HashMap<String, List<String>>(Map.of("ServiceName", List.of("web")));
    for (String setting : settings) {
      text.put(setting.split("=", 2)[0], List.of(setting.split("=", 2)[1]));
    }
    return new FakeCall(
        slots, Properties.of(new GenericService(node).description(), text), Duration.ofSeconds(30));
  }
}
