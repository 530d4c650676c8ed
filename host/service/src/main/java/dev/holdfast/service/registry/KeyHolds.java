package dev.holdfast.service.registry;

import dev.holdfast.registry.Commit;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.Effect;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.Watcher;
import dev.holdfast.registry.handle.ConnectionId;
import dev.holdfast.registry.handle.HandleException;
import dev.holdfast.registry.handle.HandleId;
import dev.holdfast.registry.handle.HandleOwner;
import dev.holdfast.registry.handle.HandleState;
import dev.holdfast.registry.handle.HandleTable;
import dev.holdfast.registry.handle.KeyHandle;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.Feed;
import dev.holdfast.service.api.RegistryApi.KeyName;
import dev.holdfast.service.api.RegistryHandleView;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which keys open, and what becomes of the handles. Thread-safe, by one lock around the
 * table.
 *
 * <p>Handles learn of deletions from the hives' commits, a moment after those. So a handle
 * remembers the revision at which it was opened, and later ones alone concern it; and who uses it
 * waits until all commits that he may have seen have been told here. A hive is listened to from its
 * first handle on.
 */
final class KeyHolds implements AutoCloseable {
  /** So many holders are named when they are in the way. */
  private static final int NAMED_MAX = 5;

  /** What no connection has. */
  private static final ConnectionId NONE = new ConnectionId(0);

  /** Whoever changes keys without having opened them. */
  private static final HandleOwner NOBODY = new HandleOwner("", -1, 0, NONE, 0, 0);

  private final RegistryTree tree;
  private final KeyGuard guard;
  private final CallerProcesses processes;
  private final RegistryListener listener;
  private final InstantSource clock;
  private final HandleTable table;
  private final Map<ConnectionId, Hold> holds = new HashMap<>();

  /**
   * How far each hive's commits were told here. By hive, not by name: a name can be given again.
   */
  private final Map<MountedHive, Revision> told = new HashMap<>();

  private final Map<MountedHive, Watch> watches = new HashMap<>();
  private long lastConnection;

  KeyHolds(
      RegistryTree tree,
      KeyGuard guard,
      CallerProcesses processes,
      RegistryListener listener,
      InstantSource clock) {
    this.tree = tree;
    this.guard = guard;
    this.processes = processes;
    this.listener = listener;
    this.clock = clock;
    this.table = new HandleTable(clock);
  }

  // ---- opening and using ---------------------------------------------------------------------

  /** Opens handles, which are held until the feed is closed or their process is gone. */
  Feed<RegistryHandleView> hold(Caller caller, List<String> paths, KeyAccess rights) {
    List<Place> places = paths.stream().map(tree::place).toList();
    synchronized (this) {
      HandleOwner owner = owner(caller, new ConnectionId(++lastConnection));
      var hold = new Hold(this, owner);
      try {
        for (Place place : places) {
          hold.tell(view(open(caller, place, rights, owner)));
        }
      } catch (RuntimeException e) {
        table.closeConnection(owner.connection());
        throw e;
      }
      holds.put(owner.connection(), hold);
      return hold;
    }
  }

  private KeyHandle open(Caller caller, Place place, KeyAccess rights, HandleOwner owner) {
    Snapshot snapshot = place.hive().snapshot();
    if (snapshot.key(place.key()).isEmpty()) {
      throw RegistryTree.noKey(place);
    }
    KeyAccess granted = guard.require(caller, place, rights);
    listenTo(place.hive(), snapshot.revision());
    try {
      return table.open(
          place.hive().fullPath(place.asked()),
          place.resolvedFullPath(),
          snapshot.revision(),
          granted,
          owner);
    } catch (HandleException e) {
      throw refused(e);
    } catch (IllegalArgumentException e) {
      throw new ApiException.Usage(
          "BadPath", "%s cannot be held: %s.".formatted(place.path(), e.getMessage()));
    }
  }

  private HandleOwner owner(Caller caller, ConnectionId connection) {
    if (caller.pid() == 0) {
      return new HandleOwner("?", 0, 0, connection, caller.uid(), caller.gid());
    }
    return processes
        .find(caller.pid())
        .map(
            running ->
                new HandleOwner(
                    running.program(),
                    caller.pid(),
                    running.startTicks(),
                    connection,
                    caller.uid(),
                    caller.gid()))
        .orElseThrow(
            () ->
                new ApiException.NotPermitted(
                    "CallerGone",
                    "Process %d, which connected, has ended; nobody is there to hold a key."
                        .formatted(caller.pid())));
  }

  /** Where a name leads. By a handle: its key, or one below it. */
  Place place(Caller caller, KeyName name) {
    Long number = name.handle();
    if (number == null) {
      return tree.place(name.path());
    }
    KeyHandle handle = use(caller, new HandleId(number));
    Place own = tree.place(handle.opened().toString());
    // The link may lead elsewhere by now; the handle is to the key that it was opened to.
    KeyPath key = below(handle.resolved(), own.hive());
    return name.path().isEmpty()
        ? new Place(own.hive(), key, own.asked(), handle)
        : new Place(own.hive(), join(key, name.path()), join(own.asked(), name.path()), null);
  }

  private static KeyPath below(KeyPath full, MountedHive hive) {
    return join(
        KeyPath.ROOT,
        String.join(
            "\\",
            full.names().subList(hive.fullPath(KeyPath.ROOT).names().size(), full.names().size())));
  }

  private static KeyPath join(KeyPath above, String below) {
    try {
      return KeyPath.of(above.isRoot() || below.isEmpty() ? above + below : above + "\\" + below);
    } catch (IllegalArgumentException e) {
      throw new ApiException.Usage(
          "BadPath", "\"%s\" is no path below a key: %s.".formatted(below, e.getMessage()));
    }
  }

  private synchronized KeyHandle use(Caller caller, HandleId id) {
    KeyHandle known = table.find(id).orElse(null);
    if (known != null) {
      awaitTold(tree.place(known.opened().toString()).hive());
    }
    try {
      return table.use(id, owner(caller, NONE), KeyAccess.NONE);
    } catch (HandleException e) {
      throw refused(e);
    }
  }

  private void awaitTold(MountedHive hive) {
    Revision now = hive.snapshot().revision();
    try {
      while (told.getOrDefault(hive, now).number() < now.number()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException.Unreachable("Stopping", "The service is stopping.");
    }
  }

  private static ApiException refused(HandleException e) {
    String message = Sentence.of(e);
    return switch (e.reason()) {
      case RIGHT_NOT_GRANTED -> new ApiException.NotPermitted("RightNotGranted", message);
      case NO_SUCH_HANDLE -> new ApiException.NotFound("HandleNotFound", "", message);
      case KEY_DELETED -> new ApiException.Conflict("KeyDeleted", null, message);
      case TOO_MANY_HANDLES -> new ApiException.Conflict("TooManyHandles", null, message);
    };
  }

  // ---- what is held --------------------------------------------------------------------------

  synchronized List<RegistryHandleView> list(Caller caller, @Nullable String path) {
    @Nullable KeyPath subtree = path == null ? null : tree.place(path).resolvedFullPath();
    return table.list().stream()
        .filter(handle -> guard.mayRestore(caller) || handle.owner().uid() == caller.uid())
        .filter(handle -> subtree == null || handle.resolved().isWithin(subtree))
        .map(this::view)
        .toList();
  }

  synchronized RegistryHandleView close(Caller caller, long number, boolean dryRun) {
    KeyHandle handle =
        table
            .find(new HandleId(number))
            .filter(it -> guard.mayRestore(caller) || it.owner().uid() == caller.uid())
            .orElseThrow(
                () ->
                    new ApiException.NotFound(
                        "HandleNotFound",
                        Long.toString(number),
                        "There is no handle %d; it may have been closed.".formatted(number)));
    if (dryRun) {
      return view(handle);
    }
    KeyHandle closed = table.close(handle.id()).orElse(handle);
    tell(closed);
    RegistryHandleView view = view(closed);
    listener.closed(caller, view);
    return view;
  }

  /** All of a connection that has ended. */
  synchronized void closeConnection(ConnectionId connection) {
    holds.remove(connection);
    table.closeConnection(connection);
  }

  boolean isAlive(HandleOwner owner) {
    return owner.pid() == 0
        || processes
            .find((int) owner.pid())
            .filter(running -> running.startTicks() == owner.startTicks())
            .isPresent();
  }

  private RegistryHandleView view(KeyHandle handle) {
    HandleOwner owner = handle.owner();
    var now = clock.instant();
    return new RegistryHandleView(
        handle.id().number(),
        handle.opened().toString(),
        handle.resolved().toString(),
        handle.granted().toString(),
        owner.process(),
        owner.pid(),
        owner.startTicks(),
        owner.uid(),
        owner.connection().number(),
        handle.since(),
        handle.lastUse(),
        handle.age(now).toSeconds(),
        handle.idle(now).toSeconds(),
        handle.state().name());
  }

  private void tell(KeyHandle handle) {
    Hold hold = holds.get(handle.owner().connection());
    if (hold == null) {
      return;
    }
    hold.tell(view(handle));
    if (handle.state() == HandleState.CLOSED && !table.hasAny(handle.owner().connection())) {
      hold.end();
    }
  }

  // ---- what happens to keys ------------------------------------------------------------------

  /**
   * Replaces the contents of a key, when nobody else holds it or it is forced; nobody opens a key
   * meanwhile.
   *
   * @param commit makes the change; answers its revision, or empty when it only tried
   */
  synchronized <T> T replacing(
      Caller caller, Place place, boolean force, Supplier<T> commit, RevisionOf<T> revisionOf) {
    HandleOwner self = owner(caller, NONE);
    List<KeyHandle> others = table.heldByOthers(place.resolvedFullPath(), self);
    if (!others.isEmpty() && !force) {
      throw new ApiException.Conflict(
          "KeyHeld",
          place.path(),
          "%s was not replaced, as it is held open by others: %s. Have them close it (\"holdfast registry handles\"), or ask again with --force."
              .formatted(place.path(), named(others)));
    }
    T done = commit.get();
    revisionOf
        .of(done)
        .ifPresent(
            revision ->
                table
                    .contentsReplaced(place.resolvedFullPath(), self, revision)
                    .forEach(this::tell));
    return done;
  }

  /**
   * Replaces the contents of a key for the cluster service itself, whose handles nobody has.
   *
   * @param force also while others hold it
   * @throws KeyHeldException others hold it, and nothing was changed
   */
  synchronized void replacingForService(Place place, boolean force, ServiceCommit commit)
      throws KeyHeldException, CommitException {
    KeyPath key = place.resolvedFullPath();
    List<KeyHandle> held = table.within(key);
    if (!held.isEmpty() && !force) {
      throw new KeyHeldException(held, named(held));
    }
    Optional<Revision> made = commit.commit();
    if (made.isPresent()) {
      table.contentsReplaced(key, NOBODY, made.get()).forEach(this::tell);
    }
  }

  /** Makes a change, or finds that there is none to make. */
  @FunctionalInterface
  interface ServiceCommit {
    Optional<Revision> commit() throws CommitException;
  }

  /** Others hold a key. */
  static final class KeyHeldException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<KeyHandle> handles;

    private KeyHeldException(List<KeyHandle> handles, String message) {
      super(message);
      this.handles = List.copyOf(handles);
    }

    List<KeyHandle> handles() {
      return handles;
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /**
   * Lets go of a whole hive, when nobody holds a key of it or it is forced; nobody opens a key
   * meanwhile.
   */
  synchronized void unloading(MountedHive hive, boolean force, Runnable unload) {
    KeyPath top = hive.fullPath(KeyPath.ROOT);
    List<KeyHandle> held = table.within(top);
    if (!held.isEmpty() && !force) {
      throw new ApiException.Conflict(
          "KeyHeld",
          hive.path(),
          "%s was not unloaded, as it is held open: %s. Have them close it (\"holdfast registry handles\"), or ask again with --force."
              .formatted(hive.path(), named(held)));
    }
    try {
      unload.run();
    } finally {
      // Also when that failed: nobody would tell them of deletions any more.
      table.keyDeleted(top, new Revision(Long.MAX_VALUE)).forEach(this::tell);
      Watch watch = watches.remove(hive);
      if (watch != null) {
        watch.close();
      }
    }
  }

  /** Says which revision was made; empty when none was. */
  @FunctionalInterface
  interface RevisionOf<T> {
    Optional<Revision> of(T done);
  }

  private String named(List<KeyHandle> handles) {
    var now = clock.instant();
    List<String> texts =
        handles.stream()
            .limit(NAMED_MAX)
            .map(
                handle ->
                    "%s (pid %d) %s for %d s"
                        .formatted(
                            handle.owner().process(),
                            handle.owner().pid(),
                            handle.opened(),
                            handle.age(now).toSeconds()))
            .toList();
    int more = handles.size() - texts.size();
    return String.join(", ", texts) + (more > 0 ? " and %d more".formatted(more) : "");
  }

  private void listenTo(MountedHive hive, Revision from) {
    if (!watches.containsKey(hive)) {
      told.put(hive, from);
      Executor executor = Executors.newVirtualThreadPerTaskExecutor();
      watches.put(hive, hive.watching().watch(from, executor, new Deletions(hive)));
    }
  }

  private final class Deletions implements Watcher {
    private final MountedHive hive;

    Deletions(MountedHive hive) {
      this.hive = hive;
    }

    @Override
    public void committed(Commit commit) {
      synchronized (KeyHolds.this) {
        for (Effect effect : commit.effects()) {
          if (effect instanceof Effect.Deleted(KeyPath key)) {
            deleted(key, commit.revision());
          }
        }
        told(commit.revision());
      }
    }

    /** What was deleted meanwhile, and perhaps made anew, cannot be known: so all may have been. */
    @Override
    public void fellBehind(Snapshot current) {
      synchronized (KeyHolds.this) {
        deleted(KeyPath.ROOT, current.revision());
        told(current.revision());
      }
    }

    private void deleted(KeyPath key, Revision at) {
      table.keyDeleted(hive.fullPath(key), at).forEach(KeyHolds.this::tell);
    }

    private void told(Revision revision) {
      told.put(hive, revision);
      KeyHolds.this.notifyAll();
    }
  }

  @Override
  public synchronized void close() {
    watches.values().forEach(Watch::close);
    List.copyOf(holds.values()).forEach(Hold::end);
  }
}
