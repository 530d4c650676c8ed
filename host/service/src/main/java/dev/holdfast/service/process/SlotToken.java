package dev.holdfast.service.process;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The secret that the environment of a slot's process carries, and that of whatever it starts: by
 * it a process is found whose identity was never written down. It is a hint among others; a program
 * may clear or overwrite its environment.
 *
 * @param value 8 to 128 letters, digits, dashes, underscores, dots or colons
 */
public record SlotToken(String value) {
  /** The environment variable that carries it. */
  public static final String VARIABLE = "HOLDFAST_SLOT";

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.:-]{8,128}");

  public SlotToken {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "A slot token is 8 to 128 letters, digits, '-', '_', '.' or ':', this one is '"
              + value
              + "'");
    }
  }

  /** The token of this text, which anybody may have written; empty when it is none. */
  static Optional<SlotToken> find(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new SlotToken(text)) : Optional.empty();
  }
}
