package dev.holdfast.spi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The declaration of something that a resource can be asked to do beside its life: take a snapshot,
 * rotate a log. Part of the {@link Description}, so it is known, and what people type is checked,
 * while no monitor lives. Immutable; equal when all of it is.
 *
 * <pre>{@code
 * static final Property<String> NAME = Property.text("name").required().build();
 * static final Control SNAPSHOT =
 *     Control.of("Snapshot").parameters(NAME).help("Keeps the volume as it is now.").build();
 * }</pre>
 *
 * <p>MSCS: a control code of ResourceControl, a 32-bit number with two untyped buffers. Here it has
 * a name, and its parameters are declared as properties are.
 */
public final class Control {
  /** How long one may take unless it says otherwise. */
  public static final Duration DEFAULT_LIMIT = Duration.ofMinutes(1);

  /** The longest limit. */
  public static final Duration LIMIT_MAX = Duration.ofHours(1);

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9]{0,63}");

  private final String name;
  private final String help;
  private final Description parameters;
  private final boolean whileOffline;
  private final boolean readOnly;
  private final Duration limit;

  private Control(Builder builder) {
    this.name = builder.name;
    this.help = builder.help;
    this.whileOffline = builder.whileOffline;
    this.readOnly = builder.readOnly;
    this.limit = builder.limit;
    // Their grammar is that of properties, and so is the code that checks them.
    this.parameters =
        Description.of(builder.name).lives(Lives.IN_MONITOR).properties(builder.parameters).build();
  }

  /** Begins a declaration. */
  public static Builder of(String name) {
    return new Builder(name);
  }

  /** A letter, then letters and digits: {@code Snapshot}. Matched ignoring case. */
  public String name() {
    return name;
  }

  /** What it does, for people; may be empty. */
  public String help() {
    return help;
  }

  /** In the order of declaration. Their {@link Property#effect} means nothing here. */
  public List<Property<?>> parameters() {
    return parameters.properties();
  }

  /** Whether it may be sent while the resource is Offline or Failed; else it must be Online. */
  public boolean isWhileOffline() {
    return whileOffline;
  }

  /** Whether it leaves everything as it is. The host believes it, and writes no event. */
  public boolean isReadOnly() {
    return readOnly;
  }

  /** How long it may take. */
  public Duration limit() {
    return limit;
  }

  /**
   * Checks what was typed.
   *
   * @param text by name, as for {@link Properties#of}
   * @throws InvalidPropertiesException naming everything that is wrong
   */
  public Properties check(Map<String, List<String>> text) throws InvalidPropertiesException {
    return Properties.of(parameters, "parameter", text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Control control && control.parts().equals(parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return "Control" + parts();
  }

  private List<Object> parts() {
    return List.of(name, help, parameters(), whileOffline, readOnly, limit);
  }

  /** Throws an IllegalStateException for two of one name. */
  static List<Control> distinct(String type, List<Control> controls) {
    var names = new HashSet<String>();
    var twice = new ArrayList<String>();
    for (Control control : controls) {
      if (!names.add(control.name().toLowerCase(Locale.ROOT))) {
        twice.add(control.name());
      }
    }
    if (!twice.isEmpty()) {
      throw new IllegalStateException(
          "The type '"
              + type
              + "' cannot be described: these controls are declared twice: "
              + twice);
    }
    return List.copyOf(controls);
  }

  /** Builds a declaration. */
  public static final class Builder {
    private final String name;
    private String help = "";
    private List<Property<?>> parameters = List.of();
    private boolean whileOffline;
    private boolean readOnly;
    private Duration limit = DEFAULT_LIMIT;

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    /** What it does: a sentence for whoever sends it. */
    public Builder help(String sentence) {
      this.help = Objects.requireNonNull(sentence, "sentence");
      return this;
    }

    public Builder parameters(Property<?>... parameters) {
      return parameters(List.of(parameters));
    }

    public Builder parameters(List<Property<?>> parameters) {
      this.parameters = List.copyOf(parameters);
      return this;
    }

    /** It may also be sent while the resource is Offline or Failed. */
    public Builder whileOffline() {
      this.whileOffline = true;
      return this;
    }

    /** It changes nothing. */
    public Builder readOnly() {
      this.readOnly = true;
      return this;
    }

    /** How long it may take; {@link #DEFAULT_LIMIT} unless said otherwise. */
    public Builder limit(Duration limit) {
      this.limit = Objects.requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Finishes the declaration.
     *
     * @throws IllegalStateException when something is missing or contradicts itself
     */
    public Control build() {
      require(NAME.matcher(name).matches(), "a name is a letter, then letters and digits");
      require(
          !limit.isZero() && !limit.isNegative() && limit.compareTo(LIMIT_MAX) <= 0,
          "its limit is " + limit + "; it is longer than zero, and at most " + LIMIT_MAX);
      return new Control(this);
    }

    private void require(boolean holds, String sentence) {
      if (!holds) {
        throw new IllegalStateException(
            "The control '" + name + "' cannot be declared: " + sentence);
      }
    }
  }
}
