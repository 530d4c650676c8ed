package dev.holdfast.spi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a resource type is, as data: stored in the type's registration, so that everything here is
 * known while no monitor lives. Immutable; equal when all of it is.
 *
 * <p>MSCS kept name, DLL and poll intervals of a type in the cluster database, and asked the DLL
 * for the rest; Q242398 tells what a list of types looked like when that DLL's monitor was gone.
 */
public final class Description {
  /** How long a registered name may be, in chars. */
  public static final int NAME_CHARS_MAX = 255;

  private final String registeredName;
  private final String displayName;
  private final int revision;
  private final Lives lives;
  private final boolean exclusive;
  private final List<Property<?>> properties;
  private final List<String> requires;
  private final Timings timings;
  private final List<Control> controls;

  private Description(Builder builder, Lives lives) {
    this.registeredName = builder.registeredName;
    this.displayName = builder.displayName;
    this.revision = builder.revision;
    this.lives = lives;
    this.exclusive = builder.exclusive;
    this.properties = List.copyOf(builder.properties);
    this.requires = List.copyOf(builder.requires);
    this.timings = builder.timings;
    this.controls = builder.controls;
  }

  /** Begins the description of the type that is registered under this name. */
  public static Builder of(String registeredName) {
    return new Builder(registeredName);
  }

  /** The type's identity in a cluster: {@code Generic Application}. Compared ignoring case. */
  public String registeredName() {
    return registeredName;
  }

  /** Whether it is a {@link ResourceTypeFamily}, and no type itself. */
  public boolean isFamily() {
    return registeredName.endsWith(ResourceTypeFamily.SUFFIX);
  }

  /** Whether a type of this name would be a member of this family. */
  public boolean isFamilyOf(String name) {
    int begin = registeredName.length() - ResourceTypeFamily.SUFFIX.length();
    return isFamily()
        && name.length() > begin
        && !name.endsWith(ResourceTypeFamily.SUFFIX)
        && name.regionMatches(true, 0, registeredName, 0, begin);
  }

  /** What people see; the registered name unless said otherwise. */
  public String displayName() {
    return displayName;
  }

  /** Counts changes of this description; 1 upward. */
  public int revision() {
    return revision;
  }

  public Lives lives() {
    return lives;
  }

  /** Whether a node holds at most one resource of this type. */
  public boolean isExclusive() {
    return exclusive;
  }

  /** In the order of declaration. */
  public List<Property<?>> properties() {
    return properties;
  }

  /** The property of this name, ignoring case. */
  public Optional<Property<?>> property(String name) {
    for (Property<?> property : properties) {
      if (property.name().equalsIgnoreCase(name)) {
        return Optional.of(property);
      }
    }
    return Optional.empty();
  }

  /** The registered names of types, of each of which a resource must be depended on. */
  public List<String> requires() {
    return requires;
  }

  public Timings timings() {
    return timings;
  }

  /** What resources of the type can be asked to do, in the order of declaration. */
  public List<Control> controls() {
    return controls;
  }

  /** The control of this name, ignoring case. */
  public Optional<Control> control(String name) {
    return controls.stream().filter(each -> each.name().equalsIgnoreCase(name)).findFirst();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Description description && description.parts().equals(parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return "Description" + parts();
  }

  private List<Object> parts() {
    return List.of(
        registeredName,
        displayName,
        revision,
        lives,
        exclusive,
        properties,
        requires,
        timings,
        controls);
  }

  /** Builds a description; {@link #lives} is the one thing that must be said. */
  public static final class Builder {
    private final String registeredName;
    private String displayName;
    private int revision = 1;
    private @Nullable Lives lives;
    private boolean exclusive;
    private List<Property<?>> properties = List.of();
    private List<String> requires = List.of();
    private Timings timings = Timings.DEFAULT;
    private List<Control> controls = List.of();

    private Builder(String registeredName) {
      this.registeredName = Objects.requireNonNull(registeredName, "registeredName");
      this.displayName = registeredName;
    }

    public Builder displayName(String name) {
      this.displayName = Objects.requireNonNull(name, "name");
      return this;
    }

    public Builder revision(int revision) {
      this.revision = revision;
      return this;
    }

    public Builder lives(Lives lives) {
      this.lives = lives;
      return this;
    }

    /** At most one resource of this type on a node. */
    public Builder exclusive() {
      this.exclusive = true;
      return this;
    }

    public Builder properties(Property<?>... properties) {
      return properties(List.of(properties));
    }

    public Builder properties(List<Property<?>> properties) {
      this.properties = List.copyOf(properties);
      return this;
    }

    public Builder requires(String... types) {
      this.requires = List.of(types);
      return this;
    }

    public Builder timings(Timings timings) {
      this.timings = Objects.requireNonNull(timings, "timings");
      return this;
    }

    public Builder controls(Control... controls) {
      return controls(List.of(controls));
    }

    public Builder controls(List<Control> controls) {
      this.controls = List.copyOf(controls);
      return this;
    }

    /**
     * Finishes the declaration.
     *
     * @throws IllegalStateException when something is missing or contradicts itself: the author's
     *     mistake, named
     */
    public Description build() {
      requireName(registeredName);
      requires.forEach(this::requireName);
      require(!displayName.isBlank(), "its display name is empty");
      require(revision >= 1, "its revision is " + revision + ", and they begin with 1");
      require(
          timings.onlineLimit().compareTo(timings.pending()) >= 0,
          "its onlineLimit " + timings.onlineLimit() + " is below pending " + timings.pending());
      var names = new HashSet<String>();
      var twice = new ArrayList<String>();
      for (Property<?> property : properties) {
        if (!names.add(property.name().toLowerCase(Locale.ROOT))) {
          twice.add(property.name());
        }
      }
      require(twice.isEmpty(), "these properties are declared twice: " + twice);
      controls = Control.distinct(registeredName, controls);
      Lives where = lives;
      if (where == null) {
        throw new IllegalStateException(
            "The type '" + registeredName + "' does not say where it lives; there is no default.");
      }
      return new Description(this, where);
    }

    private void requireName(String name) {
      require(
          !name.isBlank() && name.equals(name.strip()) && name.length() <= NAME_CHARS_MAX,
          "'"
              + name
              + "' is not 1 to "
              + NAME_CHARS_MAX
              + " characters without blanks around them");
      require(
          !name.startsWith("-") && name.chars().noneMatch(c -> "/\\".indexOf(c) >= 0 || c < ' '),
          "'" + name + "' begins with '-' or holds one of / \\ or a control character");
      int star = name.indexOf(ResourceTypeFamily.SUFFIX);
      require(
          star < 0 || (star > 0 && star == name.length() - 1),
          "'" + name + "' has a * that does not end the name of a family");
    }

    private void require(boolean holds, String sentence) {
      if (!holds) {
        throw new IllegalStateException(
            "The type '" + registeredName + "' cannot be described: " + sentence);
      }
    }
  }
}
