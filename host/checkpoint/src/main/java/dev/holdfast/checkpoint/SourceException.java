package dev.holdfast.checkpoint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source could not be read, written or watched. The message is a part of a sentence, without a
 * full stop: what was found, where.
 */
public final class SourceException extends Exception {
  private static final long serialVersionUID = 1;

  private final Obstacle obstacle;
  private final transient List<Holder> holders;

  public SourceException(Obstacle obstacle, String message) {
    this(obstacle, message, List.of(), null);
  }

  public SourceException(
      Obstacle obstacle, String message, List<Holder> holders, @Nullable Throwable cause) {
    super(message, cause);
    this.obstacle = obstacle;
    this.holders = List.copyOf(holders);
  }

  /** What stood in the way. */
  public Obstacle obstacle() {
    return obstacle;
  }

  /** Who held it, for {@link Obstacle#HANDLE_HELD}. */
  public List<Holder> holders() {
    return holders;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
