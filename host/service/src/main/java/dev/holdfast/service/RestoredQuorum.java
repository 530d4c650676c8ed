package dev.holdfast.service;

import dev.holdfast.backup.QuorumKeys;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.protocol.MonitorCommand;
import dev.holdfast.registry.CommitException;
import dev.holdfast.service.node.RunsElsewhereException;
import dev.holdfast.service.posix.Signal;
import dev.holdfast.service.process.BootTicks;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.Processes;
import dev.holdfast.service.process.SeenProcess;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first start on a quorum that was restored from a backup. Its records of what runs are of
 * another time: an application may have been restarted since, under a token that no record has, or
 * have been started or ended. So all processes are looked at, once, before anything is decided:
 * what carries the token of a resource is that resource's. {@code host/docs/adr/0028} says why.
 */
final class RestoredQuorum {
  /** What a process is stopped by whose launch no record tells. */
  private static final String STOP_SIGNAL = "TERM";

  private static final Logger LOG = LoggerFactory.getLogger(RestoredQuorum.class);

  private final ClusterRecords records;
  private final Processes processes;
  private final List<SeenProcess> seen;

  private RestoredQuorum(ClusterRecords records, Processes processes, List<SeenProcess> seen) {
    this.records = records;
    this.processes = processes;
    this.seen = seen;
  }

  /**
   * What the first start found.
   *
   * @param found resources of which something runs, by name
   * @param orphans resources that the restored database does not have and of which something runs;
   *     with the pid of what was started first
   * @param monitors those of this home, which were told to end and may not have yet
   */
  record Settled(
      QuorumKeys.Restored restored,
      List<String> found,
      Map<ResourceId, Integer> orphans,
      List<ProcessIdentity> monitors) {}

  /**
   * Takes a restored database into use, if this is one that no service has started on yet. Durable
   * when it returns; a death before that has it done again, with the same result.
   *
   * @param monitors where this home's monitors connect to: those that are left are ended
   * @throws RunsElsewhereException another cluster service runs what is this cluster's
   */
  static Optional<Settled> settle(
      ClusterRecords records, Processes processes, Path monitors, Instant now) throws IOException {
    Optional<QuorumKeys.Restored> restored =
        records.restored().filter(QuorumKeys.Restored::isPending);
    if (restored.isEmpty()) {
      return Optional.empty();
    }
    var quorum = new RestoredQuorum(records, processes, processes.all().join());
    quorum.requireNotRunElsewhere();
    return Optional.of(quorum.settle(restored.get(), quorum.endMonitors(monitors), now));
  }

  /** A copy beside its original must neither adopt nor end what the original runs. */
  private void requireNotRunElsewhere() throws RunsElsewhereException {
    Set<Integer> services = services();
    Map<ResourceId, String> names = records.resourceNames();
    Set<ProcessIdentity> recorded = new HashSet<>();
    records.readAll().values().forEach(slot -> slot.process().ifPresent(recorded::add));
    for (SeenProcess each : seen) {
      Optional<ResourceId> resource = resource(each).filter(names::containsKey);
      if (services.contains(each.parentPid())
          && (resource.isPresent() || recorded.contains(each.process()))) {
        throw new RunsElsewhereException(
            "This quorum was restored from a backup, and %s runs as process %d of another cluster service, pid %d. Stop that one first: two cannot run one cluster. Nothing was touched."
                .formatted(
                    resource.map(id -> "its resource " + names.get(id)).orElse("a resource of it"),
                    each.process().pid(),
                    each.parentPid()));
      }
    }
  }

  private Set<Integer> services() {
    return seen.stream()
        .filter(each -> each.arguments().contains(ClusterServiceMain.class.getName()))
        .map(each -> each.process().pid())
        .collect(Collectors.toSet());
  }

  /** Processes that descend from a cluster service which lives: those of other clusters. */
  private Set<Integer> supervisedElsewhere() {
    Set<Integer> supervised = services();
    Map<Integer, Integer> parents =
        seen.stream()
            .collect(Collectors.toMap(each -> each.process().pid(), SeenProcess::parentPid));
    for (int pid : parents.keySet()) {
      List<Integer> line = new ArrayList<>();
      for (Integer each = pid; each != null && !line.contains(each); each = parents.get(each)) {
        line.add(each);
        if (supervised.contains(each)) {
          supervised.addAll(line);
          break;
        }
      }
    }
    return supervised;
  }

  private static Optional<ResourceId> resource(SeenProcess process) {
    return process.token().flatMap(SlotToken::owner).map(owner -> new ResourceId(owner.resource()));
  }

  /** Monitors that the restored records do not have; what lived in them must not live twice. */
  private List<ProcessIdentity> endMonitors(Path socket) {
    List<ProcessIdentity> ended = new ArrayList<>();
    for (SeenProcess each : seen) {
      if (each.arguments().contains(MonitorCommand.MAIN_CLASS)
          && each.arguments().contains(socket.toString())) {
        LOG.info("The monitor with pid {} of an earlier service is ended", each.process().pid());
        processes.signal(each.process(), Signal.KILL);
        ended.add(each.process());
      }
    }
    return ended;
  }

  private Settled settle(QuorumKeys.Restored restored, List<ProcessIdentity> monitors, Instant now)
      throws IOException {
    Map<SlotKey, SlotRecord> recorded = records.readAll();
    Map<ResourceId, String> names = records.resourceNames();
    Map<SlotKey, SlotRecord> found = new HashMap<>();
    Map<ResourceId, Integer> orphans = new HashMap<>();
    Set<ResourceId> running = new HashSet<>();
    Set<Integer> elsewhere = supervisedElsewhere();
    recorded.forEach(
        (key, slot) -> {
          if (isAlive(slot)) {
            running.add(key.resource());
          }
        });
    for (SeenProcess each : leadersFirst()) {
      Optional<SlotToken.Owner> owner = each.token().flatMap(SlotToken::owner);
      if (owner.isEmpty()) {
        continue;
      }
      var key = new SlotKey(new ResourceId(owner.get().resource()), owner.get().slot());
      if (!names.containsKey(key.resource()) && elsewhere.contains(each.process().pid())) {
        continue; // Another cluster of this machine, whose service sees to it.
      }
      if (!names.containsKey(key.resource())) {
        orphans.putIfAbsent(key.resource(), each.process().pid());
      } else if (!isAlive(recorded.get(key)) && !found.containsKey(key)) {
        found.put(key, record(each, recorded.get(key)));
        running.add(key.resource());
      }
    }
    try {
      records.settleRestored(restored, found, running, now);
    } catch (CommitException e) {
      throw new IOException(
          "The restored cluster database was not taken into use: " + e.getMessage(), e);
    }
    List<String> namesOfRunning = new ArrayList<>();
    running.forEach(id -> namesOfRunning.add(names.getOrDefault(id, id.toString())));
    namesOfRunning.sort(String.CASE_INSENSITIVE_ORDER);
    return new Settled(restored, namesOfRunning, orphans, monitors);
  }

  /** What was spawned leads a session; what it started, and left behind, comes after it. */
  private List<SeenProcess> leadersFirst() {
    return seen.stream()
        .sorted(
            Comparator.comparing(SeenProcess::sessionLeader)
                .reversed()
                .thenComparingLong(each -> each.process().startTicks()))
        .toList();
  }

  private boolean isAlive(@Nullable SlotRecord slot) {
    return slot != null && slot.isOccupied() && processes.isAlive(slot.process().orElseThrow());
  }

  private SlotRecord record(SeenProcess process, @Nullable SlotRecord last) {
    return new SlotRecord(
        process.token().orElseThrow(),
        new BootTicks(process.process().startTicks(), process.process().bootId()),
        last == null ? STOP_SIGNAL : last.stopSignal(),
        Optional.of(process.process()),
        Optional.empty(),
        Optional.empty());
  }
}
