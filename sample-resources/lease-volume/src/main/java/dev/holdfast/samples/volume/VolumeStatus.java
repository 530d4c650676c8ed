package dev.holdfast.samples.volume;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the cloud says of a volume.
 *
 * @param fence the highest epoch that it has heard
 */
record VolumeStatus(
    long fence, long sizeBytes, List<String> snapshots, Optional<Attachment> attachment) {
  VolumeStatus {
    snapshots = List.copyOf(snapshots);
  }

  /** To whom it is attached. */
  record Attachment(String node, long epoch, String nonce) {}

  /** As the cloud writes it: a value a line. */
  static VolumeStatus of(Map<String, String> answer) {
    String node = answer.getOrDefault("node", "");
    String snapshots = answer.getOrDefault("snapshots", "");
    return new VolumeStatus(
        number(answer, "fence"),
        number(answer, "sizeBytes"),
        snapshots.isEmpty() ? List.of() : List.of(snapshots.split(" ")),
        node.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Attachment(node, number(answer, "epoch"), answer.getOrDefault("nonce", ""))));
  }

  private static long number(Map<String, String> answer, String name) {
    return Long.parseLong(answer.getOrDefault(name, "0"));
  }
}
