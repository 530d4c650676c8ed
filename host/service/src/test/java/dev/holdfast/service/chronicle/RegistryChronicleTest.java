package dev.holdfast.service.chronicle;

import static dev.holdfast.service.GivenCluster.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Hive;
import dev.holdfast.registry.hive.HiveSettings;
import dev.holdfast.registry.hive.OpeningReport;
import dev.holdfast.service.event.Event;
import dev.holdfast.service.event.EventId;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.EventLogLimits;
import dev.holdfast.service.event.EventQuery;
import dev.holdfast.service.registry.LocalHives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RegistryChronicleTest {
  private static final String SOFTWARE = "HKLM\\Software";

  @TempDir Path hives;
  @TempDir Path folder;
  private EventLog events;

  @BeforeEach
  void open() throws IOException {
    events = EventLog.open(folder, "alpha", () -> NOW, EventLogLimits.DEFAULT);
  }

  @AfterEach
  void close() throws IOException {
    events.close();
  }

  private void givenAHiveWithASnapshot() throws IOException, CommitException {
    var storage = new DirectoryStorage(hives);
    try (Hive hive =
        Hive.create(storage, "software.hive", HiveSettings.named("software", () -> NOW))) {
      hive.commit(Batch.builder().createKey("Contoso").build());
      hive.compact();
    }
  }

  private Map<String, OpeningReport> reports() throws IOException {
    try (LocalHives local = LocalHives.open(hives, () -> NOW, UnaryOperator.identity())) {
      assertThat(local.mounted().getFirst().snapshots().get().key("Contoso")).isPresent();
      return local.reports();
    }
  }

  private List<Event> told(Map<String, OpeningReport> reports) throws Exception {
    var chronicle = new RegistryChronicle(events);
    reports.forEach(chronicle::opened);
    events
        .append(EventId.EVENTS_LOST.of("the end of the test"))
        .durable()
        .get(60, TimeUnit.SECONDS);
    return events.query(EventQuery.newest(100)).stream()
        .filter(event -> event.id() != EventId.EVENTS_LOST.number())
        .toList();
  }

  @Test
  void aSpoiltSnapshotIsAnEvent_andInTheServicesLog() throws Exception {
    givenAHiveWithASnapshot();
    Path snapshot = hives.resolve("software.hive.1.regf");
    byte[] bytes = Files.readAllBytes(snapshot);
    bytes[bytes.length / 2] ^= 1;
    Files.write(snapshot, bytes);
    var logged = new ListAppender<ILoggingEvent>();
    var logger = (Logger) LoggerFactory.getLogger(Hive.class);
    logged.start();
    logger.addAppender(logged);

    Map<String, OpeningReport> reports = reports();

    logger.detachAppender(logged);
    assertThat(logged.list)
        .filteredOn(event -> event.getLevel() == Level.WARN)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .contains("software.hive.1.regf is not what was written and was not used");
    assertThat(told(reports))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.id()).isEqualTo(EventId.HIVE_SNAPSHOT_SPOILT.number());
              assertThat(event.message())
                  .startsWith("A snapshot of the hive " + SOFTWARE)
                  .contains("software.hive.1.regf");
            });
  }

  @Test
  void ofHivesInOrderNothingIsTold() throws Exception {
    givenAHiveWithASnapshot();

    assertThat(told(reports())).isEmpty();
  }
}
