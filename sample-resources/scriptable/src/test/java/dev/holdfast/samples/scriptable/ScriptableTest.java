package dev.holdfast.samples.scriptable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Reply;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.ResourceType;
import dev.holdfast.spi.fake.FakeCall;
import dev.holdfast.spi.fake.FakeContext;
import dev.holdfast.spi.fake.FakeSlots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ScriptableTest {
  private static final Scriptable TYPE = new Scriptable();

  @TempDir Path directory;
  private FakeSlots slots;
  private FakeContext context;
  private Resource resource;

  @BeforeEach
  void open() throws Exception {
    slots = new FakeSlots(directory);
    context = new FakeContext(directory);
    resource = TYPE.open(context);
  }

  @AfterEach
  void close() {
    slots.close();
  }

  @Test
  void types_areOfferedAsServices() {
    assertThat(ServiceLoader.load(ResourceType.class))
        .hasExactlyElementsOfTypes(Scriptable.class, ScriptableInMonitor.class);
  }

  @Test
  void withoutScript_itBehaves() throws Exception {
    resource.online(call());
    assertThat(resource.find(call())).isInstanceOf(Found.Running.class);
    assertThat(resource.isAlive(call())).isEqualTo(Health.alive());
    resource.offline(call());
    assertThat(resource.find(call())).isInstanceOf(Found.Absent.class);
    resource.close();
  }

  @Test
  void process_endsByItselfAsAsked() throws Exception {
    FakeCall call = call(Map.of("RunsFor", List.of("1ms"), "ExitCode", List.of("7")));
    resource.online(call);

    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (call.slots().get(0).alive()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
    assertThat(call.slots().get(0).exit()).contains(new Exit.Code(7));
    assertThat(resource.looksAlive(call)).isInstanceOf(Health.Failed.class);
  }

  @Test
  void script_answersInstead() throws Exception {
    steer(
        "find: unknown its API is down",
        "isAlive: degraded slow",
        "looksAlive: null",
        "online: throw NoDisk ENVIRONMENT OTHER_NODE the disk is gone",
        "offline: fail it does not want to");

    assertThat(resource.find(call())).isEqualTo(Found.unknown("its API is down"));
    assertThat(resource.isAlive(call())).isEqualTo(Health.degraded("slow"));
    assertThat(resource.looksAlive(call())).isNull();
    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(() -> resource.online(call()))
        .withMessage("the disk is gone")
        .returns("NoDisk", ResourceException::code)
        .returns(Responsibility.ENVIRONMENT, ResourceException::responsibility)
        .returns(Retry.OTHER_NODE, ResourceException::retry);
    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(() -> resource.offline(call()))
        .returns("Scripted", ResourceException::code);
  }

  @Test
  void changed_doesWhatItIsChangedTo_andIsChangeableWhileItRuns() throws Exception {
    resource.changed(call(Map.of("AtFind", List.of("absent"))), Set.of(Place.FIND.property()));
    assertThat(Place.FIND.property().effect()).isEqualTo(Property.Effect.LIVE);

    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(
            () ->
                resource.changed(
                    call(Map.of("AtChanged", List.of("fail the disk is full"))),
                    Set.of(Place.CHANGED.property())))
        .withMessage("the disk is full");
  }

  @Test
  void lies_areTheOppositeOfTheTruth() throws Exception {
    steer("online: lie");
    resource.online(call());
    assertThat(call().slots()).isEmpty();

    steer("find: lie", "isAlive: lie", "offline: lie", "terminate: lie");
    assertThat(resource.find(call())).isInstanceOf(Found.Running.class);
    assertThat(resource.isAlive(call())).isEqualTo(Health.alive());

    resource.online(call());
    resource.offline(call());
    resource.terminate(call());
    assertThat(resource.find(call())).isInstanceOf(Found.Absent.class);
    assertThat(call().slots()).hasSize(1).allMatch(slot -> slot.alive());
  }

  @Test
  void controlFile_changesBehaviourWhileItRuns_andOverridesTheProperty() throws Exception {
    FakeCall call = call(Map.of("AtIsAlive", List.of("fail from the property")));
    assertThat(resource.isAlive(call)).isEqualTo(Health.failed("from the property"));

    steer("isAlive: fail from the file");
    assertThat(resource.isAlive(call)).isEqualTo(Health.failed("from the file"));

    steer("");
    assertThat(resource.isAlive(call)).isEqualTo(Health.failed("no process was started"));
  }

  @Test
  void once_holdsAcrossMonitors() throws Exception {
    steer("find: once unknown first");
    assertThat(resource.find(call())).isInstanceOf(Found.Unknown.class);

    assertThat(TYPE.open(context).find(call())).isInstanceOf(Found.Absent.class);
  }

  @Test
  void passingSteps_areFollowedByTheTruth() throws Exception {
    FakeCall call = call();
    steer("online: progress 2 1ms", "online: delay 1ms", "online: signal it hurts");
    resource.online(call);

    assertThat(call.progressed()).containsExactly("step 1 of 2", "step 2 of 2");
    assertThat(context.signalled()).containsExactly(Health.failed("it hurts"));
    assertThat(resource.find(call)).isInstanceOf(Found.Running.class);
  }

  @Test
  void waiting_endsWhenCancelled() throws Exception {
    FakeCall call = call();
    call.cancel();
    steer("isAlive: wait");

    assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> resource.isAlive(call));
  }

  @Test
  void errors_comeThrough() throws Exception {
    steer(
        "find: throw-class java.lang.IllegalStateException bad",
        "isAlive: throw-class java.lang.LinkageError worse",
        "online: throw-class java.io.IOException no disk");

    assertThatIllegalStateException().isThrownBy(() -> resource.find(call())).withMessage("bad");
    assertThatExceptionOfType(LinkageError.class)
        .isThrownBy(() -> resource.isAlive(call()))
        .withMessage("worse");
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> resource.online(call()));
  }

  @Test
  void poison_cannotBeTalkedAbout() throws Exception {
    steer("isAlive: throw-poison");

    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> resource.isAlive(call()))
        .satisfies(poison -> assertThatIllegalStateException().isThrownBy(poison::getMessage))
        .satisfies(poison -> assertThatIllegalStateException().isThrownBy(poison::toString));
  }

  @Test
  void deepRecursion_endsInItsError() throws Exception {
    steer("isAlive: overflow-stack");

    assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> resource.isAlive(call()));
  }

  @Test
  void leaks_stay() throws Exception {
    Path descriptors = Path.of("/proc/self/fd");
    long open = count(descriptors);
    long threads = count(Path.of("/proc/self/task"));
    steer(
        "isAlive: leak-descriptors 10",
        "isAlive: leak-threads 3",
        "isAlive: leak-memory 1KiB",
        "isAlive: leak-native 1KiB",
        "isAlive: in-thread delay 1ms",
        "isAlive: alive");

    assertThat(resource.isAlive(call())).isEqualTo(Health.alive());
    assertThat(count(descriptors)).isGreaterThanOrEqualTo(open + 10);
    assertThat(count(Path.of("/proc/self/task"))).isGreaterThanOrEqualTo(threads + 3);
  }

  private static long count(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.count();
    }
  }

  @Test
  void hugeAnswers_areAsLongAsAskedFor() throws Exception {
    steer("find: huge 64KiB", "isAlive: huge 64KiB", "online: token 8KiB", "offline: huge 64KiB");

    assertThat(resource.find(call()))
        .isInstanceOfSatisfying(Found.Unknown.class, it -> assertThat(it.why()).hasSize(65_536));
    assertThat(resource.isAlive(call()))
        .isInstanceOfSatisfying(Health.Degraded.class, it -> assertThat(it.why()).hasSize(65_536));
    resource.online(call());
    assertThat(call().token()).hasValueSatisfying(token -> assertThat(token).hasSize(8_192));
    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(() -> resource.offline(call()))
        .satisfies(thrown -> assertThat(thrown.getMessage()).hasSize(65_536));
  }

  @Test
  void deafDelay_andLateAnswer_heedNoInterrupt() throws Exception {
    FakeCall call = call();
    call.cancel();
    steer("isAlive: delay-deaf 1ms", "isAlive: late 1ms", "isAlive: degraded at last");
    Thread.currentThread().interrupt();

    Health answer = resource.isAlive(call);

    assertThat(Thread.interrupted()).isFalse();
    assertThat(answer).isEqualTo(Health.degraded("at last"));
  }

  @Test
  void openAndClose_doWhatThePropertiesSaidLast() throws Exception {
    resource.find(
        call(
            Map.of(
                "AtOpen", List.of("once throw-class java.lang.IllegalStateException no"),
                "AtClose", List.of("throw-class java.lang.IllegalStateException neither"))));

    assertThatIllegalStateException().isThrownBy(resource::close).withMessage("neither");
    assertThatIllegalStateException().isThrownBy(() -> TYPE.open(context)).withMessage("no");
    assertThat(TYPE.open(context).find(call())).isInstanceOf(Found.Absent.class);
  }

  @Test
  void controls_giveBackWhatTheyAreGiven_orDoAsTheScriptSays() throws Exception {
    var echo = TYPE.description().control("echo").orElseThrow();

    Reply reply = resource.control(call().asking(echo, Map.of("text", List.of("hello"))));
    assertThat(reply.values()).isEqualTo(Map.of("text", "hello"));

    steer("control: lie");
    assertThat(resource.control(call().asking(echo, Map.of())).isHandled()).isFalse();
    steer("control: fail it does not want to");
    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(() -> resource.control(call().asking(echo, Map.of())))
        .withMessage("it does not want to");
  }

  @Test
  void validate_doesAsThePropertiesSay() throws Exception {
    var properties =
        Properties.of(
            TYPE.description(),
            Map.of("AtValidate", List.of("throw-class java.lang.IllegalStateException no")));

    assertThatIllegalStateException().isThrownBy(() -> TYPE.validate(properties)).withMessage("no");
  }

  @Test
  void journal_tellsEveryCallWithPidBootAndTime() throws Exception {
    steer("find: once throw-class java.lang.IllegalStateException bad");
    assertThatIllegalStateException().isThrownBy(() -> resource.find(call()));
    resource.find(call());

    List<String> lines = Files.readAllLines(directory.resolve("journal"));
    assertThat(lines)
        .hasSize(6)
        .allMatch(line -> line.contains(" pid=" + ProcessHandle.current().pid() + " "))
        .allMatch(line -> line.matches("nanos=\\d+ boot=[0-9a-f-]{36} .*"));
    assertThat(lines.get(3)).contains("epoch=1 call=find event=throw", "IllegalState");
    assertThat(lines.get(5)).contains("event=return answer=Absent");
  }

  @Test
  void scriptThatCannotBeRead_isRefusedBeforeAndToldAfter() throws Exception {
    assertThat(
            TYPE.validate(
                Properties.of(TYPE.description(), Map.of("AtFind", List.of("hang", "dance")))))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("dance");

    steer("find: dance");
    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(() -> resource.find(call()))
        .returns("BadScript", ResourceException::code);
  }

  @ParameterizedTest
  @CsvSource({
    "isAlive: exit 3, 3",
    "isAlive: halt 4, 4",
    "isAlive: kill KILL, 137",
    "isAlive: segfault, 1",
    "isAlive: exhaust-heap, 3",
    "isAlive: in-thread halt 8, 8",
    "isAlive: in-static-init halt 5, 5",
    "staticInit: halt 6, 6",
    "constructor: halt 9, 9",
    "description: halt 10, 10",
    "open: halt 7, 7",
    "close: halt 11, 11"
  })
  void jvm_endsAsAsked(String step, int code) throws Exception {
    steer(step);

    assertThat(runInItsOwnJvm()).isEqualTo(code);
  }

  @Test
  void inMonitor_livesAsLongAsItsMonitor() throws Exception {
    var type = new ScriptableInMonitor();
    Resource inMonitor = type.open(context);
    var call = new FakeCall(slots, Properties.of(type.description(), Map.of()), limit());

    assertThat(inMonitor.find(call)).isInstanceOf(Found.Absent.class);
    inMonitor.online(call);
    assertThat(inMonitor.find(call)).isInstanceOf(Found.Running.class);
    assertThat(inMonitor.isAlive(call)).isEqualTo(Health.alive());
    assertThat(type.open(context).find(call)).isInstanceOf(Found.Absent.class);
    inMonitor.offline(call);
    assertThat(inMonitor.find(call)).isInstanceOf(Found.Absent.class);
    inMonitor.close();
  }

  /** Runs {@link JvmEnd} there. */
  private int runInItsOwnJvm() throws Exception {
    var builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx32m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + directory.resolve("hs_err.log"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                JvmEnd.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("jvm.log").toFile());
    builder.environment().put(TypeScript.VARIABLE, directory.resolve("script").toString());
    Process process = builder.start();
    assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private void steer(String... lines) throws IOException {
    Files.write(directory.resolve("script"), List.of(lines));
  }

  private FakeCall call() throws Exception {
    return call(Map.of());
  }

  private FakeCall call(Map<String, List<String>> text) throws Exception {
    return new FakeCall(slots, Properties.of(TYPE.description(), new HashMap<>(text)), limit());
  }

  private static Duration limit() {
    return Duration.ofSeconds(30);
  }
}
