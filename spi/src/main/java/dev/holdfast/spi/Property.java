package dev.holdfast.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one property of a resource type: a typed constant, so that a misspelt name
 * does not compile. Immutable.
 *
 * <pre>{@code
 * static final Property<Integer> PORT =
 *     Property.integer("Port").range(1, 65535).defaultsTo(6379).help("TCP port").build();
 * }</pre>
 *
 * <p><b>Text form.</b> A value has one canonical text, a list of strings: exactly one of them,
 * except for a list. That is what the registry and the wire carry; {@link #decode} reads it, and
 * also what people type, {@link #encode} writes it. {@code encode(decode(text))} is the canonical
 * text of what was typed.
 *
 * <p>Two declarations are equal when everything that is stored of them is; {@link Builder#check} is
 * code, stays with the type, and does not count.
 *
 * @param <T> the type of its values
 */
public final class Property<T> {
  /** How long one text may be, in chars. */
  public static final int TEXT_CHARS_MAX = 65_536;

  /** How many items a list may have. */
  public static final int LIST_ITEMS_MAX = 4_096;

  /** The longest duration: a hundred years of 365 days. */
  public static final Duration DURATION_MAX = Duration.ofDays(36_500);

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,127}");

  /** What kind of value it is. */
  public enum Kind {
    /** Any text without NUL. */
    TEXT,
    /** A whole number, 32 bits. */
    INTEGER,
    /** {@code 30s}, {@code 500ms}, {@code 5m}, or ISO-8601; not negative. */
    DURATION,
    /** {@code 64MiB}; in Java a number of bytes. */
    SIZE,
    /** An absolute path, normalised; nobody looks whether it exists. */
    PATH,
    /** Any number of texts. */
    LIST,
    /** One of a few words, matched ignoring case. */
    CHOICE,
    /** A text that is never shown. */
    SECRET
  }

  /** When a change takes effect. */
  public enum Effect {
    /** When the resource is brought online next. */
    NEXT_ONLINE,
    /** At once, also while the resource is Online: {@link Resource#changed} is called. */
    LIVE,
    /** Never: it is fixed when the resource is created. */
    FIXED
  }

  private final String name;
  private final Kind kind;
  private final Grammar<T> grammar;
  private final boolean required;
  private final @Nullable T defaultValue;
  private final @Nullable T minimum;
  private final @Nullable T maximum;
  private final List<String> choices;
  private final List<Check<T>> checks;
  private final String help;
  private final Effect effect;
  private final String since;

  private record Check<T>(Predicate<? super T> holds, String otherwise) {}

  private Property(Builder<T> builder) {
    this.name = builder.name;
    this.kind = builder.kind;
    this.grammar = builder.grammar;
    this.required = builder.required;
    this.minimum = builder.minimum;
    this.maximum = builder.maximum;
    this.choices = List.copyOf(builder.choices);
    this.checks = List.copyOf(builder.checks);
    this.help = builder.help;
    this.effect = builder.effect;
    this.since = builder.since;
    List<String> text = builder.defaultText;
    this.defaultValue = text == null ? null : decode(text);
  }

  public static Builder<String> text(String name) {
    return new Builder<>(name, Kind.TEXT, Grammar.TEXT);
  }

  public static Builder<Integer> integer(String name) {
    return new Builder<>(name, Kind.INTEGER, Grammar.INTEGER);
  }

  public static Builder<Duration> duration(String name) {
    return new Builder<>(name, Kind.DURATION, Grammar.DURATION);
  }

  /** A size in bytes. */
  public static Builder<Long> size(String name) {
    return new Builder<>(name, Kind.SIZE, Grammar.SIZE);
  }

  public static Builder<Path> path(String name) {
    return new Builder<>(name, Kind.PATH, Grammar.PATH);
  }

  public static Builder<List<String>> list(String name) {
    return new Builder<>(name, Kind.LIST, Grammar.LIST);
  }

  /** One of the words given by {@link Builder#oneOf}. */
  public static Builder<String> choice(String name) {
    return new Builder<>(name, Kind.CHOICE, Grammar.TEXT);
  }

  public static Builder<Secret> secret(String name) {
    return new Builder<>(name, Kind.SECRET, Grammar.SECRET);
  }

  /** A declaration of this kind, for whoever reads declarations back. */
  public static Builder<?> of(Kind kind, String name) {
    return switch (kind) {
      case TEXT -> text(name);
      case INTEGER -> integer(name);
      case DURATION -> duration(name);
      case SIZE -> size(name);
      case PATH -> path(name);
      case LIST -> list(name);
      case CHOICE -> choice(name);
      case SECRET -> secret(name);
    };
  }

  /** As MSCS spelled its own: {@code CommandLine}. Matched ignoring case. */
  public String name() {
    return name;
  }

  public Kind kind() {
    return kind;
  }

  public boolean isRequired() {
    return required;
  }

  /** The value where none is given. */
  public Optional<T> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  /** The canonical text of {@link #defaultValue}. */
  public Optional<List<String>> defaultText() {
    return defaultValue().map(this::encode);
  }

  /** The canonical text of the smallest value allowed. */
  public Optional<String> minimumText() {
    return Optional.ofNullable(minimum).map(value -> encode(value).get(0));
  }

  /** The canonical text of the largest value allowed. */
  public Optional<String> maximumText() {
    return Optional.ofNullable(maximum).map(value -> encode(value).get(0));
  }

  /** The words of a choice, as declared; empty for every other kind. */
  public List<String> choices() {
    return choices;
  }

  /** What it is for, for people; may be empty. */
  public String help() {
    return help;
  }

  public Effect effect() {
    return effect;
  }

  /** The version of the type that first had it; may be empty. */
  public String since() {
    return since;
  }

  /**
   * Reads a value.
   *
   * @param text one string, or for a list any number
   * @throws IllegalArgumentException with a whole sentence for whoever typed it; it does not repeat
   *     a secret
   */
  public T decode(List<String> text) {
    requireForm(text);
    T value;
    try {
      value = grammar.decode(kind == Kind.CHOICE ? List.of(requireChoice(text.get(0))) : text);
    } catch (IllegalArgumentException e) {
      throw refused(shown(text), e.getMessage() + ".", e);
    }
    requireRange(value, text);
    for (Check<T> check : checks) {
      if (!check.holds.test(value)) {
        throw refused(shown(text), check.otherwise, null);
      }
    }
    return value;
  }

  /**
   * Writes a value's canonical text. A secret is written as it is: mask what you show.
   *
   * @return one string, or for a list as many as it has items; immutable
   */
  public List<String> encode(T value) {
    return grammar.encode(value);
  }

  private void requireForm(List<String> text) {
    if (!grammar.isMany() && text.size() != 1) {
      throw new IllegalArgumentException(
          name + " takes one value; it was given " + text.size() + ".");
    }
    if (text.size() > LIST_ITEMS_MAX) {
      throw new IllegalArgumentException(
          name + " takes at most " + LIST_ITEMS_MAX + " items; it was given " + text.size() + ".");
    }
    for (String item : text) {
      if (item.length() > TEXT_CHARS_MAX) {
        throw new IllegalArgumentException(
            name + " is longer than " + TEXT_CHARS_MAX + " characters; shorten it.");
      }
      if (item.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(name + " holds a NUL, which no program can be given.");
      }
    }
    if (required && text.stream().allMatch(String::isBlank)) {
      throw new IllegalArgumentException(name + " is required; it cannot be empty.");
    }
  }

  private void requireRange(T value, List<String> text) {
    Comparator<T> order = grammar.order();
    if (order == null) {
      return;
    }
    if (minimum != null && order.compare(value, minimum) < 0) {
      throw refused(shown(text), "it must be at least " + encode(minimum).get(0) + ".", null);
    }
    if (maximum != null && order.compare(value, maximum) > 0) {
      throw refused(shown(text), "it must be at most " + encode(maximum).get(0) + ".", null);
    }
  }

  private String requireChoice(String word) {
    for (String choice : choices) {
      if (choice.equalsIgnoreCase(word.strip())) {
        return choice;
      }
    }
    throw new IllegalArgumentException(
        NearestName.to(word, choices).map(near -> "did you mean '" + near + "'? ").orElse("")
            + "It is one of "
            + String.join(", ", choices));
  }

  private String shown(List<String> text) {
    return kind == Kind.SECRET ? Secret.MASK : "'" + String.join("', '", text) + "'";
  }

  private IllegalArgumentException refused(
      String shown, String because, @Nullable Throwable cause) {
    return new IllegalArgumentException(name + " is " + shown + ": " + because, cause);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Property<?> property && property.declared().equals(declared());
  }

  @Override
  public int hashCode() {
    return declared().hashCode();
  }

  /** The declaration, for people. */
  @Override
  public String toString() {
    return name + " " + declared().subList(1, declared().size());
  }

  private List<Object> declared() {
    return List.of(
        name,
        kind,
        required,
        defaultText(),
        minimumText(),
        maximumText(),
        choices,
        help,
        effect,
        since);
  }

  /**
   * Builds a declaration. What contradicts itself (a range on a text, a default out of its own
   * range) is the author's mistake and throws an IllegalStateException from {@link #build}.
   *
   * @param <T> the type of its values
   */
  public static final class Builder<T> {
    private final String name;
    private final Kind kind;
    private final Grammar<T> grammar;
    private boolean required;
    private @Nullable List<String> defaultText;
    private @Nullable T minimum;
    private @Nullable T maximum;
    private List<String> choices = List.of();
    private final List<Check<T>> checks = new ArrayList<>();
    private String help = "";
    private Effect effect = Effect.NEXT_ONLINE;
    private String since = "";

    private Builder(String name, Kind kind, Grammar<T> grammar) {
      this.name = Objects.requireNonNull(name, "name");
      this.kind = kind;
      this.grammar = grammar;
    }

    /** A resource cannot be created without it, nor with an empty text. */
    public Builder<T> required() {
      this.required = true;
      return this;
    }

    /** The value where none is given. */
    public Builder<T> defaultsTo(T value) {
      return defaultsToText(grammar.encode(value));
    }

    /** The value where none is given, as text. */
    public Builder<T> defaultsToText(List<String> text) {
      this.defaultText = List.copyOf(text);
      return this;
    }

    /** The smallest and the largest value allowed, both included. */
    public Builder<T> range(T minimum, T maximum) {
      this.minimum = minimum;
      this.maximum = maximum;
      return this;
    }

    /** The smallest value allowed. */
    public Builder<T> atLeast(T minimum) {
      this.minimum = minimum;
      return this;
    }

    /** The largest value allowed. */
    public Builder<T> atMost(T maximum) {
      this.maximum = maximum;
      return this;
    }

    /** The smallest value allowed, as text. */
    public Builder<T> atLeastText(String minimum) {
      return atLeast(grammar.decode(List.of(minimum)));
    }

    /** The largest value allowed, as text. */
    public Builder<T> atMostText(String maximum) {
      return atMost(grammar.decode(List.of(maximum)));
    }

    /** The words of a choice. */
    public Builder<T> oneOf(String... words) {
      return oneOf(List.of(words));
    }

    /** The words of a choice. */
    public Builder<T> oneOf(List<String> words) {
      this.choices = List.copyOf(words);
      return this;
    }

    /**
     * One more condition. Pure, like {@link ResourceType#validate}; asked in a monitor only.
     *
     * @param holds whether the value is right
     * @param otherwise the sentence when it is not; it follows "Port is '0': "
     */
    public Builder<T> check(Predicate<? super T> holds, String otherwise) {
      checks.add(new Check<>(holds, otherwise));
      return this;
    }

    /** What it is for: a sentence for whoever sets it. */
    public Builder<T> help(String sentence) {
      this.help = sentence;
      return this;
    }

    /** When a change takes effect; {@link Effect#NEXT_ONLINE} unless said otherwise. */
    public Builder<T> effect(Effect effect) {
      this.effect = effect;
      return this;
    }

    /** The version of the type that first had it. */
    public Builder<T> since(String version) {
      this.since = version;
      return this;
    }

    /**
     * Finishes the declaration.
     *
     * @throws IllegalStateException when the declaration contradicts itself
     */
    public Property<T> build() {
      require(NAME.matcher(name).matches(), "a name is a letter, then letters, digits and _");
      require(!required || defaultText == null, "what is required needs no default");
      require(kind != Kind.SECRET || defaultText == null, "a secret has no default");
      require(
          (kind == Kind.CHOICE) == !choices.isEmpty(), "oneOf belongs to a choice, and only there");
      Comparator<T> order = grammar.order();
      require(order != null || (minimum == null && maximum == null), "its kind has no range");
      if (order != null && minimum != null && maximum != null) {
        require(order.compare(minimum, maximum) <= 0, "its range is empty");
      }
      try {
        return new Property<>(this);
      } catch (IllegalArgumentException e) {
        throw new IllegalStateException("The default of property " + name + " is wrong.", e);
      }
    }

    private void require(boolean holds, String sentence) {
      if (!holds) {
        throw new IllegalStateException(
            "The property '" + name + "' cannot be declared: " + sentence);
      }
    }
  }
}
