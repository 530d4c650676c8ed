package dev.holdfast.service.supervision;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.protocol.InFlight;
import dev.holdfast.protocol.Link;
import dev.holdfast.protocol.LinkAcceptor;
import dev.holdfast.protocol.LinkClosed;
import dev.holdfast.protocol.LinkListener;
import dev.holdfast.protocol.LinkServer;
import dev.holdfast.protocol.MonitorCommand;
import dev.holdfast.protocol.ProtocolVersion;
import dev.holdfast.protocol.StateBlock;
import dev.holdfast.protocol.wire.Hello;
import dev.holdfast.protocol.wire.Inspected;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.Loaded;
import dev.holdfast.protocol.wire.Shutdown;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.protocol.wire.Welcome;
import dev.holdfast.service.clock.Rounds;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.posix.Signal;
import dev.holdfast.service.process.ExitStatus;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessSpec;
import dev.holdfast.service.process.Processes;
import dev.holdfast.service.systemd.UnitVariables;
import dev.holdfast.spi.Exit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resource monitors of this node: their processes, their links and their heartbeats.
 *
 * <p>A monitor is lost when its link ends or its process does, whichever is seen first; there is
 * one report of it, made when the process is seen gone, because only then its exit is known. A link
 * that ends while the process stays is a process to be killed: it cannot be talked to any more.
 *
 * <p>Thread-safe.
 */
public final class Monitors implements AutoCloseable {
  /** How often monitors beat. */
  static final Duration HEARTBEAT = Duration.ofMillis(250);

  /** Silence after which a monitor whose process is stopped is replaced. */
  static final Duration SUSPECT_AFTER = Duration.ofMillis(1500);

  /** Silence after which any monitor is replaced. */
  static final Duration REPLACE_AFTER = Duration.ofSeconds(3);

  /** How long a monitor may take to say what it holds: it looks it up, and enters nobody. */
  static final Duration INSPECTION = Duration.ofSeconds(1);

  private static final Duration TICK = Duration.ofMillis(100);

  /** How long a process may outlive its link before it is killed. */
  private static final Duration LINK_GRACE = Duration.ofMillis(100);

  /** So many requests a life of a monitor may make: it has their numbers for itself. */
  private static final long REQUESTS_A_LIFE = 1L << 40;

  private static final Logger LOG = LoggerFactory.getLogger(Monitors.class);

  private final Home home;
  private final String node;
  private final MonitorCommand command;
  private final Processes processes;
  private final InstantSource clock;
  private final MonitorListener listener;
  private final LinkServer server;
  private final SecureRandom random = new SecureRandom();
  private final Map<MonitorName, MonitorLife> lives = new ConcurrentHashMap<>();
  private final AtomicLong welcomed = new AtomicLong();
  private final Map<String, MonitorLife> byNonce = new ConcurrentHashMap<>();
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("monitor-heartbeats").daemon(true).factory());
  private final Rounds rounds = new Rounds();
  private long lastTickNanos = System.nanoTime();

  /**
   * Opens the socket for monitors.
   *
   * @param socket in the runtime directory
   */
  public Monitors(
      Home home,
      String node,
      Path socket,
      MonitorCommand command,
      Processes processes,
      InstantSource clock,
      MonitorListener listener)
      throws IOException {
    this.home = home;
    this.node = node;
    this.command = command;
    this.processes = processes;
    this.clock = clock;
    this.listener = listener;
    this.server = LinkServer.listen(socket, new Door());
    var _ =
        ticks.scheduleAtFixedRate(
            this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Starts a monitor's process. How it went is told to the listener. */
  public void start(MonitorName name, long epoch) {
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    var life =
        new MonitorLife(name, epoch, HexFormat.of().formatHex(secret), home.monitor(name.value()));
    lives.put(name, life);
    byNonce.put(life.nonce(), life);
    ProcessSpec spec;
    try {
      Files.createDirectories(life.directory());
      removeLeftovers(life.directory());
      life.outputBegins(Files.exists(life.output()) ? Files.size(life.output()) : 0);
      spec =
          ProcessSpec.of(
                  command.start(name.value(), server.socket(), life.stateBlock(), life.errorFile()),
                  life.directory(),
                  UnitVariables.without(System.getenv()),
                  life.output())
              .reading(life.nonce() + "\n");
    } catch (IOException e) {
      died(
          life,
          new Exit.Unknown(),
          DeathCause.NOT_STARTED,
          "its directory cannot be used: " + e.getMessage());
      return;
    }
    var _ =
        processes
            .spawn(spec)
            .whenComplete(
                (process, failure) -> {
                  if (process != null) {
                    life.started(process);
                    listener.started(name, epoch, process);
                    processes.watch(process, (identity, status) -> exited(life, identity, status));
                  } else {
                    died(
                        life,
                        new Exit.Unknown(),
                        DeathCause.NOT_STARTED,
                        "it could not be started: " + failure.getMessage());
                  }
                });
  }

  /** Evidence of earlier lives is in their incidents; what lies here would grow without bound. */
  private static void removeLeftovers(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String fileName = file.getFileName().toString();
        if (fileName.startsWith("state-") || fileName.startsWith("hs_err-")) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Sends a frame to whichever life the monitor has; false when it has none. */
  public boolean send(MonitorName name, ToMonitor frame) {
    return send(lives.get(name), frame);
  }

  /**
   * Sends a frame to one life of a monitor; false when it is over. What is to be opened in one must
   * not be opened in the next: there it is opened by a decision of its own.
   */
  public boolean send(MonitorName name, long epoch, ToMonitor frame) {
    return send(life(name, epoch), frame);
  }

  /** Whether that life of a monitor is the one it has. */
  public boolean isAlive(MonitorName name, long epoch) {
    return life(name, epoch) != null;
  }

  private static boolean send(@Nullable MonitorLife life, ToMonitor frame) {
    return life != null && life.send(frame);
  }

  private @Nullable MonitorLife life(MonitorName name, long epoch) {
    MonitorLife life = lives.get(name);
    return life != null && life.epoch() == epoch ? life : null;
  }

  /** Has the monitor load a plugin, unless it has; one that is being started, once it listens. */
  public CompletableFuture<Loaded> load(MonitorName name, LoadPlugin plugin) {
    return load(name, lives.get(name), plugin);
  }

  /** Has one life of a monitor load a plugin; fails when it is over. */
  public CompletableFuture<Loaded> load(MonitorName name, long epoch, LoadPlugin plugin) {
    return load(name, life(name, epoch), plugin);
  }

  private static CompletableFuture<Loaded> load(
      MonitorName name, @Nullable MonitorLife life, LoadPlugin plugin) {
    return life == null
        ? CompletableFuture.failedFuture(
            new IllegalStateException("the monitor " + name + " is not there"))
        : life.load(plugin);
  }

  /**
   * Asks a monitor what it holds, by its own word. Fails when it is not there or takes no calls
   * yet, and when it has not answered within {@link #INSPECTION}.
   */
  public CompletableFuture<Inspected> inspect(MonitorName name) {
    MonitorLife life = lives.get(name);
    return life == null
        ? CompletableFuture.failedFuture(
            new IllegalStateException("the monitor " + name + " is not there"))
        : life.inspect(INSPECTION);
  }

  /** The monitors that were told to load another archive of a plugin than this one. */
  public Set<MonitorName> withOther(String plugin, String digest) {
    return lives.values().stream()
        .filter(life -> life.hasOther(plugin, digest))
        .map(MonitorLife::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The monitors that loaded an archive, and could not make one of its types. */
  public Set<MonitorName> withIncomplete(String digest) {
    return lives.values().stream()
        .filter(life -> life.hasIncomplete(digest))
        .map(MonitorLife::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Asks a monitor to leave. Its death is then reported as asked for. */
  public void stop(MonitorName name) {
    MonitorLife life = lives.get(name);
    if (life != null) {
      life.askedToLeave();
      if (!life.send(ToMonitor.newBuilder().setShutdown(Shutdown.getDefaultInstance()).build())) {
        kill(life);
      }
    }
  }

  /** Kills a monitor that hangs. */
  public void kill(MonitorName name, String because) {
    MonitorLife life = lives.get(name);
    if (life != null) {
      LOG.warn("The monitor {} is ended: {}", name, because);
      life.killing(life.wasReady() ? DeathCause.DEADLOCK : DeathCause.NOT_READY, because);
      kill(life);
    }
  }

  /** Sends a monitor a signal on somebody's behalf; false when there is no such process. */
  public boolean signal(MonitorName name, Signal signal) {
    MonitorLife life = lives.get(name);
    ProcessIdentity process = life == null ? null : life.process();
    return process != null && processes.signal(process, signal);
  }

  /** The process of a monitor; empty while it has none. */
  public Optional<ProcessIdentity> process(MonitorName name) {
    MonitorLife life = lives.get(name);
    return life == null ? Optional.empty() : Optional.ofNullable(life.process());
  }

  /** The names of all monitors that have a life now. */
  public List<MonitorName> alive() {
    return List.copyOf(lives.keySet());
  }

  private void kill(MonitorLife life) {
    ProcessIdentity process = life.process();
    if (process != null) {
      processes.signal(process, Signal.KILL);
    }
  }

  // ---- the end of a life ---------------------------------------------------------------------

  private void exited(MonitorLife life, ProcessIdentity process, ExitStatus status) {
    processes.acknowledge(process);
    Exit exit =
        switch (status) {
          case ExitStatus.Code(int code) -> new Exit.Code(code);
          case ExitStatus.Signalled(int signal, _) -> new Exit.Signal(signal);
          case ExitStatus.Unknown _ -> new Exit.Unknown();
        };
    DeathCause cause = cause(life, status);
    died(life, exit, cause, reason(life, status, cause));
  }

  private static DeathCause cause(MonitorLife life, ExitStatus status) {
    DeathCause killedFor = life.killedFor();
    if (killedFor != null) {
      return killedFor;
    }
    if (Files.exists(life.errorFile())) {
      return DeathCause.CRASH;
    }
    return switch (status) {
      case ExitStatus.Code(int code) when code == OUT_OF_MEMORY && saidOutOfMemory(life) ->
          DeathCause.OUT_OF_MEMORY;
      case ExitStatus.Code _ -> DeathCause.EXIT;
      case ExitStatus.Signalled _ -> DeathCause.SIGNAL;
      case ExitStatus.Unknown _ -> DeathCause.UNKNOWN;
    };
  }

  private static String reason(MonitorLife life, ExitStatus status, DeathCause cause) {
    String because = life.killedBecause();
    if (because != null) {
      return "ended by the cluster service: " + because;
    }
    if (Files.exists(life.errorFile())) {
      return "the JVM crashed (" + status + "); its report is " + life.errorFile().getFileName();
    }
    return switch (status) {
      case ExitStatus.Code _ when cause == DeathCause.OUT_OF_MEMORY -> "OutOfMemory (exit code 3)";
      case ExitStatus.Code(int code) -> "it exited with code " + code;
      case ExitStatus.Signalled signalled -> "killed by " + signalled;
      case ExitStatus.Unknown(String why) -> "how it ended is unknown: " + why;
    };
  }

  /** What -XX:+ExitOnOutOfMemoryError exits with. */
  private static final int OUT_OF_MEMORY = 3;

  /** What it says on stdout before; it is the last thing there, but for what threads say beside. */
  private static final String SAYS_OUT_OF_MEMORY = "Terminating due to java.lang.OutOfMemoryError";

  private static final int OUTPUT_TAIL_BYTES = 64 << 10;

  /** A plugin can exit with that code, too. */
  private static boolean saidOutOfMemory(MonitorLife life) {
    try (FileChannel output = FileChannel.open(life.output())) {
      long begin = Math.min(life.outputBegin(), output.size());
      long from = Math.max(begin, output.size() - OUTPUT_TAIL_BYTES);
      ByteBuffer tail = ByteBuffer.allocate((int) (output.size() - from));
      while (tail.hasRemaining() && output.read(tail, from + tail.position()) >= 0) {
        // Reads until the end, or until there is no more.
      }
      String text = new String(tail.array(), 0, tail.position(), StandardCharsets.ISO_8859_1);
      return text.contains(SAYS_OUT_OF_MEMORY);
    } catch (IOException e) {
      LOG.debug("The output of {} cannot be read: {}", life.name(), e.getMessage());
      return true; // by its code alone
    }
  }

  private void died(MonitorLife life, Exit exit, DeathCause cause, String reason) {
    if (!life.end()) {
      return;
    }
    byNonce.remove(life.nonce());
    lives.remove(life.name(), life);
    ProcessIdentity process = life.process();
    boolean fromOutside =
        exit instanceof Exit.Signal(int signal)
            && signal != Signal.SEGV.number()
            && signal != Signal.ABRT.number()
            && life.killedBecause() == null;
    var evidence = new ArrayList<Path>();
    for (Path file : List.of(life.errorFile(), life.output())) {
      if (Files.exists(file)) {
        evidence.add(file);
      }
    }
    StepPoint.MONITOR_DEATH.before();
    listener.died(
        new MonitorDeath(
            life.name(),
            life.epoch(),
            process == null ? 0 : process.pid(),
            exit,
            life.wasAsked(),
            !fromOutside,
            life.wasReady(),
            cause,
            reason,
            callsInFlight(life),
            evidence,
            clock.instant()));
    StepPoint.MONITOR_DEATH.after();
  }

  private static List<InFlight> callsInFlight(MonitorLife life) {
    try {
      return StateBlock.read(life.stateBlock()).inFlight();
    } catch (IOException e) {
      // It died before it had made the file: then no plugin code had been entered.
      LOG.debug("No state block of {}: {}", life.name(), e.getMessage());
      return List.of();
    }
  }

  // ---- links -------------------------------------------------------------------------------

  /** Lets monitors in that know a nonce that was given out. */
  private final class Door implements LinkAcceptor {
    @Override
    public void accepted(Link<ToMonitor, ToService> link) {
      link.start(new Visitor(link));
    }

    @Override
    public void acceptFailed(IOException failure) {
      LOG.warn("A monitor's connection could not be accepted: {}", failure.getMessage());
    }
  }

  private final class Visitor implements LinkListener<ToService> {
    private final Link<ToMonitor, ToService> link;
    private volatile Optional<MonitorLife> life = Optional.empty();

    Visitor(Link<ToMonitor, ToService> link) {
      this.link = link;
    }

    @Override
    public void onFrame(ToService frame) {
      if (life.isEmpty()) {
        welcome(frame);
        return;
      }
      MonitorLife known = life.get();
      known.heard();
      switch (frame.getFrameCase()) {
        case BEAT -> listener.beat(known.name(), known.epoch(), frame.getBeat());
        case READY -> {
          known.ready();
          listener.ready(known.name(), known.epoch());
        }
        case LOADED -> known.loaded(frame.getLoaded());
        case INSPECTED -> known.inspected(frame.getInspected());
        default -> listener.frame(known.name(), known.epoch(), frame);
      }
    }

    private void welcome(ToService frame) {
      Hello hello = frame.getHello();
      MonitorLife known = frame.hasHello() ? byNonce.remove(hello.getNonce()) : null;
      if (known == null) {
        LOG.warn("Somebody without a nonce connected to {}; he was turned away.", server.socket());
        link.close();
        return;
      }
      OptionalInt protocol =
          ProtocolVersion.negotiate(hello.getProtocolMin(), hello.getProtocolMax());
      if (protocol.isEmpty()) {
        LOG.error(
            "The monitor {} speaks protocol {} to {}, this service {} to {}.",
            known.name(),
            hello.getProtocolMin(),
            hello.getProtocolMax(),
            ProtocolVersion.MIN,
            ProtocolVersion.MAX);
        link.close();
        return;
      }
      known.linked(link);
      life = Optional.of(known);
      link.send(
          ToMonitor.newBuilder()
              .setWelcome(
                  Welcome.newBuilder()
                      .setProtocol(protocol.getAsInt())
                      .setNode(node)
                      .setHeartbeatMillis((int) HEARTBEAT.toMillis())
                      .setFirstRequest(welcomed.incrementAndGet() * REQUESTS_A_LIFE))
              .build());
      known.welcomed();
    }

    @Override
    public void onClosed(LinkClosed why) {
      life.ifPresent(known -> linkLost(known, why));
    }
  }

  private void linkLost(MonitorLife life, LinkClosed why) {
    if (life.isOver()) {
      return;
    }
    LOG.debug("{}", why.reason());
    var _ =
        ticks.schedule(
            () -> {
              if (!life.isOver()) {
                if (!life.wasAsked()) {
                  life.killing(DeathCause.LINK, "it outlived its link (" + why.cause() + ")");
                }
                kill(life);
              }
            },
            life.wasAsked() ? REPLACE_AFTER.toMillis() : LINK_GRACE.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  // ---- heartbeats --------------------------------------------------------------------------

  /**
   * Silence is counted in this thread's own ticks, each worth at most twice its length: a service,
   * or a machine, that paused blames nobody.
   */
  private void tick() {
    try {
      long nanos = System.nanoTime();
      Duration passed = Duration.ofNanos(nanos - lastTickNanos);
      lastTickNanos = nanos;
      Duration worth = passed.compareTo(TICK.multipliedBy(2)) < 0 ? passed : TICK.multipliedBy(2);
      for (MonitorLife life : lives.values()) {
        judge(life, life.silentFor(worth));
      }
    } catch (RuntimeException e) {
      LOG.error("Counting heartbeats failed; it goes on with the next tick.", e);
    }
    rounds.done();
  }

  /** Completes when heartbeats were counted the next time, 100 ms from now at most. */
  public CompletableFuture<?> nextTick() {
    return rounds.next();
  }

  private void judge(MonitorLife life, Duration silence) {
    if (silence.compareTo(REPLACE_AFTER) >= 0) {
      life.killing(DeathCause.HEARTBEAT, "no heartbeat for " + silence.toMillis() + " ms");
      kill(life);
    } else if (silence.compareTo(SUSPECT_AFTER) >= 0 && isStopped(life)) {
      life.killing(
          DeathCause.HEARTBEAT,
          "stopped (state T) and no heartbeat for " + silence.toMillis() + " ms");
      kill(life);
    }
  }

  private boolean isStopped(MonitorLife life) {
    ProcessIdentity process = life.process();
    return process != null
        && processes.state(process).filter(state -> state == 'T' || state == 't').isPresent();
  }

  @Override
  public void close() throws IOException {
    ticks.shutdownNow();
    server.close();
  }
}
