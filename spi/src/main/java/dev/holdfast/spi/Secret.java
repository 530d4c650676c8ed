package dev.holdfast.spi;

import java.util.Objects;

/** A text that must not be shown: its {@link #toString} is a mask. Immutable. */
public final class Secret {
  /** What is shown in a secret's place. */
  public static final String MASK = "******";

  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  public static Secret of(String text) {
    return new Secret(Objects.requireNonNull(text, "text"));
  }

  /** The secret itself, to be handed on and not kept. */
  public String reveal() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Always the same mask, whatever the secret and its length. */
  @Override
  public String toString() {
    return MASK;
  }
}
