package dev.holdfast.service;

import dev.holdfast.failpoint.FailPoints;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.quorum.Holder;
import dev.holdfast.quorum.QuorumHeldException;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ApiServer;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.ServiceView;
import dev.holdfast.service.checkpoint.Rehearser;
import dev.holdfast.service.clock.Rounds;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.home.HomeLock;
import dev.holdfast.service.node.Member;
import dev.holdfast.service.node.Membership;
import dev.holdfast.service.node.NodeNameTakenException;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessSpec;
import dev.holdfast.service.settings.ServiceSettings;
import dev.holdfast.service.systemd.Notifier;
import dev.holdfast.service.systemd.UnitVariables;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster service, from taking its home's lock to letting go of it. It holds the cluster database
 * or waits for it, and what it has of its own is there in both cases.
 *
 * <p>Its start and its recovery are one path: see {@link HeldCluster}.
 */
final class ClusterService implements AutoCloseable {
  /** How often a waiting service looks whether the quorum directory is free. */
  private static final Duration LOCK_RETRY = Duration.ofMillis(50);

  private static final Logger LOG = LoggerFactory.getLogger(ClusterService.class);

  private final Opened opened = new Opened();
  private final ServeOptions options;
  private final ServiceSettings settings;
  private final Notifier notifier;
  private final Distribution distribution;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** What was asked for is looked at, and noted, in one step. */
  private final Object asking = new Object();

  private int stopRequests;
  private boolean handingOver;
  private final Path quorum;
  private final LocalNode local;
  private final Membership membership;

  /** Taking the quorum, and stopping before it is taken, come one after the other. */
  private final ReentrantLock holding = new ReentrantLock();

  /** Of the thread that looks whether the quorum directory is free. */
  private final Rounds waiting = new Rounds();

  private volatile @Nullable HeldCluster held;
  private volatile Optional<Holder> lastHolder = Optional.empty();
  private volatile boolean handedOver;
  private volatile Optional<ProcessIdentity> cacheMaker = Optional.empty();

  /**
   * Takes the home's lock and, if it is free, the quorum directory's; opens what is kept there, and
   * serves the API. Nothing is decided yet.
   *
   * @param notifier is told when it begins to stop, and meanwhile what it does
   * @throws HomeLock.HeldException another service runs on this home
   * @throws NodeNameTakenException another home that lives has this node's name
   * @throws IOException something of the home or the quorum directory cannot be used
   */
  ClusterService(ServeOptions options, Home home, ServiceSettings settings, Notifier notifier)
      throws IOException {
    this.options = options;
    this.settings = settings;
    this.notifier = notifier;
    this.distribution = Distribution.current();
    this.quorum = options.quorum == null ? home.quorum() : options.quorum.toAbsolutePath();
    try {
      local = opened.keep(new LocalNode(home, options.nodeName(), this::refusal));
      Optional<DirectoryQuorumLog> log = tryQuorum();
      membership = join(log);
      local.measure(this::isReady);
      if (log.isPresent() && membership.isMyTurn()) {
        hold(log.get());
      } else {
        log.ifPresent(DirectoryQuorumLog::close);
        standBy();
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private Membership join(Optional<DirectoryQuorumLog> log) throws IOException {
    var self =
        new Member(
            local.name(),
            local.self().pid(),
            local.self().startTicks(),
            local.home().root(),
            null,
            local.clock().instant(),
            Member.Role.WAITING);
    try {
      return opened.keep(Membership.join(quorum, self, this::lives, local.clock()));
    } catch (IOException | RuntimeException e) {
      log.ifPresent(DirectoryQuorumLog::close);
      throw e;
    }
  }

  private boolean lives(Member member) {
    return local
        .processes()
        .identify(member.pid())
        .filter(process -> process.startTicks() == member.startTicks())
        .isPresent();
  }

  // ---- the quorum --------------------------------------------------------------------------

  private Optional<DirectoryQuorumLog> tryQuorum() throws IOException {
    try {
      return Optional.of(
          DirectoryQuorumLog.tryOpen(
              quorum,
              new Holder(local.self().pid(), local.name(), local.clock().instant()),
              local.clock(),
              HeldCluster.throughFailPoints()));
    } catch (QuorumHeldException e) {
      lastHolder = e.holder();
      return Optional.empty();
    }
  }

  /** The directory is ours: opens the cluster, and lets others in. */
  private void hold(DirectoryQuorumLog log) throws IOException {
    membership.endTurn();
    var cluster =
        new HeldCluster(
            local,
            log,
            settings,
            distribution,
            membership,
            this::requestStop,
            new QuorumHandover(membership, local.name(), this::requestHandover),
            notifier::status);
    opened.keep(cluster);
    held = cluster;
    local.serve(cluster.api(), options.httpAddress());
    membership.tell(Member.Role.HOLDER, addresses().socket());
  }

  /** Lets others in while another node holds the directory. */
  private void standBy() throws IOException {
    var desk = new NodeDesk(membership, List::of, List::of);
    local.serve(
        new WaitingApi(
            this::waitingView,
            this::refusal,
            local.eventDesk(),
            desk,
            local.registry(),
            new Rehearser(local::source, local.name()),
            local.clock(),
            () -> requestStop(true)),
        options.httpAddress());
    membership.tell(Member.Role.WAITING, addresses().socket());
  }

  private ServiceView waitingView() {
    return new ServiceView(
        local.self().pid(), Distribution.VERSION, false, local.name(), 0, holder());
  }

  /** Who holds the directory, as far as it is known. */
  ServiceView.QuorumHolder holder() {
    Optional<Member> member = membership.holder();
    return member
        .map(
            each ->
                new ServiceView.QuorumHolder(
                    quorum.toString(),
                    each.node(),
                    (long) each.pid(),
                    each.home().toString(),
                    each.since()))
        .or(
            () ->
                lastHolder.map(
                    each ->
                        new ServiceView.QuorumHolder(
                            quorum.toString(), each.node(), each.pid(), null, each.since())))
        .orElseGet(() -> new ServiceView.QuorumHolder(quorum.toString(), null, null, null, null));
  }

  private ApiException refusal() {
    return new ApiException.Conflict(
        "NotHolder",
        null,
        "Node %s waits for the quorum directory %s, which %s holds; ask there. Of its own it tells status, node, registry and events."
            .formatted(local.name(), quorum, holder()));
  }

  /** Whether another node holds the quorum directory. */
  boolean isWaiting() {
    return held == null;
  }

  /**
   * Waits until the quorum directory is free, and takes it.
   *
   * @param taking is run when it is free, before it is opened
   * @return false when the service was stopped meanwhile
   */
  boolean awaitQuorum(Runnable taking) throws IOException, InterruptedException {
    while (!stopped.await(LOCK_RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
      holding.lock();
      try {
        if (!isAskedToStop() && membership.isMyTurn()) {
          Optional<DirectoryQuorumLog> log = tryQuorum();
          if (log.isPresent()) {
            notifier.status(() -> "Takes the quorum " + quorum + " over");
            taking.run();
            hold(log.get());
            return true;
          }
        }
      } finally {
        holding.unlock();
      }
      waiting.done();
    }
    return false;
  }

  /** What this node does, in a line. */
  String status() {
    HeldCluster cluster = held;
    return cluster == null
        ? "Waits for the quorum %s, held by %s".formatted(quorum, holder())
        : cluster.status();
  }

  /** Completes when the service has made progress; see {@link HeldCluster#progress}. */
  CompletableFuture<?> progress() {
    HeldCluster cluster = held;
    return cluster == null ? waiting.next() : cluster.progress();
  }

  // ---- start -------------------------------------------------------------------------------

  /** Takes over, registers what is shipped, and returns when everything has been looked for. */
  void start() throws InterruptedException {
    cluster().start();
  }

  private HeldCluster cluster() {
    HeldCluster cluster = held;
    if (cluster == null) {
      throw new IllegalStateException("this node waits for the quorum directory " + quorum);
    }
    return cluster;
  }

  private boolean isReady() {
    HeldCluster cluster = held;
    return cluster != null && cluster.isReady();
  }

  /** Makes AOT caches in the background, by a process of their own. */
  void makeAotCaches() {
    ProcessSpec spec =
        ProcessSpec.of(
            List.of(
                distribution.root().resolve("bin").resolve("holdfast").toString(),
                "--make-aot-caches"),
            home().run(),
            withoutFailPoints(UnitVariables.without(System.getenv())),
            home().run().resolve("aot-caches.log"));
    var _ =
        local
            .processes()
            .spawn(spec)
            .whenComplete(
                (process, failure) -> {
                  if (process == null) {
                    LOG.debug("AOT caches are not made: {}", failure.getMessage());
                  } else {
                    cacheMaker = Optional.of(process);
                    local
                        .processes()
                        .watch(
                            process,
                            (identity, status) -> {
                              LOG.debug("Making AOT caches: {}", status);
                              local.processes().acknowledge(identity);
                            });
                  }
                });
  }

  /** A training must come to its end, and what it hits is nobody's hit. */
  private static Map<String, String> withoutFailPoints(Map<String, String> inherited) {
    var environment = new HashMap<>(inherited);
    environment.keySet().removeAll(List.of(FailPoints.VARIABLE, FailPoints.HITS_VARIABLE));
    return environment;
  }

  ClusterApi api() {
    return cluster().api();
  }

  Home home() {
    return local.home();
  }

  Distribution distribution() {
    return distribution;
  }

  ApiServer.Addresses addresses() {
    return local.addresses();
  }

  String node() {
    return local.name();
  }

  // ---- stop --------------------------------------------------------------------------------

  /**
   * Asks the service to stop: the first time in order, the second time at once. While the quorum
   * directory is being handed over everything goes offline as it is, so the first time means that
   * this node does not go on as one that waits. Returns at once.
   *
   * @param keep leave applications running; holds for the first time only
   */
  void requestStop(boolean keep) {
    synchronized (asking) {
      stopRequests++;
      notifier.stopping(
          stopRequests > 1
              ? "Stops at once: everything is killed"
              : keep ? "Stops; applications go on" : "Stops: everything goes offline, in order");
      if (stopRequests == 1 && handingOver) {
        LOG.info("The quorum directory is handed over first; then this node stops");
      } else if (stopRequests == 1) {
        Thread.ofPlatform().name("stop").start(() -> stop(keep, () -> {}));
      } else if (stopRequests == 2) {
        Thread.ofPlatform().name("terminate").start(this::terminate);
      }
    }
  }

  /**
   * Asks the service to end alone, as {@link #requestStop} does with true; but it never kills, also
   * when it is asked again. Returns at once.
   */
  void requestKeep() {
    synchronized (asking) {
      if (stopRequests == 0) {
        requestStop(true);
      }
    }
  }

  /** Asks it to take everything offline and let a node have the quorum directory. */
  private void requestHandover(String to) {
    synchronized (asking) {
      if (stopRequests > 0 || handingOver) {
        LOG.warn("The quorum directory is not handed to node {}: this node is stopping", to);
        return;
      }
      handingOver = true;
      notifier.status(() -> "Hands the quorum to node " + to);
    }
    Thread.ofPlatform()
        .name("handover")
        .start(
            () ->
                stop(
                    false,
                    () -> {
                      LOG.info("The quorum directory is handed to node {}", to);
                      membership.handTo(to);
                      handedOver = true;
                    }));
  }

  /** What is done when everything is offline. */
  @FunctionalInterface
  private interface Last {
    void run() throws IOException;
  }

  private void stop(boolean keep, Last last) {
    HeldCluster cluster;
    holding.lock();
    try {
      cluster = held;
    } finally {
      holding.unlock();
    }
    try {
      if (cluster != null) {
        cluster.stop(keep);
      }
      last.run();
    } catch (IOException e) {
      LOG.error("The quorum directory was not handed over; this node stops", e);
    } finally {
      stopped.countDown();
    }
  }

  private void terminate() {
    HeldCluster cluster = held;
    try {
      if (cluster != null) {
        cluster.terminate();
      }
    } finally {
      stopped.countDown();
    }
  }

  /** Waits until the service was stopped. */
  void awaitStopped() throws InterruptedException {
    stopped.await();
  }

  /** Whether somebody did not want to wait. */
  boolean wasTerminated() {
    synchronized (asking) {
      return stopRequests > 1;
    }
  }

  private boolean isAskedToStop() {
    synchronized (asking) {
      return stopRequests > 0;
    }
  }

  /** Whether another node was given the quorum directory, and this one is to wait from now on. */
  boolean wasHandedOver() {
    return handedOver && !isAskedToStop();
  }

  @Override
  @SuppressWarnings("NullAway") // Also called when the constructor failed before there was a node.
  public void close() {
    if (local != null) {
      endCacheMaker();
      HeldCluster cluster = held;
      if (cluster != null) {
        cluster.leaveMonitors();
      }
      local.stopServing();
    }
    opened.close();
  }

  /** A service that stops leaves no process behind; half a cache is removed by the next maker. */
  private void endCacheMaker() {
    Optional<ProcessIdentity> maker = cacheMaker;
    if (maker.isEmpty() || !local.processes().isAlive(maker.get())) {
      return;
    }
    try {
      local
          .processes()
          .kill(maker.get(), null)
          .get(HeldCluster.TERMINATE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("The maker of AOT caches (pid {}) was not ended", maker.get().pid(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
