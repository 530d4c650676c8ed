package dev.holdfast.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The properties of one resource, checked against its type's description. Immutable.
 *
 * <p>Names are matched ignoring case and normalised to the declared spelling; values are normalised
 * to their canonical text. What was not given is not here: {@link #get} then answers with the
 * default, so that a better default of a newer type takes effect.
 */
public final class Properties {
  private final Description description;
  private final Map<String, List<String>> text;

  private Properties(Description description, Map<String, List<String>> text) {
    this.description = description;
    this.text = Collections.unmodifiableMap(text);
  }

  /**
   * Checks texts against a description.
   *
   * @param text what was typed or stored, by name
   * @throws InvalidPropertiesException naming everything that is wrong: unknown names (with the
   *     nearest known one), values, names given twice, required ones missing
   */
  public static Properties of(Description description, Map<String, List<String>> text)
      throws InvalidPropertiesException {
    return of(description, "property", text);
  }

  /**
   * The same for declarations that people call something else.
   *
   * @param noun what one of them is called
   */
  static Properties of(Description description, String noun, Map<String, List<String>> text)
      throws InvalidPropertiesException {
    var problems = new ArrayList<Problem>();
    var byName = new LinkedHashMap<String, List<String>>();
    text.forEach((name, value) -> add(description, noun, name, value, byName, problems));
    var ordered = new LinkedHashMap<String, List<String>>();
    for (Property<?> property : description.properties()) {
      List<String> value = byName.get(property.name());
      if (value != null) {
        ordered.put(property.name(), value);
      } else if (property.isRequired() && !isTold(problems, property)) {
        problems.add(
            new Problem(
                property.name(),
                property.name() + " is required and was not given." + helpOf(property)));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidPropertiesException(problems);
    }
    return new Properties(description, ordered);
  }

  private static void add(
      Description description,
      String noun,
      String name,
      List<String> value,
      Map<String, List<String>> byName,
      List<Problem> problems) {
    Optional<Property<?>> declared = description.property(name);
    if (declared.isEmpty()) {
      problems.add(new Problem(name, unknown(description, noun, name)));
      return;
    }
    Property<?> property = declared.get();
    try {
      if (byName.putIfAbsent(property.name(), canonical(property, value)) != null) {
        problems.add(
            new Problem(property.name(), property.name() + " was given twice; give it once."));
      }
    } catch (IllegalArgumentException e) {
      problems.add(new Problem(property.name(), String.valueOf(e.getMessage())));
    }
  }

  private static <T> List<String> canonical(Property<T> property, List<String> text) {
    return property.encode(property.decode(text));
  }

  private static boolean isTold(List<Problem> problems, Property<?> property) {
    return problems.stream().anyMatch(problem -> property.name().equals(problem.property()));
  }

  private static String helpOf(Property<?> property) {
    return property.help().isEmpty() ? "" : " It says: " + property.help();
  }

  private static String unknown(Description description, String noun, String name) {
    List<String> known = description.properties().stream().<String>map(Property::name).toList();
    String type = description.registeredName();
    return NearestName.to(name, known)
        .map(near -> "'%s' is no %s of %s; did you mean '%s'?".formatted(name, noun, type, near))
        .orElseGet(
            () ->
                known.isEmpty()
                    ? "'%s' is no %s of %s, which has none.".formatted(name, noun, type)
                    : "'%s' is no %s of %s; it has %s."
                        .formatted(name, noun, type, String.join(", ", known)));
  }

  /** The description these were checked against. */
  public Description description() {
    return description;
  }

  /**
   * The value, or the default where none was given.
   *
   * @throws NoSuchElementException when there is neither; then {@link #find} is what you want
   * @throws IllegalArgumentException when the type does not declare this property
   */
  public <T> T get(Property<T> property) {
    return find(property)
        .or(property::defaultValue)
        .orElseThrow(
            () ->
                new NoSuchElementException(
                    property.name() + " was not given and has no default; ask with find."));
  }

  /**
   * The value that was given; the default is not looked at.
   *
   * @throws IllegalArgumentException when the type does not declare this property
   */
  public <T> Optional<T> find(Property<T> property) {
    Property<?> declared =
        description
            .property(property.name())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        unknown(description, "property", property.name())));
    return Optional.ofNullable(text.get(declared.name())).map(property::decode);
  }

  /** What was given, as canonical text, in the order of declaration. Secrets are in it in clear. */
  public Map<String, List<String>> asText() {
    return text;
  }

  /** The same with every secret masked: what may be shown and logged. */
  public Map<String, List<String>> masked() {
    var masked = new LinkedHashMap<String, List<String>>();
    text.forEach((name, value) -> masked.put(name, isSecret(name) ? List.of(Secret.MASK) : value));
    return Collections.unmodifiableMap(masked);
  }

  private boolean isSecret(String name) {
    return description.property(name).filter(p -> p.kind() == Property.Kind.SECRET).isPresent();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Properties properties
        && properties.description.registeredName().equals(description.registeredName())
        && properties.text.equals(text);
  }

  @Override
  public int hashCode() {
    return 31 * description.registeredName().toLowerCase(Locale.ROOT).hashCode() + text.hashCode();
  }

  /** With secrets masked. */
  @Override
  public String toString() {
    return masked().toString();
  }
}
