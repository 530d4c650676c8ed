package dev.holdfast.service.supervision;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.protocol.InFlight;
import dev.holdfast.spi.Exit;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a monitor's death, read from what outlived it.
 *
 * @param pid of its process; 0 when it never had one
 * @param asked whether it was told to leave; then there is nothing to tell
 * @param ownDoing false when a signal from outside ended it
 * @param wasReady whether it had ever taken calls
 * @param cause of what kind it was
 * @param reason in words
 * @param calls in flight, from its state block, oldest first
 * @param evidence files that say more: its output, the JVM's crash report
 */
public record MonitorDeath(
    MonitorName name,
    long epoch,
    int pid,
    Exit exit,
    boolean asked,
    boolean ownDoing,
    boolean wasReady,
    DeathCause cause,
    String reason,
    List<InFlight> calls,
    List<Path> evidence,
    Instant time) {
  public MonitorDeath {
    calls = List.copyOf(calls);
    evidence = List.copyOf(evidence);
  }

  /**
   * The resource whose call is suspected: that which had been in flight longest. A signal from
   * outside blames nobody.
   *
   * @param state in which it is looked for: what the dead left behind is not to be trusted
   */
  public Optional<ResourceId> culprit(ClusterState state) {
    Optional<String> suspect =
        calls.stream().map(InFlight::resource).filter(resource -> !resource.isEmpty()).findFirst();
    return suspect
        .filter(_ -> ownDoing)
        .flatMap(
            text ->
                state.resources().keySet().stream()
                    .filter(id -> id.toString().equals(text))
                    .findFirst());
  }
}
