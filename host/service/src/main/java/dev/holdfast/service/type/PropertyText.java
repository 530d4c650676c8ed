package dev.holdfast.service.type;

import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.NearestName;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.InvalidPropertiesException;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Properties as an operator typed them, sorted into common and private ones and checked against
 * their declarations. All or nothing.
 */
public final class PropertyText {
  private final String resource;
  private final Description description;

  /**
   * What a resource's properties become.
   *
   * @param declared those of its type
   * @param undeclared what an earlier version of the type had: kept, so that it is there when that
   *     version comes back
   */
  public record Checked(
      CommonProperties common,
      Map<String, List<String>> declared,
      Map<String, List<String>> undeclared) {
    /** All that are the resource's own. */
    public Map<String, List<String>> properties() {
      var all = new LinkedHashMap<>(undeclared);
      all.putAll(declared);
      return all;
    }
  }

  public PropertyText(String resource, Description description) {
    this.resource = resource;
    this.description = description;
  }

  /**
   * The properties with changes.
   *
   * @param creating whether properties that cannot be changed later may be set
   * @throws ApiException.Invalid something is wrong; its message names the first thing
   */
  public Checked apply(
      CommonProperties common,
      Map<String, List<String>> current,
      Map<String, List<String>> changes,
      boolean privateOnly,
      boolean creating) {
    CommonProperties newCommon = common;
    var declared = new LinkedHashMap<String, List<String>>();
    var undeclared = new LinkedHashMap<String, List<String>>();
    current.forEach(
        (name, text) ->
            description
                .property(name)
                .ifPresentOrElse(
                    property -> declared.put(property.name(), text),
                    () -> undeclared.put(name, text)));
    List<Problem> problems = new ArrayList<>();
    Set<String> given = new HashSet<>();
    for (Map.Entry<String, List<String>> change : changes.entrySet()) {
      String name = change.getKey();
      List<String> text = change.getValue();
      Optional<Property<?>> property = description.property(name);
      Optional<String> commonName =
          privateOnly ? Optional.empty() : CommonProperties.spelling(name);
      if (!given.add(name.toLowerCase(Locale.ROOT))) {
        problems.add(new Problem(name, name + " was given twice; give it once."));
      } else if (property.isPresent()) {
        String spelled = property.get().name();
        if (!creating && property.get().effect() == Property.Effect.FIXED) {
          problems.add(
              new Problem(
                  spelled, spelled + " is fixed when a resource is created; create another."));
        } else if (text.isEmpty()) {
          declared.remove(spelled);
        } else {
          declared.put(spelled, text);
        }
      } else if (commonName.isPresent()) {
        try {
          newCommon = newCommon.with(commonName.get(), commonText(commonName.get(), text));
        } catch (IllegalArgumentException e) {
          problems.add(new Problem(commonName.get(), String.valueOf(e.getMessage())));
        }
      } else if (!text.isEmpty() || !undeclared.keySet().removeIf(name::equalsIgnoreCase)) {
        problems.add(unknown(name, privateOnly));
      }
    }
    Map<String, List<String>> canonical = Map.of();
    try {
      // Defaults are not written down: they may change with the type.
      canonical = Properties.of(description, declared).asText();
    } catch (InvalidPropertiesException e) {
      problems.addAll(e.problems());
    }
    if (!problems.isEmpty()) {
      throw invalid(problems);
    }
    return new Checked(newCommon, canonical, undeclared);
  }

  private static String commonText(String name, List<String> text) {
    return text.isEmpty()
        ? CommonProperties.DEFAULT.asText().getOrDefault(name, "")
        : String.join(" ", text);
  }

  private Problem unknown(String name, boolean privateOnly) {
    if (!privateOnly && name.equalsIgnoreCase("PersistentState")) {
      return new Problem(
          "PersistentState",
          "PersistentState follows what is asked for: use resource online or offline.");
    }
    List<String> names = new ArrayList<>();
    description.properties().forEach(property -> names.add(property.name()));
    if (!privateOnly) {
      names.addAll(CommonProperties.NAMES);
    }
    String nearest =
        NearestName.to(name, names).map(near -> " Did you mean " + near + "?").orElse("");
    return new Problem(
        name, "%s has no property %s.%s".formatted(description.registeredName(), name, nearest));
  }

  /** Problems as a refusal. */
  public ApiException.Invalid invalid(List<Problem> problems) {
    return new ApiException.Invalid(
        "PropertyRejected",
        resource,
        problems.isEmpty() ? "The properties were rejected." : problems.getFirst().message(),
        problems.stream()
            .map(problem -> new ApiException.Invalid.Problem(problem.property(), problem.message()))
            .toList());
  }
}
