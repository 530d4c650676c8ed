package dev.holdfast.plugins.service;

import dev.holdfast.spi.Health;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.fake.FakeCall;
import dev.holdfast.spi.fake.FakeContext;
import dev.holdfast.spi.fake.FakeSlots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A node with a {@code systemctl} and a {@code journalctl} of the test's own, which print and exit
 * as those of systemd 252 were seen to. A unit is a folder with a file for each property.
 */
final class GivenSystemd implements AutoCloseable {
  static final String UNIT = "web.service";

  /** What systemd 252 says of a unit that it does not know. */
  private static final Map<String, String> UNKNOWN =
      Map.of(
          "LoadState", "not-found",
          "LoadError", "org.freedesktop.systemd1.NoSuchUnit \"Unit nosuch.service not found.\"",
          "ActiveState", "inactive",
          "SubState", "dead");

  private static final String SYSTEMCTL =
      """
      #!/bin/sh
      here=$(dirname "$0")
      for last; do :; done
      unit=$here/state/$last
      echo "$*" >>"$here/asked"
      if [ -e "$here/silent" ]; then
        echo "Failed to connect to bus: No such file or directory" >&2
        exit 1
      fi
      set_() { printf '%s\\n' "$2" >"$unit/$1"; }
      begin() {
        set_ InvocationID "$(tr -d - </proc/sys/kernel/random/uuid)"
        set_ InactiveExitTimestampMonotonic "$(awk '{ printf "%d", $1 * 1000000 }' /proc/uptime)"
        set_ ActiveState active; set_ SubState running; set_ MainPID 57; set_ Result success
        ln -sfn "$(cat "$unit/InvocationID")" "$here/units/invocation:$last"
      }
      over() {
        set_ ActiveState "$1"; set_ SubState "$2"; set_ MainPID 0
        rm -f "$here/units/invocation:$last"
      }
      verb=$1
      case $verb in
        show)
          [ -d "$unit" ] || unit=$here/unknown
          cd "$unit"
          for property in *; do printf '%s=%s\\n' "$property" "$(cat "$property")"; done
          ;;
        start)
          if [ ! -d "$unit" ]; then
            echo "Failed to start $last: Unit $last not found." >&2
            exit 5
          fi
          if grep -q masked "$unit/LoadState"; then
            echo "Failed to start $last: Unit $last is masked." >&2
            exit 1
          fi
          set_ NRestarts 0
          begin
          if [ -e "$here/fails" ]; then
            over failed failed; set_ Result exit-code; set_ ExecMainCode 1; set_ ExecMainStatus 3
          fi
          [ ! -e "$here/hangs-after-start" ] || exec sleep 60
          ;;
        stop)
          if [ "$2" = --no-block ]; then
            set_ ActiveState deactivating; set_ SubState stop-sigterm
          elif [ -e "$here/slow" ] && ! grep -q failed "$unit/ActiveState"; then
            set_ ActiveState deactivating; set_ SubState stop-sigterm
            exec sleep 90
          elif ! grep -q failed "$unit/ActiveState"; then
            over inactive dead; : >"$unit/InvocationID"
          fi
          ;;
        kill) over failed failed; set_ Result signal; set_ ExecMainCode 2; set_ ExecMainStatus 9 ;;
        crash)
          over failed failed; set_ Result exit-code; set_ ExecMainCode 1; set_ ExecMainStatus 1
          ;;
        restarted-by-itself)
          begin
          set_ NRestarts $(($(cat "$unit/NRestarts") + 1))
          ;;
      esac
      """;

  private static final String JOURNALCTL =
      """
      #!/bin/sh
      echo 'Started web.service.'
      echo 'cannot open /etc/nope'
      """;

  private final Path folder;
  private final FakeSlots slots;
  private final Path own;
  private final Node node;

  GivenSystemd(Path folder) throws IOException {
    this.folder = folder;
    this.own = Files.createDirectories(folder.resolve("own"));
    this.slots = new FakeSlots(own);
    Path units = Files.createDirectories(folder.resolve("units"));
    this.node =
        new Node(
            Files.createDirectories(folder.resolve("systemd")),
            units,
            folder.resolve("init.d"),
            folder,
            Path.of("/proc"),
            folder + "/");
    program("systemctl", SYSTEMCTL);
    program("journalctl", JOURNALCTL);
    unit(folder.resolve("unknown"), UNKNOWN);
    unit(
        folder.resolve("state").resolve(UNIT),
        Map.of(
            "LoadState", "loaded",
            "ActiveState", "inactive",
            "SubState", "dead",
            "InvocationID", "",
            "NRestarts", "0",
            "Restart", "no",
            "Result", "success",
            "UnitFileState", "static",
            "InactiveExitTimestampMonotonic", "0"));
  }

  private void program(String name, String text) throws IOException {
    Path program = Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void unit(Path unit, Map<String, String> properties) throws IOException {
    Files.createDirectories(unit);
    for (Map.Entry<String, String> property : properties.entrySet()) {
      Files.writeString(unit.resolve(property.getKey()), property.getValue() + "\n");
    }
  }

  /** What systemd says of the unit from now on. */
  void says(String property, String value) throws IOException {
    unit(folder.resolve("state").resolve(UNIT), Map.of(property, value));
  }

  /** From now on the unit is {@code fails}, {@code slow}, or systemd is {@code silent}. */
  void is(String trouble) throws IOException {
    Files.createFile(folder.resolve(trouble));
  }

  /** Somebody types this. */
  void outside(String... words) throws Exception {
    var command = new ArrayList<>(List.of(folder.resolve("systemctl").toString()));
    command.addAll(List.of(words));
    command.add(UNIT);
    new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  /** How often systemctl was run. */
  long asked() throws IOException {
    Path asked = folder.resolve("asked");
    return Files.exists(asked) ? Files.readAllLines(asked).size() : 0;
  }

  /** What systemctl was asked for. */
  List<String> verbs() throws IOException {
    return Files.readAllLines(folder.resolve("asked")).stream()
        .map(line -> line.split(" ", 2)[0])
        .toList();
  }

  String now(String property) throws IOException {
    return Files.readString(folder.resolve("state").resolve(UNIT).resolve(property)).strip();
  }

  Resource resource() {
    return new GenericService(node).open(new FakeContext(own));
  }

  FakeCall call(String... settings) throws Exception {
    return call(Duration.ofSeconds(30), settings);
  }

  FakeCall call(Duration limit, String... settings) throws Exception {
    var text = new HashMap<String, List<String>>(Map.of("ServiceName", List.of("web")));
    for (String setting : settings) {
      text.put(setting.split("=", 2)[0], List.of(setting.split("=", 2)[1]));
    }
    return new FakeCall(slots, Properties.of(new GenericService(node).description(), text), limit);
  }

  static String why(Health health) {
    return switch (health) {
      case Health.Alive _ -> "";
      case Health.Degraded(String why) -> why;
      case Health.Failed(String why) -> why;
    };
  }

  @Override
  public void close() {
    slots.close();
  }
}
