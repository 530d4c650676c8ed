package dev.holdfast.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with properties.
 *
 * @param property the property's name, spelled as declared, or as typed where there is no such one;
 *     null when it is about several
 * @param message a whole sentence for whoever typed it
 */
public record Problem(@Nullable String property, String message) {
  public Problem {
    Objects.requireNonNull(message, "message");
  }
}
