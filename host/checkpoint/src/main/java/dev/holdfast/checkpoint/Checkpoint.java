package dev.holdfast.checkpoint;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A checkpoint as it is written down.
 *
 * @param generations in the order of their numbers
 * @param current the number of the one that is restored before the next online
 * @param live on which node the resource may have changed the content since it was restored or
 *     saved last: from before an online until the save after it has ended; empty otherwise
 * @param unrestored the fingerprint of the live content when it could not be restored, while the
 *     resource runs on that; empty when it was restored
 * @param rollback whether the current generation was chosen by an operator: until it is restored,
 *     nothing takes its place
 * @param left what fingerprint each node was left with, by the node's name
 */
public record Checkpoint(
    CheckpointId id,
    Subject subject,
    CheckpointSettings settings,
    List<Generation> generations,
    long current,
    Optional<String> live,
    Optional<String> unrestored,
    boolean rollback,
    Map<String, String> left) {
  public Checkpoint {
    generations = List.copyOf(generations);
    left = Map.copyOf(left);
  }

  /**
   * Whether what the resource may have changed is to be found on that node. Each node has hives of
   * its own, and those where it did not run are older than what was saved last. Files are the
   * machine's, and nodes that share a directory with a lock are on one.
   */
  public boolean isLiveOn(String node) {
    return live.filter(
            where ->
                where.isEmpty()
                    || where.equalsIgnoreCase(node)
                    || subject.kind() == Subject.Kind.FILE)
        .isPresent();
  }

  /** The generation of that number, if it is kept. */
  public Optional<Generation> generation(long number) {
    return generations.stream().filter(each -> each.number() == number).findFirst();
  }

  /** The one that is restored before the next online. */
  public Generation currentGeneration() {
    return generation(current)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "checkpoint %s has no generation %d".formatted(id, current)));
  }

  /**
   * What can be restored, the best first: the current generation, then the older ones that once
   * were current, then those that came after it.
   */
  public Stream<Generation> candidates() {
    Comparator<Generation> newestFirst = Comparator.comparingLong(Generation::number).reversed();
    Generation best = currentGeneration();
    List<Generation> others =
        generations.stream()
            .filter(each -> each.number() != current && each.cause() != Cause.DRIFT)
            .sorted(newestFirst)
            .toList();
    return Stream.concat(
        Stream.of(best),
        Stream.concat(
            others.stream().filter(each -> each.number() < best.number()),
            others.stream().filter(each -> each.number() > best.number())));
  }

  /** The newest older generation with another content that was once current. */
  public Optional<Generation> before(Generation generation) {
    return generations.stream()
        .filter(each -> each.number() < generation.number())
        .filter(each -> each.cause() != Cause.DRIFT)
        .filter(each -> !each.fingerprint().equals(generation.fingerprint()))
        .reduce((_, last) -> last);
  }

  /** The number that the next generation gets. */
  long nextNumber() {
    return generations.getLast().number() + 1;
  }
}
