package dev.holdfast.service.clusterfile;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ClusterPlanView.Field;
import dev.holdfast.service.api.NearestName;
import dev.holdfast.service.clusterfile.ClusterFile.FileResource;
import dev.holdfast.service.type.PropertyText;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the properties of one resource. The document says all of them: what it leaves out
 * has its default. But for what is no configuration of the one who wrote it, and stays as it is
 * when nothing is said of it: secrets; whether it is in maintenance; and whether it has a monitor
 * of its own, which the service gives to a resource whose call ended a monitor.
 */
final class PropertyPlan {
  private final FileResource file;
  private final Optional<ClusterResource> before;
  private final Description description;
  private final Problems problems;

  PropertyPlan(
      FileResource file,
      Optional<ClusterResource> before,
      TypeRegistration type,
      Problems problems) {
    this.file = file;
    this.before = before;
    this.description = type.version().description();
    this.problems = problems;
  }

  /** The properties as they are to be; empty when something is wrong with them. */
  Optional<PropertyText.Checked> checked() {
    int found = problems.count();
    Map<String, List<String>> given = new LinkedHashMap<>(file.properties());
    requireSecrets();
    current()
        .forEach(
            (name, text) -> {
              if (isSecret(name) && !isGiven(name)) {
                given.put(name, text);
              }
            });
    try {
      PropertyText.Checked checked =
          new PropertyText(file.name(), description)
              .apply(base(), undeclared(), given, false, true);
      requireFixed(checked);
      return problems.count() > found ? Optional.empty() : Optional.of(checked);
    } catch (ApiException.Invalid refused) {
      refused
          .problems()
          .forEach(
              problem ->
                  problems.add(
                      problem.property() == null
                          ? file.pointer()
                          : file.atProperty(problem.property()),
                      problem.property(),
                      problem.message()));
      return Optional.empty();
    }
  }

  /** The common properties that it begins with. */
  private CommonProperties base() {
    CommonProperties base = CommonProperties.DEFAULT;
    CommonProperties now = before.map(r -> r.config().common()).orElse(CommonProperties.DEFAULT);
    for (Map.Entry<String, String> common : now.asText().entrySet()) {
      String name = common.getKey();
      boolean stays = name.equals("SeparateMonitor") || name.equals("MaintenanceMode");
      // A type's own property of that name hides it from whoever writes documents.
      if (stays || description.property(name).isPresent()) {
        base = base.with(name, common.getValue());
      }
    }
    return file.separateMonitor().isPresent()
        ? base.with("SeparateMonitor", file.separateMonitor().get().toString())
        : base;
  }

  /** What it has, as the type declares it now. */
  private Map<String, List<String>> current() {
    Map<String, List<String>> current = new LinkedHashMap<>();
    before.ifPresent(
        resource ->
            resource
                .config()
                .properties()
                .forEach(
                    (name, text) ->
                        description
                            .property(name)
                            .ifPresent(property -> current.put(property.name(), text))));
    return current;
  }

  /** What an earlier version of the type had. */
  private Map<String, List<String>> undeclared() {
    Map<String, List<String>> undeclared = new LinkedHashMap<>();
    before.ifPresent(
        resource ->
            resource
                .config()
                .properties()
                .forEach(
                    (name, text) -> {
                      if (description.property(name).isEmpty()) {
                        undeclared.put(name, text);
                      }
                    }));
    return undeclared;
  }

  private boolean isGiven(String name) {
    return file.properties().keySet().stream().anyMatch(name::equalsIgnoreCase);
  }

  private boolean isSecret(String name) {
    return description.property(name).filter(p -> p.kind() == Property.Kind.SECRET).isPresent();
  }

  private void requireSecrets() {
    for (int i = 0; i < file.secrets().size(); i++) {
      String name = file.secrets().get(i);
      String at = Pointers.item(file.at("secrets"), i);
      if (!isSecret(name)) {
        List<String> known =
            description.properties().stream().map(Property::name).filter(this::isSecret).toList();
        problems.add(
            at,
            name,
            "%s has no secret %s.%s"
                .formatted(
                    description.registeredName(),
                    name,
                    NearestName.to(name, known)
                        .map(near -> " Did you mean " + near + "?")
                        .orElse("")));
      } else if (isGiven(name)) {
        problems.add(
            at, name, "%s is kept, and given below properties: say one of both.".formatted(name));
      } else if (current().keySet().stream().noneMatch(name::equalsIgnoreCase)) {
        problems.add(
            at,
            name,
            "%s of %s is a secret, which no export has, and is not set here: write it below properties."
                .formatted(name, file.name()));
      }
    }
  }

  private void requireFixed(PropertyText.Checked checked) {
    if (before.isEmpty()) {
      return;
    }
    for (Property<?> property : description.properties()) {
      if (property.effect() == Property.Effect.FIXED
          && !same(current().get(property.name()), checked.declared().get(property.name()))) {
        problems.add(
            file.atProperty(property.name()),
            property.name(),
            "%s is fixed when a resource is created, at %s of %s; keep it, or delete the resource first."
                .formatted(
                    property.name(),
                    Optional.ofNullable(shown(property, current().get(property.name())))
                        .map(text -> "\"" + text + "\"")
                        .orElse("its default"),
                    file.name()));
      }
    }
  }

  private static boolean same(@Nullable List<String> one, @Nullable List<String> other) {
    return one == null ? other == null : one.equals(other);
  }

  /** What changes, field by field. */
  List<Field> fields(PropertyText.Checked checked) {
    List<Field> fields = new ArrayList<>();
    Map<String, List<String>> current = current();
    for (Property<?> property : description.properties()) {
      List<String> from = current.get(property.name());
      List<String> to = checked.declared().get(property.name());
      if (!same(from, to)) {
        fields.add(new Field(property.name(), shown(property, from), shown(property, to)));
      }
    }
    Map<String, String> before =
        this.before
            .map(resource -> resource.config().common())
            .orElse(CommonProperties.DEFAULT)
            .asText();
    checked
        .common()
        .asText()
        .forEach(
            (name, to) -> {
              String from = before.getOrDefault(name, "");
              if (!to.equals(from)) {
                fields.add(new Field(name, this.before.isEmpty() ? null : from, to));
              }
            });
    return fields;
  }

  private static @Nullable String shown(Property<?> property, @Nullable List<String> text) {
    if (text == null) {
      return null;
    }
    return property.kind() == Property.Kind.SECRET ? Secret.MASK : String.join(", ", text);
  }
}
