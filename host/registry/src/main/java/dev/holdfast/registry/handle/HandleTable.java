package dev.holdfast.registry.handle;

import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.handle.HandleException.Reason;
import dev.holdfast.registry.security.KeyAccess;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * All open handles of a registry. It decides nothing about access and knows no tree: whoever opens
 * a key has checked it, whoever deletes one says so here.
 *
 * <p>Confined to one thread, or to one lock. Nothing is kept on disk: after a start there are no
 * handles. Lists are in the order in which the handles were opened.
 */
public final class HandleTable {
  /** Handles of one connection; one that needs more has a leak. */
  public static final int HANDLES_PER_CONNECTION_MAX = 4_096;

  /** Handles of all connections: many small callers must not exhaust the memory of all. */
  public static final int HANDLES_MAX = 65_536;

  private final InstantSource clock;
  private final Map<HandleId, KeyHandle> handles = new LinkedHashMap<>();
  private final Map<ConnectionId, Set<HandleId>> byConnection = new HashMap<>();

  /** Only those that are open, by their resolved key. */
  private final NavigableMap<KeyPath, Set<HandleId>> byKey = new TreeMap<>();

  private long lastNumber;

  public HandleTable(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Adds a handle to a key that exists, for a caller who was granted these rights.
   *
   * @param openedAt the revision of its hive at which it was seen to exist
   * @throws HandleException if the connection, or all together, have too many ({@link
   *     Reason#TOO_MANY_HANDLES})
   */
  public KeyHandle open(
      KeyPath opened, KeyPath resolved, Revision openedAt, KeyAccess granted, HandleOwner owner)
      throws HandleException {
    int ofConnection = byConnection.getOrDefault(owner.connection(), Set.of()).size();
    if (ofConnection >= HANDLES_PER_CONNECTION_MAX) {
      throw tooMany(
          "connection %s of pid %d".formatted(owner.connection(), owner.pid()),
          ofConnection,
          HANDLES_PER_CONNECTION_MAX,
          "HANDLES_PER_CONNECTION_MAX");
    }
    if (handles.size() >= HANDLES_MAX) {
      throw tooMany("the registry", handles.size(), HANDLES_MAX, "HANDLES_MAX");
    }
    Instant now = clock.instant();
    var handle =
        new KeyHandle(
            new HandleId(++lastNumber),
            opened,
            resolved,
            openedAt,
            granted,
            owner,
            now,
            now,
            HandleState.OPEN);
    handles.put(handle.id(), handle);
    add(byConnection, owner.connection(), handle.id());
    add(byKey, resolved, handle.id());
    return handle;
  }

  /**
   * To be called before each use of a handle. Also one that is refused counts as its last use, as
   * it shows that the holder is there.
   *
   * @param user who asks to use it; handles of other processes are none of its business
   * @param needed what the use takes
   * @throws HandleException if it cannot be used so, with the reason
   */
  public KeyHandle use(HandleId id, HandleOwner user, KeyAccess needed) throws HandleException {
    KeyHandle handle = handles.get(id);
    if (handle == null || !handle.owner().isSameProcess(user)) {
      throw new HandleException(
          Reason.NO_SUCH_HANDLE,
          "process %d has no handle %s; it may have been closed".formatted(user.pid(), id));
    }
    KeyHandle used = handle.used(clock.instant());
    handles.put(id, used);
    if (!used.isOpen()) {
      throw new HandleException(
          Reason.KEY_DELETED,
          "the key of handle %s, %s, was deleted since it was opened; close the handle"
              .formatted(id, used.opened()));
    }
    if (!used.granted().contains(needed)) {
      throw new HandleException(
          Reason.RIGHT_NOT_GRANTED,
          "handle %s to %s was opened with %s, and this takes %s too"
              .formatted(id, used.opened(), used.granted(), needed.without(used.granted())));
    }
    return used;
  }

  /** The handle of that id, if it was not closed. */
  public Optional<KeyHandle> find(HandleId id) {
    return Optional.ofNullable(handles.get(id));
  }

  /** All handles, those with a deleted key among them. */
  public List<KeyHandle> list() {
    return List.copyOf(handles.values());
  }

  /** Whether a connection has handles, those with a deleted key among them. */
  public boolean hasAny(ConnectionId connection) {
    return byConnection.containsKey(connection);
  }

  /** Handles that are open to that key or to one below it, by their resolved keys. */
  public List<KeyHandle> within(KeyPath subtree) {
    return handlesOf(idsWithin(subtree));
  }

  /**
   * Those of {@link #within} that are not this process's: while there are any, a restore of the
   * subtree is refused, unless it is forced.
   */
  public List<KeyHandle> heldByOthers(KeyPath subtree, HandleOwner self) {
    return within(subtree).stream().filter(handle -> !handle.owner().isSameProcess(self)).toList();
  }

  /** Closes it; empty if there is no such handle. */
  public Optional<KeyHandle> close(HandleId id) {
    return find(id).map(this::closed);
  }

  /** Closes all of a connection that has ended, cleanly or not. */
  public List<KeyHandle> closeConnection(ConnectionId connection) {
    return closeAll(handlesOf(byConnection.getOrDefault(connection, Set.of())));
  }

  /** Closes all of a process that has ended. Looks at every handle, as processes end seldom. */
  public List<KeyHandle> closeProcess(long pid, long startTicks) {
    return closeAll(matching(handle -> handle.owner().isProcess(pid, startTicks)));
  }

  /**
   * That key was deleted with all below it, by the commit that made that revision: handles to them
   * that were opened before become stale, whoever's they are.
   */
  public List<KeyHandle> keyDeleted(KeyPath subtree, Revision at) {
    return markDeleted(subtree, at, _ -> true);
  }

  /**
   * The contents of that key were replaced by a restore, which made that revision. Handles to keys
   * below it become stale, and those of others to the key itself; the restorer's own to the key
   * itself stay open.
   */
  public List<KeyHandle> contentsReplaced(KeyPath key, HandleOwner restorer, Revision at) {
    return markDeleted(
        key,
        at,
        handle -> !handle.resolved().equals(key) || !handle.owner().isSameProcess(restorer));
  }

  private List<KeyHandle> matching(Predicate<KeyHandle> condition) {
    return handles.values().stream().filter(condition).toList();
  }

  private List<KeyHandle> handlesOf(Collection<HandleId> ids) {
    var found = new ArrayList<KeyHandle>();
    for (HandleId id : ids) {
      KeyHandle handle = handles.get(id);
      if (handle == null) {
        throw new IllegalStateException("handle " + id + " is in an index and not in the table");
      }
      found.add(handle);
    }
    found.sort((left, right) -> Long.compare(left.id().number(), right.id().number()));
    return List.copyOf(found);
  }

  private List<HandleId> idsWithin(KeyPath subtree) {
    var ids = new ArrayList<HandleId>();
    for (Map.Entry<KeyPath, Set<HandleId>> entry : byKey.tailMap(subtree, true).entrySet()) {
      if (!entry.getKey().isWithin(subtree)) {
        break;
      }
      ids.addAll(entry.getValue());
    }
    return ids;
  }

  private List<KeyHandle> markDeleted(
      KeyPath subtree, Revision at, Predicate<KeyHandle> condition) {
    var stale = new ArrayList<KeyHandle>();
    for (KeyHandle handle : within(subtree)) {
      if (handle.openedAt().number() >= at.number() || !condition.test(handle)) {
        continue;
      }
      KeyHandle deleted = handle.in(HandleState.KEY_DELETED);
      handles.put(deleted.id(), deleted);
      remove(byKey, deleted.resolved(), deleted.id());
      stale.add(deleted);
    }
    return List.copyOf(stale);
  }

  private List<KeyHandle> closeAll(List<KeyHandle> ending) {
    return ending.stream().map(this::closed).toList();
  }

  private KeyHandle closed(KeyHandle handle) {
    handles.remove(handle.id());
    remove(byConnection, handle.owner().connection(), handle.id());
    if (handle.isOpen()) {
      remove(byKey, handle.resolved(), handle.id());
    }
    return handle.in(HandleState.CLOSED);
  }

  private static <K> void add(Map<K, Set<HandleId>> index, K key, HandleId id) {
    index.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(id);
  }

  private static <K> void remove(Map<K, Set<HandleId>> index, K key, HandleId id) {
    Set<HandleId> ids = index.getOrDefault(key, Set.of());
    if (!ids.remove(id)) {
      throw new IllegalStateException("handle " + id + " is missing from the index of " + key);
    }
    if (ids.isEmpty()) {
      index.remove(key);
    }
  }

  private static HandleException tooMany(String who, int found, int max, String limit) {
    return new HandleException(
        Reason.TOO_MANY_HANDLES,
        "no handle opened: %s has %,d, at most %,d allowed (%s)".formatted(who, found, max, limit));
  }
}
