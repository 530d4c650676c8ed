package dev.holdfast.service.operation;

import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.NearestName;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.InvalidPropertiesException;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Properties as an operator typed them, sorted into common and private ones and checked against
 * their declarations. All or nothing.
 */
final class PropertyText {
  private final String resource;
  private final Description description;

  /** What a resource's properties become. */
  record Checked(CommonProperties common, Map<String, List<String>> properties) {}

  PropertyText(String resource, Description description) {
    this.resource = resource;
    this.description = description;
  }

  /**
   * The properties with changes.
   *
   * @param creating whether properties that cannot be changed later may be set
   * @throws ApiException.Invalid something is wrong; its message names the first thing
   */
  Checked apply(
      CommonProperties common,
      Map<String, List<String>> current,
      Map<String, List<String>> changes,
      boolean privateOnly,
      boolean creating) {
    CommonProperties newCommon = common;
    var newPrivate = new LinkedHashMap<>(current);
    for (Map.Entry<String, List<String>> change : changes.entrySet()) {
      String name = change.getKey();
      List<String> text = change.getValue();
      Optional<Property<?>> property = description.property(name);
      Optional<String> commonName =
          privateOnly ? Optional.empty() : CommonProperties.spelling(name);
      if (property.isPresent()) {
        refuseFixed(property.get(), creating);
        if (text.isEmpty()) {
          newPrivate.remove(property.get().name());
        } else {
          newPrivate.put(property.get().name(), text);
        }
      } else if (commonName.isPresent()) {
        newCommon = with(newCommon, commonName.get(), text);
      } else {
        throw unknown(name, privateOnly);
      }
    }
    try {
      Properties checked = Properties.of(description, newPrivate);
      var kept = new LinkedHashMap<String, List<String>>();
      checked
          .asText()
          .forEach(
              (name, text) -> {
                // Defaults are not written down: they may change with the type.
                if (newPrivate.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
                  kept.put(name, text);
                }
              });
      return new Checked(newCommon, kept);
    } catch (InvalidPropertiesException e) {
      throw invalid(e.problems());
    }
  }

  private void refuseFixed(Property<?> property, boolean creating) {
    if (!creating && property.effect() == Property.Effect.FIXED) {
      throw invalid(
          List.of(
              new Problem(
                  property.name(),
                  property.name() + " is fixed when a resource is created; create another.")));
    }
  }

  private CommonProperties with(CommonProperties common, String name, List<String> text) {
    String value =
        text.isEmpty()
            ? CommonProperties.DEFAULT.asText().getOrDefault(name, "")
            : String.join(" ", text);
    try {
      return common.with(name, value);
    } catch (IllegalArgumentException e) {
      throw invalid(List.of(new Problem(name, String.valueOf(e.getMessage()))));
    }
  }

  private ApiException.Invalid unknown(String name, boolean privateOnly) {
    if (!privateOnly && name.equalsIgnoreCase("PersistentState")) {
      return invalid(
          List.of(
              new Problem(
                  "PersistentState",
                  "PersistentState follows what is asked for: use resource online or offline.")));
    }
    List<String> names = new ArrayList<>();
    description.properties().forEach(property -> names.add(property.name()));
    if (!privateOnly) {
      names.addAll(CommonProperties.NAMES);
    }
    String nearest =
        NearestName.to(name, names).map(near -> " Did you mean " + near + "?").orElse("");
    return invalid(
        List.of(
            new Problem(
                name,
                "%s has no property %s.%s"
                    .formatted(description.registeredName(), name, nearest))));
  }

  /** Problems as a refusal. */
  ApiException.Invalid invalid(List<Problem> problems) {
    return new ApiException.Invalid(
        "PropertyRejected",
        resource,
        problems.isEmpty() ? "The properties were rejected." : problems.getFirst().message(),
        problems.stream()
            .map(problem -> new ApiException.Invalid.Problem(problem.property(), problem.message()))
            .toList());
  }
}
