package dev.holdfast.service.process;

import dev.holdfast.service.posix.Pidfd;
import dev.holdfast.service.posix.ProcessControl;
import dev.holdfast.service.posix.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of a Linux node: a few threads, however many processes there are.
 *
 * <table>
 * <caption>Threads</caption>
 * <tr><td>holdfast-exits</td><td>waits for all pidfds, tells exits</td></tr>
 * <tr><td>holdfast-spawn-N</td><td>start processes; may hang in a file system</td></tr>
 * <tr><td>holdfast-tree</td><td>steps of stopping, looks through /proc</td></tr>
 * <tr><td>holdfast-sweep</td><td>own children that nobody asked for, sizes of output files</td></tr>
 * <tr><td>holdfast-process-timer</td><td>limits and retries; never blocks</td></tr>
 * </table>
 *
 * <p>Nothing else in this JVM may wait for "any child" and reap it. ProcessBuilder beside it works,
 * and is not to be used here: when this JVM dies it takes those exits with it.
 */
public final class LinuxProcesses implements Processes {
  private static final Logger log = LoggerFactory.getLogger(LinuxProcesses.class);

  private final ProcFs proc;
  private final OwnChildren children;
  private final ScheduledThreadPoolExecutor timer;
  private final ExecutorService tree;
  private final ScheduledExecutorService sweeper;
  private final ExitWatcher watcher;
  private final Spawner spawner;
  private final ProcessScan scan;
  private final ProcessTree.Context stopping;
  private final Map<Path, OutputFile> outputs = new ConcurrentHashMap<>();

  private LinuxProcesses(ProcessLimits limits, StrayListener strays, boolean groupsByPidfd)
      throws IOException {
    proc = new ProcFs(Path.of("/proc"));
    children = new OwnChildren(proc);
    timer = new ScheduledThreadPoolExecutor(1, thread("holdfast-process-timer"));
    timer.setRemoveOnCancelPolicy(true);
    tree = Executors.newSingleThreadExecutor(thread("holdfast-tree"));
    sweeper = Executors.newSingleThreadScheduledExecutor(thread("holdfast-sweep"));
    watcher = new ExitWatcher(proc, timer, limits.exitCodeLimit(), children);
    spawner = new Spawner(proc, watcher, timer, limits, children);
    scan = new ProcessScan(proc, tree);
    stopping =
        new ProcessTree.Context(proc, watcher, scan, tree, limits.killLimit(), groupsByPidfd);
    ChildSweep sweep =
        new ChildSweep(
            proc,
            spawner::threadIds,
            process -> children.isStarted(process.pid()) || watcher.isWatched(process),
            strays,
            children);
    every(limits.sweepInterval(), sweep::sweep);
    every(limits.sweepInterval(), this::trimOutputs);
  }

  /**
   * Takes over the children of this JVM: it becomes a subreaper, and stops ignoring SIGCHLD if its
   * launcher left it so. One in a JVM.
   *
   * @param strays is told of descendants that carry a token and that nobody watches
   * @throws UnsupportedOperationException anywhere but on Linux, with a sentence to show
   */
  public static LinuxProcesses open(ProcessLimits limits, StrayListener strays) throws IOException {
    ProcessControl.requireSupported();
    ProcessControl.stopIgnoringChildren();
    ProcessControl.becomeSubreaper();
    boolean groupsByPidfd = Pidfd.canSignalGroups();
    LinuxProcesses processes = new LinuxProcesses(limits, strays, groupsByPidfd);
    log.info(
        "Processes of boot {}: exits of others' children {}, groups signalled {}, strays {}",
        processes.proc.bootId(),
        Pidfd.tellsExitOfReaped() ? "are told by the kernel" : "stay unknown (before Linux 6.15)",
        groupsByPidfd ? "by pidfd" : "by number or member (before Linux 6.9)",
        processes.proc.listsChildren(ProcessControl.threadId())
            ? "are swept"
            : "are not seen (a kernel without CONFIG_PROC_CHILDREN)");
    return processes;
  }

  /** As an older kernel would have it, for tests. */
  static LinuxProcesses openWithoutGroupSignals(ProcessLimits limits, StrayListener strays)
      throws IOException {
    ProcessControl.requireSupported();
    ProcessControl.becomeSubreaper();
    return new LinuxProcesses(limits, strays, false);
  }

  @Override
  public CompletableFuture<ProcessIdentity> spawn(ProcessSpec spec) {
    return spawner.spawn(spec);
  }

  @Override
  public void watch(ProcessIdentity process, ExitListener listener) {
    watcher.watch(process, listener);
  }

  @Override
  public void acknowledge(ProcessIdentity process) {
    watcher.acknowledge(process);
  }

  @Override
  public CompletableFuture<StopOutcome> stop(
      ProcessIdentity leader, @Nullable SlotToken token, Signal signal, Duration grace) {
    return proc.bootId().equals(leader.bootId())
        ? new ProcessTree(stopping, leader, token).stop(signal, grace)
        : CompletableFuture.completedFuture(StopOutcome.nothing());
  }

  @Override
  public CompletableFuture<StopOutcome> kill(ProcessIdentity leader, @Nullable SlotToken token) {
    return stop(leader, token, Signal.KILL, Duration.ZERO);
  }

  @Override
  public CompletableFuture<StopOutcome> killDescent(ProcessIdentity leader, SlotToken token) {
    return proc.bootId().equals(leader.bootId())
        ? new ProcessTree(stopping, leader, token).killDescent()
        : CompletableFuture.completedFuture(StopOutcome.nothing());
  }

  @Override
  public CompletableFuture<Boolean> leftNothing(ProcessIdentity dead, SlotToken token) {
    if (!proc.bootId().equals(dead.bootId())) {
      return CompletableFuture.completedFuture(true);
    }
    // Our own list is short; all processes of the machine are looked through only if another life
    // of the service was the parent.
    return children.isStarted(dead.pid()) && children.areListed()
        ? CompletableFuture.completedFuture(!children.hasOrphanOf(dead, token))
        : scan.take().thenApply(snapshot -> snapshot.tree(dead, token).isEmpty());
  }

  @Override
  public CompletableFuture<Boolean> leftNothing(ProcessIdentity dead, SlotToken token, Path place) {
    if (!proc.bootId().equals(dead.bootId())) {
      return CompletableFuture.completedFuture(true);
    }
    return children.isStarted(dead.pid()) && children.areListed()
        ? CompletableFuture.completedFuture(!children.hasOrphanOf(dead, token, place))
        : scan.take()
            .thenApply(snapshot -> snapshot.descent(dead, token, Set.of(), place).isEmpty());
  }

  @Override
  public CompletableFuture<StopOutcome> endLeft(
      ProcessIdentity dead, SlotToken token, Path place, Duration grace) {
    return proc.bootId().equals(dead.bootId())
        ? new ProcessTree(stopping, dead, token).endLeft(place, grace)
        : CompletableFuture.completedFuture(StopOutcome.nothing());
  }

  @Override
  public boolean signal(ProcessIdentity process, Signal signal) {
    return watcher.signal(process, signal);
  }

  @Override
  public boolean isAlive(ProcessIdentity process) {
    return proc.isAlive(process);
  }

  @Override
  public String programOf(ProcessIdentity process) {
    return proc.program(process);
  }

  @Override
  public Optional<ProcessIdentity> identify(int pid) {
    return proc.stat(pid).filter(stat -> !stat.isDead()).map(stat -> stat.identity(proc.bootId()));
  }

  @Override
  public Optional<Character> state(ProcessIdentity process) {
    return proc.stat(process).filter(stat -> !stat.isDead()).map(ProcStat::state);
  }

  @Override
  public BootTicks now() {
    return proc.now();
  }

  @Override
  public CompletableFuture<List<TokenHolder>> search(SlotToken token, BootTicks since) {
    if (!since.bootId().equals(proc.bootId())) {
      return CompletableFuture.completedFuture(List.of());
    }
    return scan.take()
        .thenApply(
            snapshot ->
                snapshot.livingSince(since.ticks()).stream()
                    .filter(p -> snapshot.token(p).filter(token::equals).isPresent())
                    .map(
                        p ->
                            new TokenHolder(
                                p.identity(proc.bootId()), p.session() == p.pid(), p.parent()))
                    .sorted(
                        Comparator.comparing(TokenHolder::sessionLeader)
                            .reversed()
                            .thenComparingLong(holder -> holder.process().startTicks())
                            .thenComparingInt(holder -> holder.process().pid()))
                    .toList());
  }

  @Override
  public CompletableFuture<Map<SlotToken, List<ProcessIdentity>>> searchByPrefix(String prefix) {
    return scan.take()
        .thenApply(
            snapshot -> {
              var found = new HashMap<SlotToken, List<ProcessIdentity>>();
              for (ProcStat process : snapshot.livingSince(0)) {
                snapshot
                    .token(process)
                    .filter(token -> token.value().startsWith(prefix))
                    .ifPresent(
                        token ->
                            found
                                .computeIfAbsent(token, _ -> new ArrayList<>())
                                .add(process.identity(proc.bootId())));
              }
              return found;
            });
  }

  @Override
  public CompletableFuture<List<SeenProcess>> all() {
    return scan.take()
        .thenApply(
            snapshot ->
                snapshot.livingSince(0).stream()
                    .map(
                        p ->
                            new SeenProcess(
                                p.identity(proc.bootId()),
                                p.parent(),
                                p.session() == p.pid(),
                                snapshot.token(p),
                                proc.arguments(p.pid())))
                    .toList());
  }

  @Override
  public BoundedOutput keepBounded(Path output, long limitBytes) {
    OutputFile file = new OutputFile(output, limitBytes, () -> outputs.remove(output));
    if (outputs.putIfAbsent(output, file) != null) {
      throw new IllegalStateException("Output file " + output + " is kept bounded already");
    }
    return file;
  }

  private void trimOutputs() {
    for (Map.Entry<Path, OutputFile> output : outputs.entrySet()) {
      try {
        if (output.getValue().trim()) {
          log.debug("Output file {} was over its limit and is cut", output.getKey());
        }
      } catch (IOException e) {
        log.warn("Output file {} cannot be cut; it goes on growing", output.getKey(), e);
      }
    }
  }

  private void every(Duration interval, Runnable task) {
    var _ =
        sweeper.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                // Thrown on, it would be the last time; the next sweep may do better.
                log.warn("A sweep failed", e);
              }
            },
            interval.toNanos(),
            interval.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private static ThreadFactory thread(String name) {
    return Thread.ofPlatform().name(name).daemon(true).factory();
  }

  @Override
  public void close() {
    spawner.close();
    sweeper.shutdown();
    watcher.close();
    timer.shutdownNow();
    tree.shutdown();
    children.close();
  }
}
