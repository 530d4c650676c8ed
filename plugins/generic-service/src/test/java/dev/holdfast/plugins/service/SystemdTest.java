package dev.holdfast.plugins.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.fake.FakeCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A unit of systemd, whose {@code systemctl} is a script that answers as the real one. */
class SystemdTest {
  @TempDir Path folder;
  private GivenSystemd systemd;
  private Resource service;

  @BeforeEach
  void boot() throws Exception {
    systemd = new GivenSystemd(folder);
    service = systemd.resource();
  }

  @AfterEach
  void end() {
    systemd.close();
  }

  @Test
  void whatHoldfastStarted_isRunning_alsoForTheNextMonitor() throws Exception {
    assertThat(service.find(systemd.call()))
        .isEqualTo(Found.absent("web.service is inactive (dead)"));

    service.online(systemd.call());

    assertThat(systemd.resource().find(systemd.call()))
        .isEqualTo(Found.running("web.service is active (running), main pid 57"));
    assertThat(service.isAlive(systemd.call())).isEqualTo(Health.alive());
  }

  @Test
  void whatWasStartedOutside_isForeign_andLeftAsItIs() throws Exception {
    systemd.outside("start");

    assertThat(service.find(systemd.call())).isInstanceOf(Found.Foreign.class);
    assertThat(((Found.Foreign) service.find(systemd.call())).holder())
        .contains("outside Holdfast")
        .contains("systemctl stop web.service")
        .contains("holdfast resource online 'fake-resource' --adopt");
    assertThat(refused(() -> service.online(systemd.call())).code()).isEqualTo("ServiceNotStarted");
    assertThat(refused(() -> service.offline(systemd.call())).code()).isEqualTo("ServiceNotOurs");
    service.terminate(systemd.call());
    assertThat(systemd.now("ActiveState")).isEqualTo("active");
    assertThat(systemd.verbs()).containsOnlyOnce("start").doesNotContain("stop", "kill");
  }

  @Test
  void whatIsAdopted_isRunning_andStopped() throws Exception {
    systemd.outside("start");

    service.adopt(systemd.call());

    assertThat(systemd.resource().find(systemd.call())).isInstanceOf(Found.Running.class);
    assertThat(systemd.verbs()).containsOnlyOnce("start");
    service.offline(systemd.call());
    assertThat(systemd.now("ActiveState")).isEqualTo("inactive");
  }

  @Test
  void whatDoesNotRun_isNotAdopted() throws Exception {
    assertThat(refused(() -> service.adopt(systemd.call())))
        .hasMessageContaining("web.service is inactive (dead). Only what runs can be taken over")
        .extracting(ResourceException::code)
        .isEqualTo("NothingToAdopt");
  }

  @Test
  void whoStopsAndStartsItOutside_hasIt() throws Exception {
    service.online(systemd.call());
    systemd.outside("stop");
    systemd.outside("start");

    assertThat(service.find(systemd.call())).isInstanceOf(Found.Foreign.class);
    assertThat(GivenSystemd.why(service.looksAlive(systemd.call())))
        .startsWith("it was started anew outside Holdfast");
    systemd.outside("restarted-by-itself");
    assertThat(service.find(systemd.call())).isInstanceOf(Found.Foreign.class);
  }

  @Test
  void whatWasOurs_andTakenOffline_isForeignWhenItRunsAgain() throws Exception {
    service.online(systemd.call());
    service.offline(systemd.call());
    systemd.outside("start");
    systemd.outside("restarted-by-itself");

    assertThat(service.find(systemd.call())).isInstanceOf(Found.Foreign.class);
  }

  @Test
  void whatSystemdStartsAgainByItself_staysOurs_andIsDegradedOnce() throws Exception {
    service.online(systemd.call());
    systemd.outside("restarted-by-itself");

    assertThat(GivenSystemd.why(service.looksAlive(systemd.call())))
        .startsWith("its manager has started it again by itself (1 times by now)");
    assertThat(service.looksAlive(systemd.call())).isEqualTo(Health.alive());
    systemd.outside("restarted-by-itself");
    assertThat(systemd.resource().find(systemd.call())).isInstanceOf(Found.Running.class);
  }

  @Test
  void aDeathBetweenStartAndClaim_leavesItOurs() throws Exception {
    new Ownership(folder.resolve("own"), Node.THIS).intend(GivenSystemd.UNIT);
    systemd.outside("start");

    assertThat(service.find(systemd.call())).isInstanceOf(Found.Running.class);
    assertThat(service.looksAlive(systemd.call())).isEqualTo(Health.alive());
  }

  @Test
  void whatRanBeforeTheIntention_isNotMadeOursByIt() throws Exception {
    systemd.outside("start");
    systemd.says("InactiveExitTimestampMonotonic", "1");
    new Ownership(folder.resolve("own"), Node.THIS).intend(GivenSystemd.UNIT);

    assertThat(service.find(systemd.call())).isInstanceOf(Found.Foreign.class);
  }

  @Test
  void toLook_runsNoProgramWhileTheRunGoesOn() throws Exception {
    service.online(systemd.call());
    long asked = systemd.asked();

    for (int i = 0; i < 100; i++) {
      assertThat(service.looksAlive(systemd.call())).isEqualTo(Health.alive());
    }

    assertThat(systemd.asked()).isEqualTo(asked);
  }

  @Test
  void whatEnded_isFailed_withTheManagersReasonAndTheJournal() throws Exception {
    service.online(systemd.call());
    systemd.outside("crash");

    assertThat(GivenSystemd.why(service.looksAlive(systemd.call())))
        .isEqualTo(
            "web.service is failed (failed), result exit-code, main process exited with 1; its log"
                + " ends with: Started web.service. | cannot open /etc/nope");
  }

  @Test
  void aUnitThatFailsToStart_saysWhy() throws Exception {
    systemd.is("fails");

    assertThat(refused(() -> service.online(systemd.call())))
        .hasMessageContaining("result exit-code, main process exited with 3")
        .hasMessageContaining("cannot open /etc/nope")
        .extracting(ResourceException::code)
        .isEqualTo("ServiceNotStarted");
    service.terminate(systemd.call());
    assertThat(service.find(systemd.call())).isInstanceOf(Found.Absent.class);
  }

  @Test
  void aUnitThatDoesNotExist_isAbsent_andNotOpened() throws Exception {
    FakeCall call = systemd.call("ServiceName=nosuch");

    assertThat(service.find(call)).isEqualTo(Found.absent("systemd knows no unit nosuch.service"));
    ResourceException refused = refused(() -> service.online(call));
    assertThat(refused.code()).isEqualTo("ServiceNotOpened");
    assertThat(refused.responsibility()).isEqualTo(Responsibility.USER);
    assertThat(refused.retry()).isEqualTo(Retry.OTHER_NODE);
  }

  @Test
  void aMaskedUnit_isNotOpened() throws Exception {
    systemd.says("LoadState", "masked");

    assertThat(refused(() -> service.online(systemd.call())))
        .hasMessageContaining("web.service is masked")
        .extracting(ResourceException::code)
        .isEqualTo("ServiceNotOpened");
    assertThat(systemd.verbs()).doesNotContain("start");
  }

  @Test
  void aUnitThatIsMaskedWhileItRuns_runs() throws Exception {
    service.online(systemd.call());
    systemd.says("LoadState", "masked");

    assertThat(service.find(systemd.call())).isInstanceOf(Found.Running.class);
  }

  @Test
  void aSlowStop_isToldOf_andEndedByTerminate() throws Exception {
    service.online(systemd.call());
    systemd.is("slow");

    assertThat(refused(() -> service.offline(systemd.call(Duration.ofSeconds(6)))))
        .hasMessageContaining("stop did not end in time")
        .hasMessageContaining("web.service is deactivating (stop-sigterm)")
        .extracting(ResourceException::code)
        .isEqualTo("ServiceNotStopped");
    assertThat(service.find(systemd.call())).isInstanceOf(Found.Running.class);

    service.terminate(systemd.call());

    assertThat(service.find(systemd.call()))
        .isEqualTo(
            Found.absent(
                "web.service is failed (failed), result signal, main process ended by signal 9"));
  }

  @Test
  void aManagerThatDoesNotAnswer_isUnknown_andNoFailureOfTheService() throws Exception {
    service.online(systemd.call());
    systemd.is("silent");

    assertThat(service.find(systemd.call()))
        .isEqualTo(
            Found.unknown(
                "systemctl show web.service exited with 1: Failed to connect to bus: No such file"
                    + " or directory"));
    assertThat(refused(() -> service.isAlive(systemd.call())).code())
        .isEqualTo("ServiceManagerSilent");
    assertThat(refused(() -> service.offline(systemd.call())).code())
        .isEqualTo("ServiceManagerSilent");
    assertThat(refused(() -> service.terminate(systemd.call())).code())
        .isEqualTo("ServiceManagerSilent");
    assertThat(service.looksAlive(systemd.call())).isEqualTo(Health.alive());
  }

  @Test
  void whatIsStartedAtBootToo_isDegraded_withTheCommand_untilItIsNot() throws Exception {
    systemd.says("UnitFileState", "enabled");
    service.online(systemd.call());

    assertThat(GivenSystemd.why(service.looksAlive(systemd.call())))
        .isEqualTo(
            "web.service is also started at boot (it is enabled), and is Foreign then; have"
                + " Holdfast alone start it: systemctl disable web.service");
    systemd.says("UnitFileState", "disabled");
    assertThat(service.isAlive(systemd.call())).isEqualTo(Health.alive());
    assertThat(service.looksAlive(systemd.call())).isEqualTo(Health.alive());
  }

  @Test
  void whatSystemdRestartsToo_isWarnedOf_withTheCommand() throws Exception {
    systemd.says("Restart", "always");
    FakeCall call = systemd.call();

    service.online(call);

    assertThat(call.progressed()).anyMatch(line -> line.contains("systemctl edit web.service"));
    systemd.outside("restarted-by-itself");
    assertThat(GivenSystemd.why(service.looksAlive(systemd.call())))
        .contains("started it again by itself")
        .contains("systemctl edit web.service");
  }

  @Test
  void aProbe_isWaitedFor_andAsked() throws Exception {
    Path ready = folder.resolve("ready");
    FakeCall call =
        systemd.call(Duration.ofSeconds(7), "Probe=exec", "ProbeCommand=test -e " + ready);

    Files.createFile(ready);
    service.online(call);
    assertThat(service.isAlive(call)).isEqualTo(Health.alive());
    Files.delete(ready);

    assertThat(GivenSystemd.why(service.isAlive(call)))
        .isEqualTo("the probe 'test -e " + ready + "' exited with 1");
    assertThat(service.looksAlive(call)).isEqualTo(Health.alive());
  }

  @Test
  void parameters_areTheInstanceOfATemplate_andOtherwiseRefused() throws Exception {
    assertThat(service.find(systemd.call("ServiceName=db@", "StartupParameters=main")))
        .isEqualTo(Found.absent("systemd knows no unit db@main.service"));
    assertThat(refused(() -> service.find(systemd.call("StartupParameters=-v"))))
        .hasMessageContaining("systemd starts web.service without parameters");
    assertThat(refused(() -> service.find(systemd.call("ServiceName=db@"))))
        .hasMessageContaining("db@.service is a template");
  }

  @Test
  void terminate_findsNothingToDo_asOftenAsItIsAsked() throws Exception {
    service.terminate(systemd.call());
    service.online(systemd.call());
    service.terminate(systemd.call());
    service.terminate(systemd.call());

    assertThat(service.find(systemd.call())).isInstanceOf(Found.Absent.class);
  }

  private static ResourceException refused(ThrowingCallable call) {
    var refused = new AtomicReference<ResourceException>();
    assertThatExceptionOfType(ResourceException.class).isThrownBy(call).satisfies(refused::set);
    return refused.get();
  }
}
