package dev.holdfast.service.clusterfile;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.RestartAction;
import dev.holdfast.service.checkpoint.SavedCheckpoints;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Property;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes a cluster as a document, without what has its default and without secrets. Whether things
 * are to run is written in any case, at the group where that says it all. Pure.
 */
public final class Exporter {
  private final ClusterState state;
  private final SavedCheckpoints checkpoints;

  private Exporter(ClusterState state, SavedCheckpoints checkpoints) {
    this.state = state;
    this.checkpoints = checkpoints;
  }

  /** The document. */
  public static Map<String, Object> export(ClusterState state, SavedCheckpoints checkpoints) {
    var exporter = new Exporter(state, checkpoints);
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("apiVersion", FileReader.API_VERSION);
    document.put("kind", FileReader.KIND);
    document.put(
        "groups",
        state.groups().values().stream()
            .sorted(Comparator.comparing(GroupConfig::name, String.CASE_INSENSITIVE_ORDER))
            .map(exporter::group)
            .toList());
    return document;
  }

  private Map<String, Object> group(GroupConfig config) {
    List<ClusterResource> resources = state.resourcesOf(config.id());
    List<Boolean> wanted =
        resources.stream().map(resource -> resource.config().wantedOnline()).distinct().toList();
    Map<String, Object> group = new LinkedHashMap<>();
    group.put("name", config.name());
    if (!config.description().isEmpty()) {
      group.put("description", config.description());
    }
    if (wanted.size() == 1) {
      group.put("wanted", wanted(wanted.getFirst()));
    }
    if (!resources.isEmpty()) {
      group.put(
          "resources",
          resources.stream().map(each -> resource(each.config(), wanted.size() > 1)).toList());
    }
    return group;
  }

  private static String wanted(boolean online) {
    return online ? Words.WANTED.getFirst() : Words.WANTED.getLast();
  }

  private Map<String, Object> resource(ResourceConfig config, boolean withWanted) {
    Map<String, Object> resource = new LinkedHashMap<>();
    resource.put("name", config.name());
    resource.put("type", config.type());
    List<String> providers =
        config.dependsOn().stream()
            .map(state.resources()::get)
            .filter(Objects::nonNull)
            .map(provider -> provider.config().name())
            .sorted(String.CASE_INSENSITIVE_ORDER)
            .toList();
    if (!providers.isEmpty()) {
      resource.put("dependsOn", providers);
    }
    if (config.common().separateMonitor()) {
      resource.put("separateMonitor", true);
    }
    if (withWanted) {
      resource.put("wanted", wanted(config.wantedOnline()));
    }
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> secrets = new ArrayList<>();
    Optional<Description> description =
        state.findType(config.type()).map(type -> type.version().description());
    // What no description explains (its type is gone) may be a secret: nobody can say. Its
    // properties stay as they are when it is applied, and so none is written.
    description.ifPresent(
        known -> {
          own(config, known, properties, secrets);
          common(config, known, properties);
        });
    if (!properties.isEmpty()) {
      resource.put("properties", properties);
    }
    if (!secrets.isEmpty()) {
      resource.put("secrets", secrets);
    }
    List<Checkpoint> saved = checkpoints.of(config.id());
    if (!saved.isEmpty()) {
      resource.put("checkpoints", saved.stream().map(Exporter::checkpoint).toList());
    }
    return resource;
  }

  private static void own(
      ResourceConfig config,
      Description description,
      Map<String, Object> properties,
      List<String> secrets) {
    for (Property<?> property : description.properties()) {
      config.properties().entrySet().stream()
          .filter(entry -> entry.getKey().equalsIgnoreCase(property.name()))
          .findFirst()
          .ifPresent(
              entry -> {
                if (property.kind() == Property.Kind.SECRET) {
                  secrets.add(property.name());
                } else {
                  properties.put(property.name(), value(property.kind(), entry.getValue()));
                }
              });
    }
  }

  private static Object value(Property.Kind kind, List<String> text) {
    return switch (kind) {
      case LIST -> text;
      case INTEGER -> number(String.join(" ", text));
      case TEXT, DURATION, SIZE, PATH, CHOICE, SECRET -> String.join(" ", text);
    };
  }

  /** A number that reads as the very text that it was made of, or else that text. */
  private static Object number(String text) {
    try {
      long number = Long.parseLong(text);
      return Long.toString(number).equals(text) ? number : text;
    } catch (NumberFormatException notANumber) {
      return text;
    }
  }

  /** But for whether it is in maintenance: an operator's hour is no configuration. */
  private static void common(
      ResourceConfig config, Description description, Map<String, Object> properties) {
    Map<String, String> otherwise = CommonProperties.DEFAULT.asText();
    config
        .common()
        .asText()
        .forEach(
            (name, text) -> {
              boolean hidden =
                  description.property(name).isPresent()
                      || name.equals("SeparateMonitor")
                      || name.equals("MaintenanceMode");
              if (!hidden && !text.equals(otherwise.get(name))) {
                properties.put(name, common(name, text));
              }
            });
  }

  private static Object common(String name, String text) {
    return switch (name) {
      case "Description" -> text;
      case "RestartAction" -> RestartAction.of(Integer.parseInt(text)).toString();
      default -> number(text);
    };
  }

  private static Map<String, Object> checkpoint(Checkpoint saved) {
    Map<String, Object> checkpoint = new LinkedHashMap<>();
    checkpoint.put(saved.subject().kind().toString(), saved.subject().path());
    if (!saved.subject().excludes().isEmpty()) {
      checkpoint.put("exclude", saved.subject().excludes());
    }
    Map<String, String> otherwise = CheckpointPlan.texts(CheckpointSettings.DEFAULT);
    CheckpointPlan.texts(saved.settings())
        .forEach(
            (name, text) -> {
              if (!text.equals(otherwise.get(name))) {
                checkpoint.put(name, name.equals("keep") ? number(text) : text);
              }
            });
    return checkpoint;
  }
}
