package dev.holdfast.client;

import dev.holdfast.client.transport.Body;
import dev.holdfast.client.transport.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The registry of a running cluster service.
 *
 * <p>Thread-safe. Each call has a connection of its own, in the calling thread, and is over within
 * its {@linkplain Deadlines deadline}; interrupting the thread ends it, too. So a registry outlives
 * the service: when that was started again, the next call finds it. Only a {@link Watch} and a
 * {@link HeldKey} have a connection and a daemon thread as long as they last.
 *
 * <p>All methods throw {@link RegistryException}, and {@link IllegalStateException} once it is
 * closed. What a caller may do is for the keys' security descriptors to say; who it is, the kernel
 * says.
 */
public final class Registry implements AutoCloseable {
  private final Service service;
  private final RegistryFiles files;

  /** What has a connection. */
  private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

  private volatile boolean isClosed;

  private Registry(Service service) {
    this.service = service;
    this.files = new RegistryFiles(this, service);
  }

  /** {@link #connect(RegistryLocation, Deadlines)} with {@link Deadlines#DEFAULT}. */
  public static Registry connect(RegistryLocation location) {
    return connect(location, Deadlines.DEFAULT);
  }

  /**
   * The registry of the service there.
   *
   * @throws UnreachableException there is none now
   */
  public static Registry connect(RegistryLocation location, Deadlines deadlines) {
    var service = new Service(location, deadlines);
    try {
      service.connect().close();
    } catch (IOException closedAnyway) {
      throw new UncheckedIOException(closedAnyway);
    }
    return new Registry(service);
  }

  // ---- reading -------------------------------------------------------------------------------

  /**
   * A key.
   *
   * @throws NotFoundException there is none
   */
  public Key key(String path) {
    requireOpen();
    return onlyKey(service, Target.of("registry").with("path", sayable(path)));
  }

  /** A key, if there is one. */
  public Optional<Key> findKey(String path) {
    try {
      return Optional.of(key(path));
    } catch (NotFoundException none) {
      return Optional.empty();
    }
  }

  /**
   * A key with all below it, each before its subkeys: 100,000 keys at most, or it is refused. Of
   * keys that the caller may not read there is the name.
   */
  public List<Key> tree(String path) {
    requireOpen();
    return keys(service, Target.of("registry").with("path", sayable(path)).with("recursive", true));
  }

  static Key onlyKey(Service service, Target target) {
    return keys(service, target).get(0);
  }

  private static List<Key> keys(Service service, Target target) {
    return service.read(target, Documents::key);
  }

  /** A request's line is UTF-8, which has no half of a surrogate pair. */
  static String sayable(String path) {
    for (int at = 0; at < path.length(); at++) {
      char unit = path.charAt(at);
      if (Character.isHighSurrogate(unit)
          && at + 1 < path.length()
          && Character.isLowSurrogate(path.charAt(at + 1))) {
        at++;
      } else if (Character.isSurrogate(unit)) {
        throw new IllegalArgumentException(
            "a path with half a surrogate pair can be in changes, and in what is read, but cannot"
                + " be asked for: read the key above it, or its tree");
      }
    }
    return path;
  }

  // ---- writing -------------------------------------------------------------------------------

  /**
   * Makes changes; they are durable when it returns.
   *
   * @throws PreconditionFailedException one does not hold; nothing was changed
   * @throws MayHaveBeenDoneException no answer came
   */
  public Commit apply(Changes changes) {
    return change(changes, false);
  }

  /** Checks everything that {@link #apply} does, and changes nothing. */
  public Commit check(Changes changes) {
    return change(changes, true);
  }

  private Commit change(Changes changes, boolean dryRun) {
    requireOpen();
    return service.changeOne(
        "POST",
        Target.of("registry"),
        Body.of(changes.json(null)),
        service.deadlines().call(),
        dryRun);
  }

  // ---- watching and holding ------------------------------------------------------------------

  /**
   * Tells a listener what is changed, in order and without a gap. When it returns, nothing escapes
   * any more. To miss nothing from a state that was read on, begin {@linkplain WatchPosition#after
   * after} its revision: of the key itself that tells what came later; of what is below it perhaps
   * also what came a little before. A key that is not there may be watched, too.
   *
   * @throws DeniedException the caller may not be told
   */
  public Watch watch(WatchSpec spec, WatchListener listener) {
    requireOpen();
    Target target =
        Target.of("registry", "stream")
            .with("path", sayable(spec.path()))
            .with("recursive", spec.subtree() ? true : null)
            .with("after", spec.after().map(WatchPosition::ask).orElse(null));
    spec.kinds().forEach(kind -> target.with("kind", kind.word()));
    var watch = new Watch(Stream.open(service, target), spec, listener, open::remove);
    opened(watch);
    watch.start();
    return watch;
  }

  /** Holds a key open for reading. */
  public HeldKey hold(String path) {
    return hold(path, "read");
  }

  /**
   * Holds a key open.
   *
   * @param rights {@code read}, {@code write}, {@code all}, or names of Windows with commas between
   *     them, as {@code KEY_QUERY_VALUE,KEY_SET_VALUE}
   */
  public HeldKey hold(String path, String rights) {
    requireOpen();
    HeldKey held = HeldKey.open(service, sayable(path), rights, open::remove);
    opened(held);
    held.start();
    return held;
  }

  private void opened(AutoCloseable resource) {
    open.add(resource);
    if (isClosed) {
      close();
    }
  }

  /** Open handles: of the caller's user; for the home's owner and root all. */
  public List<Handle> handles() {
    requireOpen();
    return service.read(Target.of("registry", "handles"), Documents::handle);
  }

  /** Those to a key and below it. */
  public List<Handle> handles(String path) {
    requireOpen();
    return service.read(
        Target.of("registry", "handles").with("path", sayable(path)), Documents::handle);
  }

  /** Closes a handle of the caller's user, whichever process holds it; that hears. */
  public void closeHandle(long id) {
    requireOpen();
    service.call(
        "DELETE",
        Target.of("registry", "handles", Long.toString(id)),
        "application/json",
        null,
        service.deadlines().call(),
        true,
        Service::items);
  }

  // ---- who may -------------------------------------------------------------------------------

  /** Who may do what with a key. */
  public Security security(String path) {
    requireOpen();
    return service
        .read(Target.of("registry", "acl").with("path", sayable(path)), Documents::security)
        .get(0);
  }

  /**
   * Gives a principal rights to a key and those below that inherit.
   *
   * @param principal a user, {@code group:NAME}, {@code cluster-service}, {@code Everyone}, or a
   *     SID
   * @param rights as in {@link #hold(String, String)}
   */
  public Commit grant(String path, String principal, String rights) {
    return changeRights("grant", path, principal, rights);
  }

  /** Takes rights from a principal; the commit's notes say what became of inherited ones. */
  public Commit revoke(String path, String principal, String rights) {
    return changeRights("revoke", path, principal, rights);
  }

  private Commit changeRights(String verb, String path, String principal, String rights) {
    requireOpen();
    return service.changeOne(
        "POST",
        Target.of("registry", "acl", verb),
        Body.of(Documents.rights(path, principal, rights)),
        service.deadlines().call(),
        false);
  }

  /** Keys as files. */
  public RegistryFiles files() {
    return files;
  }

  void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the registry was closed");
    }
  }

  /** Ends all watches and lets go of all held keys. Calls under way are not waited for. */
  @Override
  public void close() {
    isClosed = true;
    for (AutoCloseable each : open) {
      if (each instanceof Watch watch) {
        watch.close();
      } else if (each instanceof HeldKey held) {
        held.close();
      }
    }
  }
}
