package dev.holdfast.service.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.holdfast.service.posix.DatagramReceiver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real socket, as systemd has one. */
class NotifierTest {
  private static final long PID = 4711;

  @TempDir Path folder;

  private String file() {
    return folder.resolve("notify").toString();
  }

  private static Notifier notifier(String socket) {
    return Notifier.of(Map.of("NOTIFY_SOCKET", socket), PID);
  }

  @Test
  void itSaysReadyWithAStatus_thenWhatItDoes_thenThatItStops() throws Exception {
    try (var systemd = new DatagramReceiver(file());
        var notifier = notifier(file())) {
      notifier.ready("Supervises 1 resource: 1 Offline");
      assertThat(systemd.next()).isEqualTo("READY=1\nSTATUS=Supervises 1 resource: 1 Offline");

      notifier.status(() -> "Supervises 1 resource: 1 Offline");
      notifier.status(() -> "Supervises 1 resource: 1 Online");
      assertThat(systemd.next()).isEqualTo("STATUS=Supervises 1 resource: 1 Online");

      notifier.alive();
      assertThat(systemd.next()).isEqualTo("WATCHDOG=1");

      notifier.stopping("Stops; applications go on");
      notifier.status(() -> "Supervises 1 resource: 1 Online");
      notifier.ready("Supervises 1 resource: 1 Online");
      notifier.alive();
      assertThat(systemd.next()).isEqualTo("STOPPING=1\nSTATUS=Stops; applications go on");
      assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
      assertThat(systemd.isEmpty()).isTrue();
    }
  }

  @Test
  void theSocketMayHaveAnAbstractName() throws Exception {
    String name = "@holdfast/" + UUID.randomUUID();
    try (var systemd = new DatagramReceiver(name);
        var notifier = notifier(name)) {
      notifier.ready("Waits");

      assertThat(systemd.next()).isEqualTo("READY=1\nSTATUS=Waits");
    }
  }

  @Test
  void aStatusOfSeveralLinesIsSentAsOne_forTheNextWouldBeTakenForAVariable() throws Exception {
    try (var systemd = new DatagramReceiver(file());
        var notifier = notifier(file())) {
      notifier.status(() -> "one\nWATCHDOG=1");

      assertThat(systemd.next()).isEqualTo("STATUS=one WATCHDOG=1");
    }
  }

  @Test
  void whenNobodyReceives_itGoesOn_andSaysItWithTheNextSignOfLife() throws Exception {
    try (var notifier = notifier(file())) {
      assertThatCode(() -> notifier.ready("Waits")).doesNotThrowAnyException();
      notifier.status(() -> "Takes over");
      try (var systemd = new DatagramReceiver(file())) {
        notifier.alive();
        notifier.alive();

        assertThat(systemd.next()).isEqualTo("READY=1\nSTATUS=Takes over\nWATCHDOG=1");
        assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
      }
    }
  }

  @Test
  void whenTheReceiverIsFull_nobodyWaitsForIt() throws Exception {
    try (var systemd = new DatagramReceiver(file());
        var notifier = notifier(file())) {
      // Far more than a socket keeps (net.unix.max_dgram_qlen, 512 at most as kernels come).
      for (int i = 0; i < 10_000; i++) {
        notifier.alive();
      }

      assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
    }
  }

  @Test
  void withoutSystemd_nothingIsHeardAndNothingFails() {
    try (var notifier = Notifier.of(Map.of("WATCHDOG_USEC", "1000000"), PID)) {
      assertThat(notifier.isHeard()).isFalse();
      assertThat(notifier.watchdog()).isEmpty();
      notifier.ready("Waits");
      notifier.status(
          () -> {
            throw new AssertionError("nobody hears it");
          });
      notifier.alive();
      notifier.stopping("Stops");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"relative/notify", "vsock:2:1234", "@", "/"})
  void anAddressThatIsNone_isToldInTheLog_andStopsNothing(String address) {
    try (var notifier = notifier(address)) {
      assertThat(notifier.isHeard()).isFalse();
      notifier.ready("Waits");
    }
  }

  @Test
  void anAddressThatIsTooLong_isNone() {
    try (var notifier = notifier("/" + "x".repeat(108))) {
      assertThat(notifier.isHeard()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"30000000, 4711, 30000", "500000, , 500", "30000000, 4712, ", "0, 4711, ", "x, , "})
  void theWatchdogIsOurs_whenItsPidIs(String micros, String pid, Long millis) {
    var environment = new HashMap<>(Map.of("NOTIFY_SOCKET", file(), "WATCHDOG_USEC", micros));
    if (pid != null) {
      environment.put("WATCHDOG_PID", pid);
    }
    try (var notifier = Notifier.of(environment, PID)) {
      assertThat(notifier.watchdog().map(Duration::toMillis).orElse(null)).isEqualTo(millis);
    }
  }

  @Test
  void childrenAreNotGivenWhatIsForTheMainProcess() {
    assertThat(
            UnitVariables.without(
                Map.of(
                    "PATH", "/bin",
                    "NOTIFY_SOCKET", "/run/systemd/notify",
                    "WATCHDOG_USEC", "1",
                    "WATCHDOG_PID", "2",
                    "INVOCATION_ID", "3",
                    "JOURNAL_STREAM", "8:1",
                    "LISTEN_FDS", "1")))
        .isEqualTo(Map.of("PATH", "/bin"));
  }
}
