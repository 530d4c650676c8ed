package dev.holdfast.samples.ticker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.InvalidPropertiesException;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceType;
import dev.holdfast.spi.fake.FakeCall;
import dev.holdfast.spi.fake.FakeContext;
import dev.holdfast.spi.fake.FakeSlots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TickerTest {
  private static final Ticker TYPE = new Ticker();

  @TempDir Path directory;
  private FakeSlots slots;
  private FakeCall call;
  private Resource resource;

  @BeforeEach
  void open() throws Exception {
    slots = new FakeSlots(directory);
    call =
        new FakeCall(
            slots,
            Properties.of(
                TYPE.description(),
                Map.of(
                    "interval", List.of("50ms"), "Message", List.of("it's $HOME; \"still\" here"))),
            Duration.ofSeconds(30));
    resource = TYPE.open(new FakeContext(directory));
  }

  @AfterEach
  void close() {
    slots.close();
  }

  @Test
  void type_isOfferedAsAService() {
    assertThat(ServiceLoader.load(ResourceType.class)).hasExactlyElementsOfTypes(Ticker.class);
  }

  @Test
  void online_meansThatItTicked_withItsMessageAsItStands() throws Exception {
    resource.online(call);

    assertThat(directory.resolve("ticks")).content().startsWith("1 it's $HOME; \"still\" here\n");
    assertThat(resource.find(call)).isInstanceOf(Found.Running.class);
    assertThat(resource.isAlive(call)).isEqualTo(Health.alive());
  }

  @Test
  void ticker_goesOnAcrossMonitors() throws Exception {
    resource.online(call);
    Resource another = TYPE.open(new FakeContext(directory));

    assertThat(another.find(call)).isInstanceOf(Found.Running.class);
    assertThat(another.isAlive(call)).isEqualTo(Health.alive());
  }

  @Test
  void messageIsChangedWhileItTicks_byTheSameProcess() throws Exception {
    resource.online(call);
    long pid = call.slots().get(0).pid().getAsLong();

    resource.changed(
        new FakeCall(
            slots,
            Properties.of(TYPE.description(), Map.of("Message", List.of("tock"))),
            Duration.ofSeconds(30)),
        Set.of(Ticker.MESSAGE));

    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!Files.readString(directory.resolve("ticks")).contains(" tock\n")) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
    assertThat(call.slots()).hasSize(1).allMatch(slot -> slot.pid().getAsLong() == pid);
  }

  @Test
  void processThatRunsButTicksNoMore_isNotAlive() throws Exception {
    resource.online(call);
    long pid = call.slots().get(0).pid().getAsLong();
    new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start().waitFor();
    Files.setLastModifiedTime(
        directory.resolve("ticks"), FileTime.from(Instant.now().minusSeconds(60)));

    assertThat(resource.looksAlive(call)).isEqualTo(Health.alive());
    assertThat(resource.isAlive(call))
        .isInstanceOfSatisfying(
            Health.Failed.class, failed -> assertThat(failed.why()).contains("s old"));
  }

  @Test
  void ticksOfAnEarlierLife_doNotMakeItReady() throws Exception {
    Files.writeString(directory.resolve("ticks"), "99 old\n");
    resource.online(call);

    assertThat(directory.resolve("ticks")).content().startsWith("1 ");
    resource.offline(call);
    assertThat(resource.find(call)).isInstanceOf(Found.Absent.class);
  }

  @Test
  void intervalThatIsNone_isRefused() {
    assertThatExceptionOfType(InvalidPropertiesException.class)
        .isThrownBy(() -> Properties.of(TYPE.description(), Map.of("Interval", List.of("0s"))))
        .withMessageContaining("at least 10ms");
  }
}
