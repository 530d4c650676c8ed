package dev.holdfast.service.record;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.FailureWindow;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.Phase.After;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.OfflineReason;
import dev.holdfast.spi.Timings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What of a resource's run-time state outlives the service: {@code Resources\ID\Instance}.
 * Deadlines do not: whoever reads it back sets his own.
 */
record Remembered(
    long epoch,
    Kind phase,
    int state,
    Instant since,
    boolean thenFailed,
    String why,
    Optional<Instant> retryAt,
    String reason,
    FailureWindow failures,
    long restarts,
    long adoptions,
    Optional<Exit> lastExit,
    boolean takenOver,
    Optional<Map<String, List<String>>> inEffect) {

  /** The key of what is in effect where that is not what is configured; else it is not there. */
  private static final String IN_EFFECT = "InEffect";

  /** What it was, in words that stay. */
  enum Kind {
    OFFLINE,
    ONLINE,
    FAILED,
    GOING_ONLINE,
    GOING_OFFLINE,
    TERMINATING
  }

  static Remembered of(ClusterResource resource) {
    Phase.Memory memory = memory(resource.phase());
    Kind kind =
        switch (memory) {
          case Phase.Offline _ -> Kind.OFFLINE;
          case Phase.Online _ -> Kind.ONLINE;
          case Phase.Failed _ -> Kind.FAILED;
          case Phase.GoingOnline _ -> Kind.GOING_ONLINE;
          case Phase.GoingOffline _ -> Kind.GOING_OFFLINE;
          case Phase.Terminating _ -> Kind.TERMINATING;
        };
    Optional<After.BecomeFailed> failure = failure(memory);
    return new Remembered(
        resource.epoch(),
        kind,
        memory.state().code(),
        resource.since(),
        failure.isPresent(),
        failure.map(After.BecomeFailed::why).orElse(""),
        failure.flatMap(After.BecomeFailed::retryAt),
        memory instanceof Phase.GoingOffline going ? going.reason().name() : "",
        resource.failures(),
        resource.restarts(),
        resource.adoptions(),
        resource.lastExit(),
        resource.takenOver(),
        resource.inEffect());
  }

  private static Optional<After.BecomeFailed> failure(Phase.Memory memory) {
    After after =
        switch (memory) {
          case Phase.Failed(String why, Optional<Instant> retryAt) ->
              new After.BecomeFailed(why, retryAt);
          case Phase.GoingOffline(_, After then, _) -> then;
          case Phase.Terminating(After then, _, _) -> then;
          case Phase.Offline _ -> new After.BecomeOffline();
          case Phase.Online _ -> new After.BecomeOffline();
          case Phase.GoingOnline _ -> new After.BecomeOffline();
        };
    return after instanceof After.BecomeFailed failed ? Optional.of(failed) : Optional.empty();
  }

  private static Phase.Memory memory(Phase phase) {
    return switch (phase) {
      case Phase.Memory memory -> memory;
      case Phase.Closed(Phase.Memory memory, _) -> memory;
      case Phase.Opening(Phase.Memory memory, _) -> memory;
      case Phase.Finding(Phase.Memory memory, _, _) -> memory;
      case Phase.Asking(Phase.Memory memory, _, _) -> memory;
      case Phase.Checking _, Phase.Adopting _ -> new Phase.Offline();
      case Phase.Changing(_, _, _, Instant until) -> new Phase.Online(until);
      case Phase.Settling(_, Instant until) -> new Phase.GoingOnline(until, until);
      case Phase.Verifying(After after, int attempt, Instant until) ->
          new Phase.Terminating(after, attempt, until);
    };
  }

  /**
   * One of the values that are written.
   *
   * @param of what it says, compared before it is made a value: a step of a thousand resources
   *     changes one number of each
   */
  private record Field(
      Function<Remembered, Object> of, Function<Remembered, RegistryValue> value) {}

  private static final List<Field> FIELDS =
      List.of(
          new Field(Remembered::epoch, r -> RegistryValue.qword("Epoch", r.epoch)),
          new Field(Remembered::phase, r -> RegistryValue.sz("Phase", r.phase.name())),
          new Field(Remembered::state, r -> RegistryValue.dword("State", r.state)),
          new Field(Remembered::since, r -> RegistryValue.sz("Since", r.since.toString())),
          new Field(
              Remembered::thenFailed, r -> RegistryValue.dword("ThenFailed", r.thenFailed ? 1 : 0)),
          new Field(Remembered::why, r -> RegistryValue.sz("Why", r.why)),
          new Field(
              Remembered::retryAt,
              r -> RegistryValue.sz("RetryAt", r.retryAt.map(Instant::toString).orElse(""))),
          new Field(Remembered::reason, r -> RegistryValue.sz("Reason", r.reason)),
          new Field(
              Remembered::failures,
              r ->
                  RegistryValue.multiSz(
                      "Failures", r.failures.failures().stream().map(Instant::toString).toList())),
          new Field(Remembered::restarts, r -> RegistryValue.qword("Restarts", r.restarts)),
          new Field(Remembered::adoptions, r -> RegistryValue.qword("Adoptions", r.adoptions)),
          new Field(
              Remembered::lastExit,
              r -> RegistryValue.sz("LastExit", r.lastExit.map(ExitText::of).orElse(""))),
          new Field(
              Remembered::takenOver, r -> RegistryValue.dword("TakenOver", r.takenOver ? 1 : 0)));

  /** Writes all of it, where nothing is. */
  void write(Batch.Builder batch, KeyPath key) {
    batch.createKey(key);
    FIELDS.forEach(field -> batch.set(key, field.value().apply(this)));
    batch.deleteTree(key.child(IN_EFFECT)); // Another node's, which has lost its life.
    writeInEffect(batch, key);
  }

  private void writeInEffect(Batch.Builder batch, KeyPath key) {
    inEffect.ifPresent(
        properties -> ResourceKeys.writeProperties(batch, key.child(IN_EFFECT), properties));
  }

  /** Writes what differs from what is written down already. */
  void writeOver(Batch.Builder batch, KeyPath key, Remembered written) {
    for (Field field : FIELDS) {
      if (!field.of().apply(this).equals(field.of().apply(written))) {
        batch.set(key, field.value().apply(this));
      }
    }
    if (!inEffect.equals(written.inEffect)) {
      if (written.inEffect.isPresent()) {
        batch.deleteTree(key.child(IN_EFFECT));
      }
      writeInEffect(batch, key);
    }
  }

  /**
   * A resource as it was, without a monitor since {@code now}.
   *
   * @param lost why what it was does not count; then it is Offline, and comes online if it is
   *     wanted: what ended with another node, or before a restore, is no failure of its own
   */
  static ClusterResource read(
      RegistryKey resource,
      ResourceConfig config,
      Optional<TypeRegistration> type,
      Instant now,
      Optional<String> lost) {
    var description = type.map(registration -> registration.version().description());
    ClusterResource created =
        ClusterResource.created(
            config,
            description.map(d -> d.lives()).orElse(Lives.ON_NODE),
            description.map(d -> d.timings()).orElse(Timings.DEFAULT),
            now);
    Optional<RegistryKey> instance = resource.subkey("Instance");
    if (instance.isEmpty()) {
      return created;
    }
    RegistryKey key = instance.get();
    Instant since = Instant.parse(Values.text(key, "Since"));
    List<Instant> failures = Values.texts(key, "Failures").stream().map(Instant::parse).toList();
    String why = lost.orElseGet(() -> Values.text(key, "Why"));
    var draft = created.edit();
    if (lost.isEmpty()) {
      key.subkey(IN_EFFECT).map(ResourceKeys::readProperties).ifPresent(draft::goingOnWith);
    }
    return draft
        .remembered(
            Values.number(key, "Epoch", 0),
            lost.isPresent() ? new Phase.Offline() : memory(key, now),
            why,
            lost.isPresent() ? now : since,
            Optional.of(now))
        .counted(
            new FailureWindow(failures),
            Values.number(key, "Restarts", 0),
            Values.number(key, "Adoptions", 0),
            Values.findText(key, "LastExit").filter(t -> !t.isEmpty()).map(ExitText::parse))
        .takenOver(lost.isEmpty() && Values.number(key, "TakenOver", 0) == 1)
        .done();
  }

  private static Phase.Memory memory(RegistryKey key, Instant now) {
    String why = Values.text(key, "Why");
    Optional<Instant> retryAt =
        Values.findText(key, "RetryAt").filter(text -> !text.isEmpty()).map(Instant::parse);
    After after =
        Values.number(key, "ThenFailed", 0) == 1
            ? new After.BecomeFailed(why, retryAt)
            : new After.BecomeOffline();
    return switch (Kind.valueOf(Values.text(key, "Phase"))) {
      case OFFLINE -> new Phase.Offline();
      case ONLINE -> new Phase.Online(now);
      case FAILED -> new Phase.Failed(why, retryAt);
      case GOING_ONLINE -> new Phase.GoingOnline(now, now);
      case GOING_OFFLINE ->
          new Phase.GoingOffline(OfflineReason.valueOf(Values.text(key, "Reason")), after, now);
      case TERMINATING -> new Phase.Terminating(after, 1, now);
    };
  }
}
