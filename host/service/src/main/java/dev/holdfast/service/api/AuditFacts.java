package dev.holdfast.service.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The service's own word about everything that can be looked at from outside: what an audit holds
 * against {@code /proc} and the files of the home. Slots are as they are written down, not as the
 * service has them in memory; what a monitor holds is what the monitor said when it was asked.
 *
 * @param time the service's clock when it began to tell; all times here are by that clock
 * @param ready whether what was there before this service has been found again
 * @param stopping whether everything is being taken offline
 * @param pid of the service
 * @param newestEvent seq of the last event that is durable; 0 when there is none
 */
public record AuditFacts(
    Instant time,
    String node,
    boolean ready,
    boolean stopping,
    long pid,
    long newestEvent,
    List<Slot> slots,
    List<External> externals,
    List<Resource> resources,
    List<Type> types,
    List<Monitor> monitors) {
  public AuditFacts {
    slots = List.copyOf(slots);
    externals = List.copyOf(externals);
    resources = List.copyOf(resources);
    types = List.copyOf(types);
    monitors = List.copyOf(monitors);
  }

  /**
   * What is written down about a slot's last process.
   *
   * @param resource its name
   * @param resourceId also when nothing else is known of the resource
   * @param tokenDigest {@code sha256:HEX} of the token that the process carries in its environment.
   *     The token itself is a secret: who carries it is taken for the slot's process
   * @param state {@code Intended} (to be started), {@code Running}, {@code Ended}, {@code Left} (a
   *     command has ended, and what it left may go on, because the resource is or was Online)
   * @param intendedTicks when its start was decided, in clock ticks since boot
   * @param pid null before the process was there
   * @param startTicks when the process began, in clock ticks since boot
   * @param bootId of the machine when it began
   */
  public record Slot(
      String resource,
      String resourceId,
      String slot,
      String tokenDigest,
      String state,
      long intendedTicks,
      @Nullable Long pid,
      @Nullable Long startTicks,
      @Nullable String bootId) {}

  /**
   * What is written down about something that a resource has elsewhere. It has no process.
   *
   * @param resource its name
   * @param lives where the resource's type says that it lives; null when the type is gone
   * @param epoch under which it was written down last
   */
  public record External(
      String resource,
      String resourceId,
      String slot,
      String kind,
      String key,
      long epoch,
      String node,
      @Nullable String lives) {}

  /**
   * A resource, and how it is polled.
   *
   * @param monitor the one that has it open; null when none has
   * @param unsupervisedSince since when no monitor holds it
   * @param maintenance it is not to be polled
   * @param polledSince when the polling that is on began; null when it is not polled
   * @param polledEpoch the epoch it is polled for
   */
  public record Resource(
      String id,
      String name,
      String type,
      String typeStatus,
      String state,
      String wanted,
      long epoch,
      @Nullable String monitor,
      @Nullable Instant unsupervisedSince,
      boolean maintenance,
      @Nullable Instant polledSince,
      @Nullable Long polledEpoch,
      Checks looksAlive,
      Checks isAlive) {}

  /**
   * One of the two kinds of check.
   *
   * @param intervalMillis from the end of one to the next
   * @param lastAt when the last one was reported, in the polling that is on; null: none yet
   * @param lastMillis how long it took
   * @param lastBroken it was made, and failed to say anything about the resource
   */
  public record Checks(
      long intervalMillis,
      @Nullable Instant lastAt,
      @Nullable Long lastMillis,
      boolean lastBroken) {}

  /** A registration, in its current version. */
  public record Type(
      String name,
      String plugin,
      String pluginVersion,
      String className,
      String digest,
      String archive,
      String status,
      @Nullable String detail) {}

  /**
   * A monitor's process, and what the monitor said.
   *
   * @param kind {@code shared separate register}
   * @param pid null while its process is not there
   * @param epoch of its life; 0 for one that only registers
   * @param answered whether it said what it holds; when not, the lists are empty
   */
  public record Monitor(
      String name,
      String kind,
      String state,
      @Nullable Long pid,
      @Nullable Long startTicks,
      long epoch,
      boolean answered,
      List<HeldPlugin> plugins,
      List<HeldResource> resources) {
    public Monitor {
      plugins = List.copyOf(plugins);
      resources = List.copyOf(resources);
    }
  }

  /**
   * A plugin that a monitor has loaded.
   *
   * @param digest of the archive it came from
   * @param classes its types, by the names of their classes
   */
  public record HeldPlugin(String plugin, String version, String digest, List<String> classes) {
    public HeldPlugin {
      classes = List.copyOf(classes);
    }
  }

  /**
   * A resource that a monitor has open.
   *
   * @param polledEpoch the epoch it polls it for; null when it does not
   */
  public record HeldResource(
      String resourceId, long epoch, String digest, @Nullable Long polledEpoch) {}
}
