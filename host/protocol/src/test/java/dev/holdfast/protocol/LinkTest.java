package dev.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.LinkClosed.Cause;
import dev.holdfast.protocol.wire.Answer;
import dev.holdfast.protocol.wire.Beat;
import dev.holdfast.protocol.wire.CancelCall;
import dev.holdfast.protocol.wire.Done;
import dev.holdfast.protocol.wire.LogLine;
import dev.holdfast.protocol.wire.Remember;
import dev.holdfast.protocol.wire.Shutdown;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTest {
  @TempDir private Path folder;

  private final LinkedBlockingQueue<Link<ToMonitor, ToService>> accepted =
      new LinkedBlockingQueue<>();
  private LinkServer server;

  @BeforeEach
  void listen() throws IOException {
    server = LinkServer.listen(folder.resolve("monitors.sock"), new Queueing());
  }

  @AfterEach
  void stopListening() throws IOException {
    server.close();
  }

  @Test
  void frames_arriveInTheOrderTheyWereSent_bothWays() throws Exception {
    var atService = new Recorder<ToService>();
    var atMonitor = new Recorder<ToMonitor>();
    var monitor = connect();
    monitor.start(atMonitor);
    var service = accepted();
    service.start(atService);

    for (int i = 1; i <= 1000; i++) {
      assertThat(monitor.send(beat(i))).isTrue();
      assertThat(service.send(cancel(i))).isTrue();
    }

    assertThat(atService.await(1000)).extracting(f -> f.getBeat().getCount()).isSorted();
    assertThat(atMonitor.await(1000)).extracting(f -> f.getCancelCall().getCall()).isSorted();
    assertThat(service.framesReceived()).isEqualTo(1000);
  }

  @Test
  void aFrameThatWaits_arrivesInItsPlaceBeforeTheNext() throws Exception {
    var atService = new Recorder<ToService>();
    var monitor = connect();
    monitor.start(new Recorder<>());
    accepted().start(atService);

    assertThat(monitor.sendWithNext(beat(1))).isTrue();
    assertThat(monitor.sendWithNext(beat(2))).isTrue();
    assertThat(monitor.send(beat(3))).isTrue();

    assertThat(atService.await(3))
        .extracting(f -> f.getBeat().getCount())
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void aFrameThatWaits_leavesWhenTheLinkIsClosed() throws Exception {
    var atService = new Recorder<ToService>();
    var monitor = connect();
    monitor.start(new Recorder<>());
    accepted().start(atService);

    monitor.sendWithNext(beat(1));
    monitor.close();

    assertThat(atService.await(1)).containsExactly(beat(1));
  }

  @Test
  void tenThousandFramesFromManyThreads_allArriveOnce_eachThreadsInOrder() throws Exception {
    var atService = new Recorder<ToService>();
    var monitor = connect();
    monitor.start(new Recorder<>());
    accepted().start(atService);

    var senders = new ArrayList<Thread>();
    for (int sender = 0; sender < 20; sender++) {
      int from = sender;
      senders.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 500; i++) {
                      monitor.send(log(from, i));
                    }
                  }));
    }
    for (Thread sender : senders) {
      sender.join();
    }

    var frames = atService.await(10_000);
    assertThat(frames).hasSize(10_000).doesNotHaveDuplicates();
    for (int sender = 0; sender < 20; sender++) {
      String from = "sender-" + sender;
      assertThat(frames)
          .filteredOn(frame -> frame.getLogLine().getThread().equals(from))
          .extracting(frame -> frame.getLogLine().getTimeMillis())
          .hasSize(500)
          .isSorted();
    }
  }

  @Test
  void aFrameAtTheLimitArrives_andOneOverItIsRefusedWhileTheLinkGoesOn() throws Exception {
    var atService = new Recorder<ToService>();
    var monitor = connect();
    monitor.start(new Recorder<>());
    accepted().start(atService);
    var large = remember(Link.FRAME_LIMIT_BYTES - 64);
    assertThat(large.getSerializedSize()).isLessThanOrEqualTo(Link.FRAME_LIMIT_BYTES);

    assertThatThrownBy(() -> monitor.send(remember(Link.FRAME_LIMIT_BYTES)))
        .isInstanceOf(FrameTooLargeException.class)
        .hasMessageContaining("was not sent");
    monitor.send(large);
    monitor.send(beat(1));

    assertThat(atService.await(2).get(0)).isEqualTo(large);
  }

  @Test
  void close_letsWhatWasSentBeforeArrive_andTellsBothSidesOnce() throws Exception {
    var atService = new Recorder<ToService>();
    var atMonitor = new Recorder<ToMonitor>();
    var monitor = connect();
    monitor.start(atMonitor);
    accepted().start(atService);

    for (int i = 0; i < 500; i++) {
      monitor.send(log(0, i));
    }
    monitor.close();
    monitor.close();

    assertThat(atMonitor.awaitClosed().cause()).isEqualTo(Cause.CLOSED_HERE);
    assertThat(atService.awaitClosed().cause()).isEqualTo(Cause.PEER_CLOSED);
    assertThat(atService.frames()).hasSize(500);
    assertThat(monitor.send(beat(1))).isFalse();
    assertThat(atMonitor.timesClosed()).isEqualTo(1);
    assertThat(atService.timesClosed()).isEqualTo(1);
  }

  @Test
  void aPeerThatIsKilled_isSeen_andWhatItSentBeforeIsHeard() throws Exception {
    var peer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.holdfast.protocol.BeatingPeer",
                server.socket().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var atService = new Recorder<ToService>();
    accepted().start(atService);
    atService.await(3);

    peer.destroyForcibly().waitFor();

    assertThat(atService.awaitClosed().cause()).isIn(Cause.PEER_CLOSED, Cause.LOST);
    assertThat(atService.frames()).extracting(f -> f.getBeat().getCount()).isSorted();
  }

  @Test
  void aPeerThatClosesOnlyItsOutput_endsTheLinkOnBothSides() throws Exception {
    try (var half = raw()) {
      var atService = new Recorder<ToService>();
      var service = accepted();
      service.start(atService);

      half.shutdownOutput();

      assertThat(atService.awaitClosed().cause()).isEqualTo(Cause.PEER_CLOSED);
      assertThat(service.send(cancel(1))).isFalse();
      assertThat(half.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void aPeerThatReadsNothing_isGivenUp_insteadOfFillingTheMemory() throws Exception {
    try (var deaf = raw()) {
      var atService = new Recorder<ToService>();
      var service = accepted();
      service.start(atService);
      var frame =
          ToMonitor.newBuilder()
              .setAnswer(Answer.newBuilder().setFailure(failureOf(1024 * 1024)))
              .build();

      int sent = 0;
      while (service.send(frame)) {
        assertThat(++sent).isLessThan(40);
      }

      assertThat(atService.awaitClosed().cause()).isEqualTo(Cause.PEER_NOT_READING);
      assertThat(deaf.isOpen()).isTrue();
    }
  }

  @Test
  void aListenerThatThrows_closesTheLink_withWhatItThrew() throws Exception {
    var bug = new IllegalStateException("a bug of ours");
    var atService =
        new Recorder<ToService>(
            _ -> {
              throw bug;
            });
    var monitor = connect();
    var atMonitor = new Recorder<ToMonitor>();
    monitor.start(atMonitor);
    accepted().start(atService);

    monitor.send(beat(1));

    var why = atService.awaitClosed();
    assertThat(why.cause()).isEqualTo(Cause.LISTENER_FAILED);
    assertThat(why.thrown()).isSameAs(bug);
    assertThat(atMonitor.awaitClosed().cause()).isEqualTo(Cause.PEER_CLOSED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Link.FRAME_LIMIT_BYTES + 1, Integer.MAX_VALUE})
  void aLengthThatCannotBe_closesTheLinkAndSaysSo(int length) throws Exception {
    try (var stranger = raw()) {
      var atService = new Recorder<ToService>();
      accepted().start(atService);

      stranger.write(ByteBuffer.allocate(4).putInt(length).flip());

      var why = atService.awaitClosed();
      assertThat(why.cause()).isEqualTo(Cause.BAD_FRAME);
      assertThat(why.reason()).contains("length");
    }
  }

  @Test
  void manyStrangersWhoClaimTheLargestFrame_costNothing() throws Exception {
    var strangers = new ArrayList<SocketChannel>();
    var recorders = new ArrayList<Recorder<ToService>>();
    for (int i = 0; i < 100; i++) {
      var stranger = raw();
      stranger.write(ByteBuffer.allocate(8).putInt(Link.FRAME_LIMIT_BYTES).putInt(1).flip());
      strangers.add(stranger);
      var recorder = new Recorder<ToService>();
      recorders.add(recorder);
      accepted().start(recorder);
    }

    for (SocketChannel stranger : strangers) {
      stranger.close();
    }

    for (var recorder : recorders) {
      assertThat(recorder.awaitClosed().reason()).contains("inside a frame, after 4 of 16777216");
    }
  }

  @Test
  void aFrameOfNoKnownKind_closesTheLink() throws Exception {
    try (var newer = raw()) {
      var atService = new Recorder<ToService>();
      accepted().start(atService);
      var unknown =
          ToService.newBuilder()
              .setUnknownFields(
                  com.google.protobuf.UnknownFieldSet.newBuilder()
                      .addField(
                          999,
                          com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                              .addVarint(1)
                              .build())
                      .build())
              .build()
              .toByteArray();

      newer.write(
          ByteBuffer.allocate(4 + unknown.length).putInt(unknown.length).put(unknown).flip());

      assertThat(atService.awaitClosed().reason()).contains("of no kind that this side knows");
    }
  }

  @Test
  void mutatedFrames_neverDoMoreThanCloseTheLink() throws Exception {
    long seed = System.nanoTime();
    System.out.println("mutatedFrames: seed " + seed);
    var random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      byte[] bytes = stream(random);
      int changes = 1 + random.nextInt(4);
      for (int i = 0; i < changes; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      int length = 1 + random.nextInt(bytes.length);
      var atService = new Recorder<ToService>();
      try (var stranger = raw()) {
        accepted().start(atService);
        stranger.write(ByteBuffer.wrap(bytes, 0, length));
      } catch (IOException e) {
        // The link may be closed before all of it is written.
        assertThat(e).hasMessageContaining("Broken pipe");
      }

      assertThat(atService.awaitClosed().cause())
          .describedAs("seed %d, round %d", seed, round)
          .isIn(Cause.PEER_CLOSED, Cause.BAD_FRAME);
    }
  }

  @Test
  void start_twice_isRefused() throws Exception {
    var monitor = connect();
    monitor.start(new Recorder<>());

    assertThatThrownBy(() -> monitor.start(new Recorder<>()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anInterruptedSender_stillSends() throws Exception {
    var atService = new Recorder<ToService>();
    var monitor = connect();
    monitor.start(new Recorder<>());
    accepted().start(atService);

    Thread.currentThread().interrupt();
    boolean sent = monitor.send(beat(7));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(sent).isTrue();
    assertThat(atService.await(1)).containsExactly(beat(7));
  }

  private static byte[] stream(Random random) throws IOException {
    var out = new java.io.ByteArrayOutputStream();
    for (int i = 0; i < 5; i++) {
      byte[] body = random.nextBoolean() ? beat(i).toByteArray() : log(i, i).toByteArray();
      out.write(ByteBuffer.allocate(4).putInt(body.length).array());
      out.write(body);
    }
    return out.toByteArray();
  }

  private Link<ToService, ToMonitor> connect() throws IOException {
    return Link.connect(server.socket(), "test");
  }

  private SocketChannel raw() throws IOException {
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(server.socket()));
    return channel;
  }

  private Link<ToMonitor, ToService> accepted() throws InterruptedException {
    var link = accepted.poll(30, TimeUnit.SECONDS);
    assertThat(link).describedAs("a connection that was accepted").isNotNull();
    return java.util.Objects.requireNonNull(link);
  }

  private static ToService beat(long count) {
    return ToService.newBuilder().setBeat(Beat.newBuilder().setCount(count)).build();
  }

  private static ToMonitor cancel(long call) {
    return ToMonitor.newBuilder().setCancelCall(CancelCall.newBuilder().setCall(call)).build();
  }

  private static ToService log(int sender, int number) {
    return ToService.newBuilder()
        .setLogLine(
            LogLine.newBuilder()
                .setThread("sender-" + sender)
                .setTimeMillis(number)
                .setMessage("line ".repeat(number % 40)))
        .build();
  }

  private static ToService remember(int sizeBytes) {
    return ToService.newBuilder()
        .setRemember(Remember.newBuilder().setToken(ByteString.copyFrom(new byte[sizeBytes])))
        .build();
  }

  private static dev.holdfast.protocol.wire.Failure failureOf(int sizeBytes) {
    return dev.holdfast.protocol.wire.Failure.newBuilder().setDetail("x".repeat(sizeBytes)).build();
  }

  private final class Queueing implements LinkAcceptor {
    @Override
    public void accepted(Link<ToMonitor, ToService> link) {
      accepted.add(link);
    }

    @Override
    public void acceptFailed(IOException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void aSocketPathThatIsTooLong_isRefusedWithItsLength() {
    var deep = folder.resolve("x".repeat(120));

    assertThatThrownBy(() -> LinkServer.listen(deep, new Queueing()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a Unix socket takes 107");
  }

  @Test
  void aSocketFileLeftByADeadService_isReplaced_andRemovedOnClose() throws Exception {
    var left = folder.resolve("left.sock");
    Files.writeString(left, "not even a socket");

    var again = LinkServer.listen(left, new Queueing());
    assertThat(Files.getPosixFilePermissions(left))
        .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    again.close();

    assertThat(left).doesNotExist();
    assertThatThrownBy(() -> Link.connect(left, "late"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(left.toString());
  }

  @Test
  void shutdownAndAnswer_areKnownKinds() throws Exception {
    var atMonitor = new Recorder<ToMonitor>();
    var monitor = connect();
    monitor.start(atMonitor);
    var service = accepted();
    service.start(new Recorder<>());

    service.send(
        ToMonitor.newBuilder()
            .setAnswer(Answer.newBuilder().setRequest(3).setOk(Done.getDefaultInstance()))
            .build());
    service.send(ToMonitor.newBuilder().setShutdown(Shutdown.getDefaultInstance()).build());

    assertThat(atMonitor.await(2))
        .extracting(ToMonitor::getFrameCase)
        .isEqualTo(List.of(ToMonitor.FrameCase.ANSWER, ToMonitor.FrameCase.SHUTDOWN));
  }
}
