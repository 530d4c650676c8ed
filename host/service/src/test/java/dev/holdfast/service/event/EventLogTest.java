package dev.holdfast.service.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final EventLogLimits SMALL = new EventLogLimits(2_000, 10_000, 1_000, 5);

  @TempDir Path folder;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-22T10:00:00.123456Z"));
  private EventLog log;

  @BeforeEach
  void setUp() throws IOException {
    log = open(EventLogLimits.DEFAULT);
  }

  @AfterEach
  void tearDown() throws IOException {
    log.close();
  }

  private EventLog open(EventLogLimits limits) throws IOException {
    return EventLog.open(folder, "alpha", now::get, limits);
  }

  private void reopen(EventLogLimits limits) throws IOException {
    log.close();
    log = open(limits);
  }

  @Test
  void anEventComesBackAsItWasAlsoAfterReopening() throws Exception {
    Holder holder = new Holder("postgres", 4711, "Software\\X", "SOFTWARE\\X", now.get());
    NewEvent event =
        EventId.RESOURCE_FAILED
            .of("wéb \"app\"\n", "web")
            .about("wéb \"app\"\n", "an-id")
            .because("HTTP 503")
            .heldBy(List.of(new Holder("sh", 1, "a", "b", null)))
            .correlated("c-1")
            .ofIncident(7);
    durable(log.append(event));
    durable(log.append(EventId.SERVICE_STOPPED.of("alpha").heldBy(List.of(holder))));
    List<Event> before = log.query(EventQuery.newest(10));

    reopen(EventLogLimits.DEFAULT);

    assertThat(before.getFirst())
        .isEqualTo(
            new Event(
                1,
                1069,
                "ClusSvc",
                EventType.ERROR,
                "Failover",
                Instant.parse("2026-11-22T10:00:00.123Z"),
                "alpha",
                "Cluster resource 'wéb \"app\"\n' in group 'web' failed.",
                event.parameters(),
                "wéb \"app\"\n",
                "an-id",
                "HTTP 503",
                event.holders(),
                "c-1",
                7L));
    Event second = log.query(EventQuery.newest(1)).getFirst();
    assertThat(second.holders().getFirst().since())
        .isEqualTo(Instant.parse("2026-11-22T10:00:00.123Z"));
    assertThat(log.query(EventQuery.newest(10)).getFirst()).isEqualTo(before.getFirst());
    assertThat(second.seq()).isEqualTo(2);
  }

  @Test
  void aLineHasTheFieldsOfTheCommandLine() throws Exception {
    durable(log.append(EventId.RESOURCE_FAILED.of("web-app", "web").about("web-app", "an-id")));

    assertThat(Files.readString(onlyFile()))
        .matches(
            "\\{\"seq\":1,\"id\":1069,\"source\":\"ClusSvc\",\"type\":\"Error\",\"level\":\"error\","
                + "\"category\":\"Failover\",\"time\":\"2026-11-22T10:00:00.123Z\",\"node\":\"alpha\",\"message\":\"Cluster"
                + " resource 'web-app' in group 'web'"
                + " failed.\",\"parameters\":\\{\"resource\":\"web-app\",\"group\":\"web\"\\},\"resource\":\"web-app\",\"resourceId\":\"an-id\",\"cause\":null,\"holders\":\\[\\],\"correlation\":null,\"incident\":null,\"crc32c\":\"[0-9a-f]{8}\"\\}\n");
  }

  @Test
  void manyWritersGetNumbersWithoutGaps() throws Exception {
    List<Thread> writers = new ArrayList<>();
    BlockingQueue<Appended> taken = new LinkedBlockingQueue<>();
    for (int i = 0; i < 8; i++) {
      writers.add(
          Thread.startVirtualThread(
              () -> {
                for (int j = 0; j < 1250; j++) {
                  taken.add(log.append(EventId.SERVICE_STOPPED.of(j)));
                }
              }));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    for (Appended one : taken) {
      durable(one);
    }

    reopen(new EventLogLimits(8 << 20, 128 << 20, 10, 10));

    assertThat(log.query(EventQuery.newest(20_000)))
        .extracting(Event::seq)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 10_000).boxed().toList());
  }

  @Test
  void aLogCutOffAnywhereOpensWithTheWholeLinesBefore() throws Exception {
    appendStopped(2);
    log.close();
    Path file = onlyFile();
    byte[] whole = Files.readAllBytes(file);
    List<Integer> ends =
        IntStream.range(0, whole.length)
            .filter(i -> whole[i] == '\n')
            .map(i -> i + 1)
            .boxed()
            .toList();

    for (int cut = 0; cut <= whole.length; cut++) {
      int end = cut;
      Files.write(file, Arrays.copyOf(whole, cut));
      long lines = ends.stream().filter(lineEnd -> lineEnd <= end).count();

      try (EventLog opened = open(EventLogLimits.DEFAULT)) {
        assertThat(opened.newestSeq()).as("cut at %d", cut).isEqualTo(lines);
        Appended next = opened.append(EventId.SERVICE_STOPPED.of("after"));
        assertThat(next.seq()).isEqualTo(lines + 1);
        durable(next);
        assertThat(opened.query(EventQuery.newest(100))).hasSize((int) lines + 1);
      }
    }
    log = open(EventLogLimits.DEFAULT);
  }

  @Test
  void garbageBehindTheLastLineIsCutOffAndNotTakenForDamage() throws Exception {
    appendStopped(3);
    log.close();
    byte[] good = Files.readAllBytes(onlyFile());
    Files.write(onlyFile(), (new String(good, UTF_8) + "\0\0\0\n{\"seq\":4}\n\0").getBytes(UTF_8));

    log = open(EventLogLimits.DEFAULT);

    assertThat(Files.readAllBytes(onlyFile())).isEqualTo(good);
    assertThat(log.query(EventQuery.newest(10))).extracting(Event::id).containsOnly(1063);
  }

  @Test
  void everyFlippedBitOfTheMiddleIsNamedOnceAndSkipped() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    appendStopped(5);
    log.close();
    Path file = onlyFile();
    byte[] whole = Files.readAllBytes(file);
    String text = new String(whole, UTF_8);
    int first = text.indexOf('\n') + 1;
    int last = text.lastIndexOf('\n', text.length() - 2);

    for (int i = 0; i < 20; i++) {
      byte[] flipped = whole.clone();
      int at = first + random.nextInt(last - first);
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);

      for (int start = 0; start < 2; start++) {
        try (EventLog opened = open(EventLogLimits.DEFAULT)) {
          await("told").atMost(PATIENCE).until(() -> opened.newestSeq() == 6);
          List<Event> events = opened.query(EventQuery.newest(10));
          assertThat(events).as("seed %d, byte %d", seed, at).hasSizeBetween(4, 5);
          assertThat(events.getLast().id()).isEqualTo(EventId.EVENT_LOG_DAMAGED.number());
          assertThat(events.getLast().parameters())
              .containsEntry("file", file.getFileName().toString());
        }
      }
    }
    Files.write(file, whole);
    log = open(EventLogLimits.DEFAULT);
  }

  @Test
  void filesAreBoundedAndTheOldestGoFirst() throws Exception {
    reopen(SMALL);
    appendStopped(200);

    List<Path> files = files();
    assertThat(files).hasSizeBetween(2, 6);
    assertThat(Files.size(files.getLast())).isLessThan(SMALL.segmentBytes() + 1_000);
    long total = 0;
    for (Path file : files) {
      total += Files.size(file);
    }
    assertThat(total).isLessThan(SMALL.totalBytes() + 1_000);
    List<Event> left = log.query(EventQuery.newest(1_000));
    assertThat(left.getLast().seq()).isEqualTo(200);
    assertThat(left.getFirst().seq()).isGreaterThan(100);
    assertThat(left)
        .extracting(Event::seq)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(left.getFirst().seq(), 200).boxed().toList());

    reopen(SMALL);
    assertThat(log.query(EventQuery.newest(1_000))).isEqualTo(left);
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    reopen(SMALL);
    appendStopped(25);
    log.close();
    List<Path> files = files();
    assertThat(files).hasSizeGreaterThan(2);
    Files.delete(files.get(1));

    log = open(SMALL);

    await("told").atMost(PATIENCE).until(() -> log.newestSeq() == 26);
    assertThat(log.query(EventQuery.newest(1)).getFirst().message())
        .containsPattern("the events from \\d+ to \\d+ before it are missing");
  }

  @Test
  void queriesAreAnsweredFromMemoryAndFromFiles() throws Exception {
    reopen(SMALL);
    for (int i = 1; i <= 20; i++) {
      now.set(Instant.ofEpochSecond(1_000_000 + i));
      NewEvent event =
          i % 4 == 0
              ? EventId.RESOURCE_FAILED
                  .of("web-" + i % 8, "web")
                  .about("Web-" + i % 8, "id-" + i % 8)
              : i % 2 == 0
                  ? EventId.UNSUPERVISED.of("web", "why")
                  : EventId.SERVICE_STOPPED.of("alpha");
      durable(log.append(event));
    }

    assertThat(seqs(new EventQuery(null, 1069, null, null, 100)))
        .containsExactly(4L, 8L, 12L, 16L, 20L);
    assertThat(seqs(new EventQuery(null, 1069, null, null, 2))).containsExactly(16L, 20L);
    assertThat(seqs(new EventQuery(null, null, "wEB-4", null, 100))).containsExactly(4L, 12L, 20L);
    assertThat(seqs(new EventQuery(null, null, "ID-4", null, 100))).containsExactly(4L, 12L, 20L);
    assertThat(seqs(new EventQuery(null, null, null, EventType.WARNING, 3)))
        .containsExactly(16L, 18L, 20L);
    assertThat(seqs(new EventQuery(Instant.ofEpochSecond(1_000_019), null, null, null, 100)))
        .containsExactly(19L, 20L);
    assertThat(
            seqs(
                new EventQuery(Instant.ofEpochSecond(1_000_007), null, null, EventType.ERROR, 100)))
        .containsExactly(8L, 12L, 16L, 20L);
  }

  @Test
  void aFollowerGetsThePastAndWhatComesEachOnce() throws Exception {
    reopen(SMALL);
    appendStopped(15);
    BlockingQueue<Long> seen = new LinkedBlockingQueue<>();

    try (EventSubscription subscription = log.follow(3, event -> seen.add(event.seq()))) {
      appendStopped(15);
      await("all are seen").atMost(PATIENCE).until(() -> seen.size() >= 28);
      assertThat(seen).containsExactlyElementsOf(LongStream.rangeClosed(3, 30).boxed().toList());
      assertThat(subscription).isNotNull();
    }
    appendStopped(1);
    BlockingQueue<Long> late = new LinkedBlockingQueue<>();
    try (EventSubscription _ = log.follow(31, event -> late.add(event.seq()))) {
      assertThat(late.poll(60, TimeUnit.SECONDS)).isEqualTo(31);
    }
    assertThat(seen).hasSize(28);
  }

  @Test
  void aSlowOrBrokenFollowerDelaysNobody() throws Exception {
    CompletableFuture<Void> stuck = new CompletableFuture<>();
    try (EventSubscription _ = log.follow(1, _ -> stuck.join());
        EventSubscription _ =
            log.follow(
                1,
                _ -> {
                  throw new IllegalStateException("on purpose");
                })) {
      appendStopped(100);
      assertThat(log.newestSeq()).isEqualTo(100);
    } finally {
      stuck.complete(null);
    }
  }

  @Test
  void aDiskThatDoesNotWriteLosesNothingUntilTooManyWait() throws Exception {
    // Every event begins a file, and the second file cannot be made.
    reopen(new EventLogLimits(1, 1 << 20, 10, 10));
    Path inTheWay = folder.resolve("events-%019d.jsonl".formatted(2));
    Files.createDirectory(inTheWay);
    durable(log.append(EventId.SERVICE_STOPPED.of("alpha")));

    List<Appended> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(log.append(EventId.SERVICE_STOPPED.of("alpha")));
    }
    Appended refused = log.append(EventId.SERVICE_STOPPED.of("alpha"));
    assertThat(refused.seq()).isZero();
    assertThatThrownBy(() -> refused.durable().get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("10 events wait for the disk already");
    assertThat(waiting).noneMatch(one -> one.durable().isDone());
    assertThat(log.newestSeq()).as("nothing is shown that is not durable").isEqualTo(1);

    Files.delete(inTheWay);
    for (Appended one : waiting) {
      durable(one);
    }
    durable(log.append(EventId.SERVICE_STOPPED.of("alpha")));
    assertThat(log.query(EventQuery.newest(2)))
        .extracting(Event::id)
        .containsExactly(EventId.EVENTS_LOST.number(), 1063);
    assertThat(log.query(EventQuery.newest(2)).getFirst().message())
        .isEqualTo("1 events could not be written and are lost.");
  }

  @Test
  void closingWritesWhatWaitsAndLaterEventsAreRefused() throws Exception {
    List<Appended> all = IntStream.range(0, 100).mapToObj(_ -> stopped()).toList();

    log.close();

    assertThat(all)
        .allMatch(one -> one.durable().isDone() && !one.durable().isCompletedExceptionally());
    assertThat(stopped().seq()).isZero();
    log = open(EventLogLimits.DEFAULT);
    assertThat(log.newestSeq()).isEqualTo(100);
  }

  private Appended stopped() {
    return log.append(EventId.SERVICE_STOPPED.of("alpha"));
  }

  private void appendStopped(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      durable(stopped());
    }
  }

  private static void durable(Appended appended) throws Exception {
    appended.durable().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private List<Long> seqs(EventQuery query) {
    return log.query(query).stream().map(Event::seq).toList();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private Path onlyFile() throws IOException {
    assertThat(files()).hasSize(1);
    return files().getFirst();
  }
}
