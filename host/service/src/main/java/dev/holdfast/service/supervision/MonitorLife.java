package dev.holdfast.service.supervision;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.protocol.Link;
import dev.holdfast.protocol.wire.Inspect;
import dev.holdfast.protocol.wire.Inspected;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.Loaded;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.service.process.ProcessIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One life of a monitor: from the decision to start its process to the sight of its end.
 * Thread-safe.
 */
final class MonitorLife {
  private final MonitorName name;
  private final long epoch;
  private final String nonce;
  private final Path directory;
  private final Map<String, CompletableFuture<Loaded>> loads = new HashMap<>();
  private final Map<Long, CompletableFuture<Loaded>> loadsByCall = new HashMap<>();
  private final Map<String, String> pluginByDigest = new HashMap<>();
  private final Set<String> incomplete = new HashSet<>();
  private final List<LoadPlugin> loadsToSend = new ArrayList<>();
  private final Map<Long, CompletableFuture<Inspected>> inspections = new HashMap<>();
  private long lastInspection;
  private @Nullable ProcessIdentity process;
  private @Nullable Link<ToMonitor, ToService> link;
  private boolean welcomed;
  private boolean ready;
  private boolean asked;
  private boolean over;
  private @Nullable String killedBecause;
  private @Nullable DeathCause killedFor;
  private Duration silence = Duration.ZERO;
  private long outputBegin;

  MonitorLife(MonitorName name, long epoch, String nonce, Path directory) {
    this.name = name;
    this.epoch = epoch;
    this.nonce = nonce;
    this.directory = directory;
  }

  MonitorName name() {
    return name;
  }

  long epoch() {
    return epoch;
  }

  String nonce() {
    return nonce;
  }

  Path output() {
    return directory.resolve("output.log");
  }

  /** How long the output of earlier lives is, which this one adds to. */
  synchronized void outputBegins(long bytes) {
    outputBegin = bytes;
  }

  synchronized long outputBegin() {
    return outputBegin;
  }

  Path stateBlock() {
    return directory.resolve("state-" + epoch);
  }

  Path errorFile() {
    return directory.resolve("hs_err-" + epoch + ".log");
  }

  Path directory() {
    return directory;
  }

  synchronized void started(ProcessIdentity identity) {
    process = identity;
  }

  synchronized @Nullable ProcessIdentity process() {
    return process;
  }

  synchronized void linked(Link<ToMonitor, ToService> newLink) {
    link = newLink;
    silence = Duration.ZERO;
  }

  /** It was welcomed: what it was to load before that is sent. */
  void welcomed() {
    List<LoadPlugin> waiting;
    synchronized (this) {
      welcomed = true;
      waiting = List.copyOf(loadsToSend);
      loadsToSend.clear();
    }
    waiting.forEach(this::sendLoad);
  }

  synchronized boolean isLinked() {
    return link != null;
  }

  synchronized void ready() {
    ready = true;
    silence = Duration.ZERO;
  }

  synchronized boolean wasReady() {
    return ready;
  }

  synchronized void askedToLeave() {
    asked = true;
  }

  synchronized boolean wasAsked() {
    return asked;
  }

  synchronized void killing(DeathCause cause, String because) {
    if (killedBecause == null) {
      killedBecause = because;
      killedFor = cause;
    }
  }

  synchronized @Nullable DeathCause killedFor() {
    return killedFor;
  }

  synchronized @Nullable String killedBecause() {
    return killedBecause;
  }

  /** Ends it; true for the one caller that did. */
  boolean end() {
    List<CompletableFuture<?>> abandoned = new ArrayList<>();
    synchronized (this) {
      if (over) {
        return false;
      }
      over = true;
      abandoned.addAll(loads.values());
      abandoned.addAll(inspections.values());
    }
    abandoned.forEach(
        waiting ->
            waiting.completeExceptionally(
                new IllegalStateException("the monitor " + name + " died meanwhile")));
    Link<ToMonitor, ToService> open = link();
    if (open != null) {
      open.close();
    }
    return true;
  }

  synchronized boolean isOver() {
    return over;
  }

  private synchronized @Nullable Link<ToMonitor, ToService> link() {
    return link;
  }

  /** Sends a frame; false when there is nobody to send it to. */
  boolean send(ToMonitor frame) {
    Link<ToMonitor, ToService> open = link();
    return open != null && open.send(frame);
  }

  /** A beat, or any other sign that its link thread lives. */
  synchronized void heard() {
    silence = Duration.ZERO;
  }

  /**
   * Counts silence; returns how long it has lasted. Only a monitor that is ready is to be heard.
   */
  synchronized Duration silentFor(Duration more) {
    silence = ready && !asked && !over ? silence.plus(more) : Duration.ZERO;
    return silence;
  }

  /** Whether it was ever told to load another archive of a plugin. */
  synchronized boolean hasOther(String plugin, String digest) {
    return pluginByDigest.entrySet().stream()
        .anyMatch(known -> known.getValue().equals(plugin) && !known.getKey().equals(digest));
  }

  /** Whether it loaded an archive, and could not make one of its types: it never will. */
  synchronized boolean hasIncomplete(String digest) {
    return incomplete.contains(digest);
  }

  /**
   * Has the monitor load a plugin, once, and as soon as it can. What could not be loaded is tried
   * again when it is asked for again.
   */
  CompletableFuture<Loaded> load(LoadPlugin plugin) {
    CompletableFuture<Loaded> load;
    synchronized (this) {
      if (over) {
        // Its link may still take frames for a moment; nobody would answer.
        return CompletableFuture.failedFuture(
            new IllegalStateException("the monitor " + name + " is not there"));
      }
      CompletableFuture<Loaded> known = loads.get(plugin.getDigest());
      if (known != null) {
        return known;
      }
      load = new CompletableFuture<>();
      loads.put(plugin.getDigest(), load);
      pluginByDigest.put(plugin.getDigest(), plugin.getPlugin());
      loadsByCall.put(plugin.getCall(), load);
      if (!welcomed) {
        loadsToSend.add(plugin);
        return load;
      }
    }
    sendLoad(plugin);
    return load;
  }

  private void sendLoad(LoadPlugin plugin) {
    if (!send(ToMonitor.newBuilder().setLoadPlugin(plugin).build())) {
      CompletableFuture<Loaded> load = takeLoad(plugin.getCall());
      if (load != null) {
        load.completeExceptionally(
            new IllegalStateException("the monitor " + name + " is not there"));
      }
    }
  }

  void loaded(Loaded answer) {
    CompletableFuture<Loaded> load = takeLoad(answer.getCall());
    if (load == null) {
      return;
    }
    synchronized (this) {
      if (answer.hasFailure()) {
        loads.remove(answer.getDigest());
      } else if (answer.getRefusedCount() > 0) {
        incomplete.add(answer.getDigest());
      }
    }
    load.complete(answer);
  }

  private synchronized @Nullable CompletableFuture<Loaded> takeLoad(long call) {
    return loadsByCall.remove(call);
  }

  /** Asks the monitor what it holds. Fails when it is not there, and does not wait for ever. */
  CompletableFuture<Inspected> inspect(Duration atMost) {
    var inspection = new CompletableFuture<Inspected>();
    long request;
    synchronized (this) {
      if (!ready || over) {
        return CompletableFuture.failedFuture(
            new IllegalStateException("the monitor " + name + " takes no calls now"));
      }
      request = ++lastInspection;
      inspections.put(request, inspection);
    }
    if (!send(
        ToMonitor.newBuilder().setInspect(Inspect.newBuilder().setRequest(request)).build())) {
      inspection.completeExceptionally(
          new IllegalStateException("the monitor " + name + " is not there"));
    }
    return inspection
        .orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((_, _) -> forgetInspection(request));
  }

  private synchronized void forgetInspection(long request) {
    inspections.remove(request);
  }

  void inspected(Inspected answer) {
    CompletableFuture<Inspected> waiting;
    synchronized (this) {
      waiting = inspections.get(answer.getRequest());
    }
    if (waiting != null) {
      waiting.complete(answer);
    }
  }
}
