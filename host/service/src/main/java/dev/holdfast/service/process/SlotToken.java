package dev.holdfast.service.process;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The secret that the environment of a slot's process carries, and that of whatever it starts: by
 * it a process is found whose identity was never written down. It is a hint among others; a program
 * may clear or overwrite its environment.
 *
 * <p>It says whose it is, {@code RESOURCE:RANDOM:SLOT}, so that a process is found also by a
 * database that is older than the process. Tokens of before that are random alone; so is one of a
 * slot whose name has other characters.
 *
 * @param value 8 to 128 letters, digits, dashes, underscores, dots or colons
 */
public record SlotToken(String value) {
  /** The environment variable that carries it. */
  public static final String VARIABLE = "HOLDFAST_SLOT";

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.:-]{8,128}");

  private static final Pattern OWNED =
      Pattern.compile("([0-9a-f-]{36}):[0-9a-f-]{36}:([A-Za-z0-9_.-]{1,54})");

  /**
   * Whose process it is.
   *
   * @param resource the resource's id
   */
  public record Owner(UUID resource, String slot) {}

  /** A new token for a slot. */
  public static SlotToken of(UUID resource, String slot, UUID random) {
    String owned = resource + ":" + random + ":" + slot;
    return new SlotToken(OWNED.matcher(owned).matches() ? owned : random.toString());
  }

  /** Whose process it is, if the token says so. */
  public Optional<Owner> owner() {
    Matcher owned = OWNED.matcher(value);
    try {
      return owned.matches()
          ? Optional.of(new Owner(UUID.fromString(owned.group(1)), owned.group(2)))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Dashes, and no UUID: anybody may write an environment.
    }
  }

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
