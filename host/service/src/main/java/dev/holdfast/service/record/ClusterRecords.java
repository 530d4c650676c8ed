package dev.holdfast.service.record;

import dev.holdfast.backup.QuorumKeys;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.quorum.QuorumLog;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.slot.ExternalRecord;
import dev.holdfast.service.slot.ExternalStore;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotRecord;
import dev.holdfast.service.slot.SlotStore;
import dev.holdfast.spi.Lives;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * HKLM\Cluster: the cluster database in the layout that MSCS gave it, over the quorum log.
 *
 * <pre>
 *   Groups\ID                       Name, Description
 *   ResourceTypes\NAME              Name, Current
 *     Versions\PLUGIN-VERSION       Plugin, PluginVersion, Digest, Class, Lives, Description, Order
 *   Resources\ID                    Name, Type, Group, PersistentState, DependsOn, Order, and the
 *                                   common properties by their own names
 *     Parameters                    the private properties
 *     Instance                      Epoch, Phase, State, Since, Why, RetryAt, Failures, Restarts, …
 *       External\NAME               Kind, Key, Nonce, FirstEpoch, Epoch, Node
 *       Slots\NAME                  Node, Token, Intended, BootId, Pid, StartTicks, StopSignal, Exit
 *   Nodes                           Holder, HolderHome: the node that had all groups last
 *   Nodes\NAME\Monitors\NAME        Pid, StartTicks, BootId of each monitor that was started
 *   Quorum                          of backups and restores: {@link QuorumKeys}
 * </pre>
 *
 * <p>What a step of the decisions changed is one batch. Thread-safe.
 */
public final class ClusterRecords implements StateStore, SlotStore, ExternalStore {
  private static final KeyPath GROUPS = KeyPath.of("Groups");
  private static final KeyPath TYPES = KeyPath.of("ResourceTypes");
  private static final KeyPath RESOURCES = KeyPath.of("Resources");
  private static final KeyPath NODES = KeyPath.of("Nodes");
  private static final String HOLDER = "Holder";
  private static final String HOLDER_HOME = "HolderHome";

  /** What these records are kept in, and nobody else writes; in small letters. */
  public static final Set<String> OWN_KEYS =
      Set.of("groups", "resourcetypes", "resources", "nodes", QuorumKeys.NAME);

  private final QuorumLog log;
  private final String node;

  /**
   * What the next resource's place is in the order in which they are shown. Counted here and not
   * taken from the log: a step may be decided before the batch of the last one has its revision.
   */
  private final AtomicLong nextOrder;

  public ClusterRecords(QuorumLog log, String node) {
    this.log = log;
    this.node = node;
    this.nextOrder = new AtomicLong(lastOrder(log.snapshot()) + 1);
  }

  private static long lastOrder(Snapshot snapshot) {
    long last = 0;
    for (RegistryKey key : subkeys(snapshot, RESOURCES)) {
      last = Math.max(last, Values.number(key, "Order", 0));
    }
    return last;
  }

  @Override
  public long revision() {
    return log.snapshot().revision().number();
  }

  // ---- the cluster's state -----------------------------------------------------------------

  @Override
  public CompletableFuture<?> write(ClusterState before, ClusterState after) {
    var batch = Batch.builder();
    writeGroups(batch, before, after);
    writeTypes(batch, before, after);
    writeResources(batch, before, after);
    return batch.isEmpty() ? CompletableFuture.completedFuture(null) : log.submit(batch.build());
  }

  private static void writeGroups(Batch.Builder batch, ClusterState before, ClusterState after) {
    if (before.groups().equals(after.groups())) {
      return;
    }
    after
        .groups()
        .forEach(
            (id, group) -> {
              if (!group.equals(before.groups().get(id))) {
                KeyPath key = GROUPS.child(id.toString());
                GroupKeys.write(batch, key, group);
              }
            });
    before
        .groups()
        .keySet()
        .forEach(
            id -> {
              if (!after.groups().containsKey(id)) {
                batch.deleteTree(GROUPS.child(id.toString()));
              }
            });
  }

  private static void writeTypes(Batch.Builder batch, ClusterState before, ClusterState after) {
    if (before.types().equals(after.types())) {
      return;
    }
    after
        .types()
        .forEach(
            (name, type) -> {
              TypeRegistration old = before.types().get(name);
              if (!type.equals(old)) {
                if (old != null) {
                  // Anew: a version that is registered no more must not be read again.
                  batch.deleteTree(TYPES.child(old.name()));
                }
                TypeKeys.write(batch, TYPES.child(type.name()), type);
              }
            });
    before
        .types()
        .forEach(
            (name, type) -> {
              if (!after.types().containsKey(name)) {
                batch.deleteTree(TYPES.child(type.name()));
              }
            });
  }

  private void writeResources(Batch.Builder batch, ClusterState before, ClusterState after) {
    for (ClusterResource resource : after.changedSince(before)) {
      ClusterResource old = before.resources().get(resource.id());
      if (old == null) {
        create(batch, resource);
      } else {
        change(batch, old, resource);
      }
    }
    for (ResourceId id : after.goneSince(before)) {
      batch.deleteTree(key(id));
    }
  }

  private void create(Batch.Builder batch, ClusterResource resource) {
    KeyPath key = key(resource.id());
    batch.createKey(key);
    // The order in which resources were created is the order in which they are shown.
    batch.set(key, RegistryValue.qword("Order", nextOrder.getAndIncrement()));
    ResourceKeys.write(batch, key, resource.config(), false);
    Remembered.of(resource).write(batch, key.child("Instance"));
  }

  private static void change(Batch.Builder batch, ClusterResource old, ClusterResource resource) {
    KeyPath key = key(resource.id());
    if (!resource.config().equals(old.config())) {
      ResourceKeys.write(batch, key, resource.config(), true);
    }
    Remembered.of(resource).writeOver(batch, key.child("Instance"), Remembered.of(old));
  }

  /**
   * Takes all groups for this node. What is remembered of resources is then what it is to a node
   * where they never ran; should one be found Running all the same, it is ended first, and comes
   * online with its own configuration.
   *
   * @param home this node's home
   * @return the node that had them; empty if it was this one
   */
  public Optional<String> takeGroups(Instant now, String home) throws CommitException {
    Optional<String> last = ofNodes(HOLDER);
    if (last.filter(node::equals).isPresent()
        && ofNodes(HOLDER_HOME).filter(home::equals).isPresent()) {
      return Optional.empty();
    }
    Optional<String> other = last.filter(name -> !name.equalsIgnoreCase(node));
    var batch =
        Batch.builder()
            .createKey(NODES)
            .set(NODES, RegistryValue.sz(HOLDER, node))
            .set(NODES, RegistryValue.sz(HOLDER_HOME, home));
    if (other.isPresent()) {
      read(now, other.map(name -> "was on node " + name))
          .resources()
          .values()
          .forEach(
              resource ->
                  Remembered.of(resource.edit().takenOver(resource.lives() == Lives.ON_NODE).done())
                      .write(batch, key(resource.id()).child("Instance")));
      forEachSlot(
          (slot, key) -> {
            if (Values.findText(key, SlotKeys.NODE).isEmpty()) {
              batch.set(slotKey(slot), RegistryValue.sz(SlotKeys.NODE, other.get()));
            }
          });
    }
    log.commit(batch.build());
    return other;
  }

  // ---- backup and restore ------------------------------------------------------------------

  /** The restore that made this database; empty if none did. */
  public Optional<QuorumKeys.Restored> restored() {
    return QuorumKeys.restored(log.snapshot());
  }

  /** The last good backup that this database knows of. */
  public Optional<QuorumKeys.LastBackup> lastBackup() {
    return QuorumKeys.lastBackup(log.snapshot());
  }

  /** Writes down a good backup. */
  public void backedUp(QuorumKeys.LastBackup backup) throws CommitException {
    log.commit(QuorumKeys.write(backup));
  }

  /** Names of the resources that there are, by id. */
  public Map<ResourceId, String> resourceNames() {
    Map<ResourceId, String> names = new HashMap<>();
    for (RegistryKey key : subkeys(log.snapshot(), RESOURCES)) {
      names.put(ResourceId.of(key.name()), Values.findText(key, "Name").orElse(key.name()));
    }
    return names;
  }

  /**
   * Takes a restored database into use, in one batch: what it says of running processes is of
   * another time. A resource of which a process was found stays what it was, and its process is
   * looked for by a {@code find}. What any other was does not count: it is Offline, and comes
   * online if it is wanted, as what ended with the time between is no failure of its own. Epochs go
   * on where nobody has been.
   *
   * @param found the processes that run now and that the records do not have
   * @param running resources of which a process runs, those of {@code found} among them
   */
  public void settleRestored(
      QuorumKeys.Restored restored,
      Map<SlotKey, SlotRecord> found,
      Set<ResourceId> running,
      Instant now)
      throws CommitException {
    var batch = Batch.builder();
    Map<SlotKey, String> nodes = ofOtherNodes();
    read(now, Optional.of("restored from a backup"))
        .resources()
        .values()
        .forEach(
            resource -> {
              KeyPath instance = key(resource.id()).child("Instance");
              long epoch = Math.max(resource.epoch() + 1, restored.at().toEpochMilli());
              if (!running.contains(resource.id())) {
                Remembered.of(resource).write(batch, instance);
              }
              batch.createKey(instance).set(instance, RegistryValue.qword("Epoch", epoch));
            });
    found.forEach(
        (key, slot) -> SlotKeys.write(batch, slotKey(key), slot, nodes.getOrDefault(key, node)));
    QuorumKeys.settled(batch);
    log.commit(batch.build());
  }

  /** Where this node's home was, if it was this one that had all groups last. */
  public Optional<String> lastHome() {
    return ofNodes(HOLDER).filter(node::equalsIgnoreCase).flatMap(_ -> ofNodes(HOLDER_HOME));
  }

  private Optional<String> ofNodes(String value) {
    return log.snapshot()
        .root()
        .key(NODES)
        .flatMap(nodes -> nodes.value(value))
        .map(RegistryValue::text);
  }

  @Override
  public ClusterState read(Instant now) {
    return read(now, Optional.empty());
  }

  /**
   * @param lost why what was remembered of resources does not count; empty when it does
   */
  private ClusterState read(Instant now, Optional<String> lost) {
    Snapshot snapshot = log.snapshot();
    List<GroupConfig> groups = new ArrayList<>();
    for (RegistryKey key : subkeys(snapshot, GROUPS)) {
      groups.add(GroupKeys.read(key));
    }
    groups.sort((a, b) -> a.name().compareToIgnoreCase(b.name()));
    Map<String, TypeRegistration> types = new LinkedHashMap<>();
    for (RegistryKey key : subkeys(snapshot, TYPES)) {
      TypeRegistration type = TypeKeys.read(key);
      types.put(type.name().toLowerCase(Locale.ROOT), type);
    }
    List<RegistryKey> keys = new ArrayList<>();
    subkeys(snapshot, RESOURCES).forEach(keys::add);
    keys.sort(Comparator.comparingLong(key -> Values.number(key, "Order", 0)));
    List<ClusterResource> resources = new ArrayList<>();
    for (RegistryKey key : keys) {
      ResourceConfig config = ResourceKeys.read(key);
      var type = Optional.ofNullable(types.get(config.type().toLowerCase(Locale.ROOT)));
      resources.add(Remembered.read(key, config, type, now, lost));
    }
    return ClusterState.remembered(groups, types.values(), resources);
  }

  // ---- recovery tokens ---------------------------------------------------------------------

  /** Keeps what a resource asked to be given again after a death. */
  public CompletableFuture<?> remember(ResourceId resource, byte[] token) {
    KeyPath instance = key(resource).child("Instance");
    return log.submit(
        Batch.builder()
            .ifKeyExists(key(resource))
            .set(instance, RegistryValue.binary("RecoveryToken", token))
            .build());
  }

  /** What a resource asked to be given again. */
  public Optional<byte[]> token(ResourceId resource) {
    return log.snapshot()
        .root()
        .key(key(resource).child("Instance"))
        .flatMap(instance -> instance.value("RecoveryToken"))
        .map(RegistryValue::bytes);
  }

  // ---- slots -------------------------------------------------------------------------------

  @Override
  public CompletableFuture<Void> write(SlotKey slotKey, SlotRecord slot) {
    var batch = Batch.builder().ifKeyExists(key(slotKey.resource()));
    SlotKeys.write(batch, slotKey(slotKey), slot, node);
    return log.submit(batch.build()).thenApply(_ -> null);
  }

  private static KeyPath slotKey(SlotKey slot) {
    return key(slot.resource()).child("Instance").child("Slots").child(slot.slot());
  }

  @Override
  public Map<SlotKey, SlotRecord> readAll() {
    Map<SlotKey, SlotRecord> slots = new HashMap<>();
    forEachSlot((slot, key) -> slots.put(slot, SlotKeys.read(key)));
    return slots;
  }

  @Override
  public Map<SlotKey, String> ofOtherNodes() {
    Map<SlotKey, String> nodes = new HashMap<>();
    forEachSlot(
        (slot, key) ->
            Values.findText(key, SlotKeys.NODE)
                .filter(name -> !name.equalsIgnoreCase(node))
                .ifPresent(name -> nodes.put(slot, name)));
    return nodes;
  }

  private void forEachSlot(BiConsumer<SlotKey, RegistryKey> each) {
    for (RegistryKey resource : subkeys(log.snapshot(), RESOURCES)) {
      resource
          .key("Instance\\Slots")
          .ifPresent(
              all -> {
                for (RegistryKey slot : all.subkeys()) {
                  each.accept(new SlotKey(ResourceId.of(resource.name()), slot.name()), slot);
                }
              });
    }
  }

  // ---- what is elsewhere -------------------------------------------------------------------

  @Override
  public CompletableFuture<Void> write(SlotKey slot, ExternalRecord external) {
    var batch = Batch.builder().ifKeyExists(key(slot.resource()));
    ExternalKeys.write(batch, externals(slot.resource()).child(slot.slot()), external);
    return log.submit(batch.build()).thenApply(_ -> null);
  }

  @Override
  public CompletableFuture<Void> removeExternals(ResourceId resource) {
    return log.submit(Batch.builder().deleteTree(externals(resource)).build()).thenApply(_ -> null);
  }

  private static KeyPath externals(ResourceId resource) {
    return key(resource).child("Instance").child("External");
  }

  @Override
  public Map<SlotKey, ExternalRecord> readExternals() {
    Map<SlotKey, ExternalRecord> all = new LinkedHashMap<>();
    for (RegistryKey resource : subkeys(log.snapshot(), RESOURCES)) {
      resource
          .key("Instance\\External")
          .ifPresent(
              externals -> {
                for (RegistryKey key : externals.subkeys()) {
                  all.put(
                      new SlotKey(ResourceId.of(resource.name()), key.name()),
                      ExternalKeys.read(key));
                }
              });
    }
    return all;
  }

  @Override
  public boolean isNode(String name) {
    return nodes().stream().anyMatch(name::equalsIgnoreCase);
  }

  // ---- monitors ----------------------------------------------------------------------------

  /** Writes down a monitor's process, so that the next service can end it if this one cannot. */
  public CompletableFuture<?> monitorStarted(MonitorName name, ProcessIdentity process) {
    KeyPath key = monitors().child(name.value());
    var batch = Batch.builder().createKey(key);
    IdentityValues.write(batch, key, process);
    return log.submit(batch.build());
  }

  /** The nodes that were there once. */
  public List<String> nodes() {
    List<String> nodes = new ArrayList<>();
    subkeys(log.snapshot(), NODES).forEach(key -> nodes.add(key.name()));
    return nodes;
  }

  /** A monitor that was started, on whatever node, and not seen to end, as far as it is known. */
  public record StartedMonitor(String node, MonitorName name, ProcessIdentity process) {}

  /** The processes of monitors that were started by any node. */
  public List<StartedMonitor> monitorProcesses() {
    List<StartedMonitor> processes = new ArrayList<>();
    Snapshot snapshot = log.snapshot();
    for (RegistryKey each : subkeys(snapshot, NODES)) {
      for (RegistryKey key : subkeys(snapshot, NODES.child(each.name()).child("Monitors"))) {
        IdentityValues.read(key)
            .map(it -> new StartedMonitor(each.name(), new MonitorName(key.name()), it))
            .ifPresent(processes::add);
      }
    }
    return processes;
  }

  private KeyPath monitors() {
    return NODES.child(node).child("Monitors");
  }

  private static KeyPath key(ResourceId id) {
    return RESOURCES.child(id.toString());
  }

  private static Iterable<RegistryKey> subkeys(Snapshot snapshot, KeyPath path) {
    return snapshot.root().key(path).map(RegistryKey::subkeys).orElse(List.of());
  }
}
