package dev.holdfast.service.checkpoint;

import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.checkpoint.Sources;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.service.api.Rehearsal;
import dev.holdfast.service.api.ValidationView;
import dev.holdfast.service.chronicle.CheckpointAdvice;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether checkpoints could be restored on this node, whoever keeps their records: before a
 * failover is the time to find that a key there is held, or does not grant what a restore takes.
 */
public final class Rehearser {
  private final Sources sources;
  private final String node;

  /**
   * @param sources what checkpoints are of on this node
   */
  public Rehearser(Sources sources, String node) {
    this.sources = sources;
    this.node = node;
  }

  /** Looks at each; changes nothing. */
  public List<ValidationView> rehearse(List<Rehearsal> wanted) {
    return wanted.stream().map(this::rehearse).toList();
  }

  private ValidationView rehearse(Rehearsal wanted) {
    try {
      Subject subject = Subject.parse(wanted.of(), wanted.excludes());
      try {
        sources.of(subject).rehearse(Path.of(wanted.blob()));
        return view(wanted, null, null, null);
      } catch (SourceException e) {
        return view(
            wanted,
            e.obstacle(),
            e.getMessage(),
            CheckpointAdvice.of(subject, wanted.checkpoint(), wanted.resource(), e.obstacle()));
      }
    } catch (IllegalArgumentException e) {
      return view(wanted, Obstacle.UNSUPPORTED, String.valueOf(e.getMessage()), null);
    }
  }

  private ValidationView view(
      Rehearsal wanted,
      @Nullable Obstacle obstacle,
      @Nullable String problem,
      @Nullable String next) {
    return new ValidationView(
        "checkpoints",
        wanted.object(),
        node,
        obstacle == null,
        obstacle == null ? null : obstacle.toString(),
        problem,
        next);
  }
}
