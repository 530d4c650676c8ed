package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.spi.fake.FakeCall;
import dev.holdfast.spi.fake.FakeContext;
import dev.holdfast.spi.fake.FakeSlots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProcessResourceTest {
  private static final Description TYPE = Description.of("Shell").lives(Lives.ON_NODE).build();

  @TempDir Path directory;
  private FakeSlots slots;
  private Properties properties;

  @BeforeEach
  void open() throws Exception {
    slots = new FakeSlots(directory);
    properties = Properties.of(TYPE, Map.of());
  }

  @AfterEach
  void close() {
    slots.close();
  }

  @Test
  void neverStarted_isAbsent_andNotAlive() throws Exception {
    var resource = new Shell("sleep 1000");

    assertThat(resource.find(call())).isEqualTo(Found.absent("slot main was never occupied"));
    assertThat(resource.isAlive(call())).isInstanceOf(Health.Failed.class);
  }

  @Test
  void online_thenFoundByAnotherMonitor_thenOffline() throws Exception {
    new Shell("exec sleep 1000").online(call());

    var another = new Shell("exec sleep 1000");
    long pid = slots().getPid();
    assertThat(another.find(call())).isEqualTo(Found.running("slot main, pid " + pid));
    assertThat(another.isAlive(call())).isEqualTo(Health.alive());

    another.offline(call());
    assertThat(another.find(call()))
        .isEqualTo(Found.absent("slot main, pid " + pid + " ended (signal 15)"));
    assertThat(ProcessHandle.of(pid)).isEmpty();
  }

  @Test
  void online_ofWhatRunsAlready_startsNothing() throws Exception {
    var resource = new Shell("exec sleep 1000");
    resource.online(call());
    long pid = slots().getPid();
    resource.online(call());

    assertThat(slots().getPid()).isEqualTo(pid);
  }

  @Test
  void online_waitsUntilReady_andSaysSo() throws Exception {
    var asked = new AtomicInteger();
    FakeCall call = call();
    new Shell("exec sleep 1000") {
      @Override
      protected boolean ready(Properties properties) {
        return asked.incrementAndGet() > 4;
      }
    }.online(call);

    assertThat(asked).hasValue(5);
    assertThat(call.progressed()).containsExactly("waiting for readiness");
  }

  @Test
  void online_ofWhatEnds_saysHow() {
    assertThat(failureOf(new Unready("exit 3"), call()))
        .returns("ProcessEnded", ResourceException::code)
        .hasMessageContaining("exit code 3");
    assertThat(failureOf(new Unready("kill -9 $$"), call()))
        .returns("ProcessEnded", ResourceException::code)
        .hasMessageContaining("signal 9");
  }

  @Test
  void online_ofWhatIsNeverReady_endsWithItsDeadline_andLeavesTheProcessToTerminate()
      throws Exception {
    var resource = new Unready("exec sleep 1000");
    var call = new FakeCall(slots, properties, Duration.ofMillis(100));

    assertThat(failureOf(resource, call))
        .returns("NotReady", ResourceException::code)
        .hasMessageContaining("it is not ready");
    assertThat(slots().alive()).isTrue();

    resource.terminate(call());
    resource.terminate(call());
    assertThat(slots().exit()).contains(new Exit.Signal(9));
  }

  @Test
  void online_thatIsCancelled_ends() {
    FakeCall call = call();
    call.cancel();

    assertThat(failureOf(new Unready("exec sleep 1000"), call))
        .returns("Cancelled", ResourceException::code);
  }

  @Test
  void online_thatIsInterrupted_ends() throws Exception {
    Thread caller = Thread.currentThread();
    var resource =
        new Shell("exec sleep 1000") {
          @Override
          protected boolean ready(Properties properties) {
            caller.interrupt();
            return false;
          }
        };

    assertThat(catchThrowableOfType(InterruptedException.class, () -> resource.online(call())))
        .isNotNull();
  }

  @Test
  void offline_ofWhatIgnoresItsSignal_killsAfterTheGrace() throws Exception {
    var resource =
        new Shell("trap '' TERM; : > trapped; while :; do sleep 0.1; done") {
          @Override
          protected boolean ready(Properties properties) {
            return Files.exists(directory.resolve("trapped"));
          }

          @Override
          protected Duration stopGrace(Properties properties) {
            return Duration.ofMillis(200);
          }
        };
    resource.online(call());
    resource.offline(call());

    assertThat(slots().exit()).contains(new Exit.Signal(9));
    resource.offline(call());
  }

  @Test
  void aliveButNotReady_isFailedThoroughly_andAliveCheaply() throws Exception {
    new Shell("exec sleep 1000").online(call());
    var unready = new Unready("exec sleep 1000");

    assertThat(unready.looksAlive(call())).isEqualTo(Health.alive());
    assertThat(unready.isAlive(call()))
        .isEqualTo(Health.failed("the process runs, but it is not ready"));
  }

  @Test
  void terminate_killsEverySlot_alsoWhenOneStands() throws Exception {
    FakeCall call = call();
    call.process("main", Launch.of("sleep", "1000"));
    call.process("second", Launch.of("sleep", "1000"));

    new Shell("true").terminate(call);

    assertThat(call.slots()).noneMatch(Slot::alive).hasSize(2);
  }

  private record MainSlot(Optional<Slot> slot) {
    long getPid() {
      return slot.orElseThrow().pid().getAsLong();
    }

    boolean alive() {
      return slot.orElseThrow().alive();
    }

    Optional<Exit> exit() {
      return slot.orElseThrow().exit();
    }
  }

  private MainSlot slots() {
    return new MainSlot(call().slot(ProcessResource.SLOT));
  }

  private FakeCall call() {
    return new FakeCall(slots, properties, Duration.ofSeconds(30));
  }

  private static ResourceException failureOf(Resource resource, FakeCall call) {
    return catchThrowableOfType(ResourceException.class, () -> resource.online(call));
  }

  private class Shell extends ProcessResource {
    private final String script;

    Shell(String script) {
      super(new FakeContext(directory));
      this.script = script;
    }

    @Override
    protected Launch launch(Properties properties) {
      return Launch.of("/bin/sh", "-c", script);
    }
  }

  private final class Unready extends Shell {
    Unready(String script) {
      super(script);
    }

    @Override
    protected boolean ready(Properties properties) {
      return false;
    }
  }
}
