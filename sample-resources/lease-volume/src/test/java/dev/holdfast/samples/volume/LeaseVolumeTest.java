package dev.holdfast.samples.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.samples.volume.cloud.Cloud;
import dev.holdfast.spi.Control;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.InvalidPropertiesException;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Reply;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceType;
import dev.holdfast.spi.fake.FakeCall;
import dev.holdfast.spi.fake.FakeContext;
import dev.holdfast.spi.fake.FakeSlots;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The type against a cloud in this JVM; what deaths do to it is for the system tests. */
@Timeout(60)
class LeaseVolumeTest {
  private static final LeaseVolume TYPE = new LeaseVolume();

  @TempDir Path directory;
  private Cloud cloud;
  private FakeSlots slots;
  private Resource resource;

  @BeforeEach
  void open() throws IOException {
    cloud = Cloud.serve(directory.resolve("cloud"), 0);
    slots = new FakeSlots(directory);
    resource = TYPE.open(new FakeContext(directory));
  }

  @AfterEach
  void close() throws IOException {
    slots.close();
    cloud.close();
  }

  private FakeCall call(long epoch) throws InvalidPropertiesException {
    var properties =
        Properties.of(
            TYPE.description(),
            Map.of(
                "Api",
                List.of(cloud.url()),
                "Volume",
                List.of("data-1"),
                "Timeout",
                List.of("1m")));
    return new FakeCall(slots, properties, Duration.ofMinutes(1)).in(epoch);
  }

  private Reply ask(long epoch, Control control, Map<String, List<String>> parameters)
      throws Exception {
    return resource.control(call(epoch).asking(control, parameters));
  }

  private void weather(String kind) throws IOException {
    var request =
        (HttpURLConnection) URI.create(cloud.url() + "/weather/" + kind).toURL().openConnection();
    request.setRequestMethod("POST");
    assertThat(request.getResponseCode()).isEqualTo(200);
  }

  @Test
  void itIsOffered() {
    assertThat(ServiceLoader.load(ResourceType.class)).hasExactlyElementsOfTypes(LeaseVolume.class);
  }

  @Test
  void attached_found_checked_detached() throws Exception {
    assertThat(resource.find(call(1))).isInstanceOf(Found.Absent.class);
    resource.online(call(2));

    assertThat(resource.find(call(3)))
        .isEqualTo(Found.running("volume data-1 is attached to node fake-node, epoch 2"));
    assertThat(resource.isAlive(call(3))).isEqualTo(Health.alive());
    resource.offline(call(3));
    resource.terminate(call(3));
    assertThat(resource.find(call(3))).isInstanceOf(Found.Absent.class);
    assertThat(resource.isAlive(call(3))).isInstanceOf(Health.Failed.class);
  }

  @Test
  void afterTheNodeDied_itIsForeign_andAHigherEpochTakesItOver() throws Exception {
    resource.online(call(2));
    slots.moveTo("beta");
    var there = TYPE.open(new FakeContext(directory, "beta"));

    assertThat(there.find(call(5))).isEqualTo(Found.foreign("fake-node", 2));
    there.online(call(6));
    assertThat(there.find(call(7))).isInstanceOf(Found.Running.class);
    assertThat(resource.isAlive(call(7)))
        .isEqualTo(Health.failed("volume data-1 was taken by node beta"));
  }

  @Test
  void aStranger_isForeign_andNoNode() throws Exception {
    resource.online(call(2));
    slots.release();

    assertThat(resource.find(call(5))).isEqualTo(Found.foreign("a stranger at node fake-node", 2));
    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(() -> resource.online(call(6)))
        .returns("Held", ResourceException::code);
  }

  @Test
  void aCloudThatIsDown_saysNothing() throws Exception {
    resource.online(call(2));
    weather("down");

    assertThat(resource.find(call(3)))
        .isInstanceOfSatisfying(
            Found.Unknown.class, unknown -> assertThat(unknown.why()).contains("503"));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> resource.isAlive(call(3)));
    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(() -> resource.offline(call(3)))
        .returns("NoAnswer", ResourceException::code)
        .withMessageContaining("it may have been done");
  }

  @Test
  void anAnswerThatWasLost_isSeenByTheNextFind_andAskedForAgainItIsDoneOnce() throws Exception {
    weather("lose?only=attach");
    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(() -> resource.online(call(2)))
        .returns("NoAnswer", ResourceException::code);
    weather("fine");

    assertThat(resource.find(call(3))).isInstanceOf(Found.Running.class);
    assertThat(Files.readAllLines(directory.resolve("cloud/journal"))).hasSize(1);
  }

  @Test
  void controls_changeTheVolume_orSayWhyNot() throws Exception {
    assertThat(ask(1, LeaseVolume.STATUS, Map.of()).message()).isEqualTo("attached to nobody");
    resource.online(call(2));

    ask(2, LeaseVolume.SNAPSHOT, Map.of("name", List.of("before")));
    ask(2, LeaseVolume.WRITE, Map.of("text", List.of("a line")));
    assertThat(ask(2, LeaseVolume.RESIZE, Map.of("size", List.of("2GiB"))).values())
        .containsEntry("sizeBytes", "2147483648");
    assertThat(ask(3, LeaseVolume.STATUS, Map.of()).values())
        .containsEntry("snapshots", "before")
        .containsEntry("node", "fake-node")
        .containsEntry("epoch", "2");
    assertThatExceptionOfType(ResourceException.class)
        .isThrownBy(() -> ask(2, LeaseVolume.SNAPSHOT, Map.of("name", List.of("before"))))
        .returns("Exists", ResourceException::code)
        .withMessageContaining("there is a snapshot before already");
  }
}
