package dev.holdfast.checkpoint;

import java.io.IOException;
import java.util.List;

/**
 * What stood in the way of a save, a watch or a restore.
 *
 * @param message a part of a sentence, without a full stop
 * @param holders who held it, for {@link Obstacle#HANDLE_HELD}
 */
public record Trouble(Obstacle obstacle, String message, List<Holder> holders) {
  private static final String NO_SPACE = "No space left on device";

  public Trouble {
    holders = List.copyOf(holders);
  }

  public Trouble(Obstacle obstacle, String message) {
    this(obstacle, message, List.of());
  }

  static Trouble of(SourceException e) {
    return new Trouble(e.obstacle(), e.getMessage(), e.holders());
  }

  /** Of the place where generations are kept. */
  static Trouble ofStore(IOException e) {
    String message = String.valueOf(e.getMessage());
    return new Trouble(
        message.contains(NO_SPACE) ? Obstacle.NO_SPACE : Obstacle.IO,
        "where generations are kept: " + message);
  }

  @Override
  public String toString() {
    return obstacle + ": " + message;
  }
}
