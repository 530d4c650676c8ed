package dev.holdfast.service.clusterfile;

import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.cluster.Requests;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.service.api.CheckpointApi.NewCheckpoint;
import dev.holdfast.service.api.NearestName;
import dev.holdfast.service.checkpoint.CheckpointDesk;
import dev.holdfast.service.clusterfile.ClusterFile.FileCheckpoint;
import dev.holdfast.service.clusterfile.ClusterFile.FileGroup;
import dev.holdfast.service.clusterfile.ClusterFile.FileResource;
import dev.holdfast.spi.Property;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a document: whether it has the form that {@link FileLevel} tells, without a look at the
 * cluster. Goes on after what is wrong, so that all of it is found. For one document.
 */
final class FileReader {
  static final String API_VERSION = "holdfast/v1";
  static final String KIND = "Cluster";

  /** What MSCS keeps elsewhere, and this file beside the properties. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "separatemonitor", "SeparateMonitor is written as separateMonitor, beside properties.",
          "persistentstate",
              "PersistentState is written as wanted (Online or Offline), beside properties.");

  /** A resource is some thirty changes of the cluster database, and all new ones are one commit. */
  static final int RESOURCES_MAX = 10_000;

  static final int GROUPS_MAX = 10_000;

  /** Written out, a number with more digits before or after its point is longer than any use. */
  private static final int NUMBER_SCALE_MAX = 100;

  private final Problems problems;
  private int resourceCount;

  FileReader(Problems problems) {
    this.problems = problems;
  }

  /** Reads; what is wrong is among the problems, and then the result is not all of it. */
  ClusterFile read(Map<String, Object> document) {
    String pointer = "";
    Map<String, Object> root = document;
    if (document.get("items") instanceof List<?> items
        && items.size() == 1
        && items.getFirst() instanceof Map<?, ?> only) {
      // The envelope that an export has as JSON.
      root = new LinkedHashMap<>();
      root.putAll(document);
      root.remove("items");
      root.putAll(mapping("/items/0", only));
      pointer = "/items/0";
    }
    requireKeys(pointer, FileLevel.FILE, root);
    requireText(root, "apiVersion", API_VERSION);
    requireText(root, "kind", KIND);
    List<FileGroup> groups = new ArrayList<>();
    String at = Pointers.below(pointer, "groups");
    List<?> items = root.containsKey("groups") ? list(at, root.get("groups")) : List.of();
    for (int i = 0; i < items.size(); i++) {
      if (i == GROUPS_MAX) {
        problems.add(
            Pointers.item(at, i),
            "A cluster file has at most %,d groups; this is one more.".formatted(GROUPS_MAX));
        break;
      }
      group(Pointers.item(at, i), items.get(i)).ifPresent(groups::add);
    }
    return new ClusterFile(pointer, groups);
  }

  private void requireText(Map<String, Object> root, String key, String expected) {
    if (root.containsKey(key) && !expected.equals(root.get(key))) {
      problems.add(
          Pointers.below("", key), "%s is %s, not %s.".formatted(key, expected, shown(root, key)));
    }
  }

  private static String shown(Map<String, Object> root, String key) {
    return root.get(key) instanceof String text ? "\"" + text + "\"" : form(root.get(key));
  }

  // ---- levels ----------------------------------------------------------------------------------

  private Optional<FileGroup> group(String pointer, @Nullable Object value) {
    Map<String, Object> group = level(pointer, FileLevel.GROUP, value);
    List<FileResource> resources = new ArrayList<>();
    String at = Pointers.below(pointer, "resources");
    List<?> items = group.containsKey("resources") ? list(at, group.get("resources")) : List.of();
    for (int i = 0; i < items.size() && resourceCount <= RESOURCES_MAX; i++) {
      resourceCount++;
      if (resourceCount > RESOURCES_MAX) {
        problems.add(
            Pointers.item(at, i),
            "A cluster file has at most %,d resources; this is one more.".formatted(RESOURCES_MAX));
      } else {
        resource(Pointers.item(at, i), items.get(i)).ifPresent(resources::add);
      }
    }
    String description = text(pointer, group, "description").orElse("");
    Optional<Boolean> wanted = wanted(pointer, group);
    return name(pointer, group, "group")
        .map(name -> new FileGroup(pointer, name, description, wanted, resources));
  }

  private Optional<FileResource> resource(String pointer, @Nullable Object value) {
    Map<String, Object> resource = level(pointer, FileLevel.RESOURCE, value);
    Optional<String> name = name(pointer, resource, "resource");
    Optional<String> type = text(pointer, resource, "type");
    List<String> dependsOn = texts(pointer, resource, "dependsOn");
    Optional<Boolean> separateMonitor = truth(pointer, resource, "separateMonitor");
    Optional<Boolean> wanted = wanted(pointer, resource);
    Map<String, List<String>> properties = properties(pointer, resource);
    List<String> secrets = texts(pointer, resource, "secrets");
    List<FileCheckpoint> checkpoints = new ArrayList<>();
    String at = Pointers.below(pointer, "checkpoints");
    List<?> items =
        resource.containsKey("checkpoints") ? list(at, resource.get("checkpoints")) : List.of();
    for (int i = 0; i < items.size(); i++) {
      checkpoint(Pointers.item(at, i), items.get(i)).ifPresent(checkpoints::add);
    }
    return name.isEmpty() || type.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new FileResource(
                pointer,
                name.get(),
                type.get(),
                dependsOn,
                separateMonitor,
                wanted,
                properties,
                secrets,
                checkpoints));
  }

  private Map<String, List<String>> properties(String pointer, Map<String, Object> resource) {
    Map<String, List<String>> properties = new LinkedHashMap<>();
    if (!resource.containsKey("properties")) {
      return properties;
    }
    String at = Pointers.below(pointer, "properties");
    mapping(at, resource.get("properties"))
        .forEach(
            (name, value) -> {
              String here = Pointers.below(at, name);
              String elsewhere = ELSEWHERE.get(name.toLowerCase(Locale.ROOT));
              if (elsewhere != null) {
                problems.add(here, elsewhere);
              } else {
                property(here, name, value).ifPresent(texts -> properties.put(name, texts));
              }
            });
    return properties;
  }

  private Optional<List<String>> property(String pointer, String name, @Nullable Object value) {
    if (value instanceof List<?> items) {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < items.size(); i++) {
        scalar(Pointers.item(pointer, i), "An item of " + name, items.get(i)).ifPresent(texts::add);
      }
      return texts.size() == items.size() ? Optional.of(texts) : Optional.empty();
    }
    return scalar(pointer, name, value).map(List::of);
  }

  private Optional<FileCheckpoint> checkpoint(String pointer, @Nullable Object value) {
    if (value instanceof String typed) {
      // As it is typed at the prompt: registry:Software\Contoso.
      return checkpoint(pointer, typed, pointer, Map.of());
    }
    Map<String, Object> checkpoint = level(pointer, FileLevel.CHECKPOINT, value);
    if (!(value instanceof Map<?, ?>)) {
      return Optional.empty();
    }
    Optional<String> key = text(pointer, checkpoint, "registry");
    Optional<String> file = text(pointer, checkpoint, "file");
    if (checkpoint.containsKey("registry") == checkpoint.containsKey("file")) {
      problems.add(pointer, "A checkpoint is of a registry key or of a file: give one of both.");
      return Optional.empty();
    }
    Optional<String> of = key.map("registry:"::concat).or(() -> file.map("file:"::concat));
    String at = Pointers.below(pointer, checkpoint.containsKey("file") ? "file" : "registry");
    return of.flatMap(subject -> checkpoint(pointer, subject, at, checkpoint));
  }

  private Optional<FileCheckpoint> checkpoint(
      String pointer, String of, String subjectAt, Map<String, Object> checkpoint) {
    int before = problems.count();
    var wanted =
        new NewCheckpoint(
            of,
            choice(pointer, checkpoint, "onRestoreFailure", Words.RESTORE_FAILURE),
            choice(pointer, checkpoint, "onDrift", Words.DRIFT),
            texts(pointer, checkpoint, "exclude"),
            count(pointer, checkpoint, "keep"),
            millis(pointer, checkpoint, "quiet"),
            millis(pointer, checkpoint, "maxDelay"),
            millis(pointer, checkpoint, "rollBackWithin"),
            false);
    if (problems.count() > before) {
      return Optional.empty();
    }
    try {
      Subject subject = Subject.parse(of, wanted.excludes());
      if (subject.kind() == Subject.Kind.REGISTRY) {
        var _ = KeyPath.of(subject.path());
      }
      try {
        CheckpointSettings settings = CheckpointDesk.settings(wanted);
        return Optional.of(new FileCheckpoint(pointer, subject, settings, wanted));
      } catch (IllegalArgumentException e) {
        problems.add(pointer, sentence(e));
      }
    } catch (IllegalArgumentException e) {
      problems.add(subjectAt, sentence(e));
    }
    return Optional.empty();
  }

  private static String sentence(IllegalArgumentException e) {
    String text = String.valueOf(e.getMessage());
    return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
  }

  // ---- values ----------------------------------------------------------------------------------

  private Map<String, Object> level(String pointer, FileLevel level, @Nullable Object value) {
    if (!(value instanceof Map<?, ?>)) {
      problems.add(
          pointer,
          "This is %s, a mapping with %s; found %s."
              .formatted(level.noun(), String.join(", ", level.names()), form(value)));
      return Map.of();
    }
    Map<String, Object> mapping = mapping(pointer, value);
    requireKeys(pointer, level, mapping);
    return mapping;
  }

  private void requireKeys(String pointer, FileLevel level, Map<String, Object> mapping) {
    Set<String> given = mapping.keySet();
    for (String name : given) {
      if (!level.names().contains(name)) {
        problems.add(
            Pointers.below(pointer, name),
            "\"%s\" is no key of %s%s"
                .formatted(
                    name,
                    level.noun(),
                    NearestName.to(name, level.names())
                        .map(near -> "; did you mean " + near + "?")
                        .orElseGet(() -> "; it has " + String.join(", ", level.names()) + ".")));
      }
    }
    for (FileLevel.FileKey key : level.keys()) {
      if (key.required() && !given.contains(key.name())) {
        problems.add(
            pointer, "%s lacks %s: %s".formatted(capital(level.noun()), key.name(), key.help()));
      }
    }
  }

  private static String capital(String noun) {
    return Character.toUpperCase(noun.charAt(0)) + noun.substring(1);
  }

  private Map<String, Object> mapping(String pointer, @Nullable Object value) {
    Map<String, Object> mapping = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> given) {
      given.forEach((key, item) -> mapping.put(String.valueOf(key), item));
    } else {
      problems.add(pointer, "Here is a mapping of names to values; found " + form(value) + ".");
    }
    return mapping;
  }

  private List<?> list(String pointer, @Nullable Object value) {
    if (value instanceof List<?> items) {
      return items;
    }
    problems.add(
        pointer,
        "Here is a list, each item on a line that begins with \"- \"; found " + form(value) + ".");
    return List.of();
  }

  private Optional<String> name(String pointer, Map<String, Object> mapping, String what) {
    Optional<String> name = text(pointer, mapping, "name");
    Optional<String> problem = name.flatMap(Requests::nameProblem);
    problem.ifPresent(
        sentence ->
            problems.add(
                Pointers.below(pointer, "name"),
                "\"%s\" cannot name a %s: %s".formatted(name.get(), what, sentence)));
    return problem.isPresent() ? Optional.empty() : name;
  }

  private Optional<String> text(String pointer, Map<String, Object> mapping, String key) {
    return mapping.containsKey(key)
        ? scalar(Pointers.below(pointer, key), key, mapping.get(key))
        : Optional.empty();
  }

  private List<String> texts(String pointer, Map<String, Object> mapping, String key) {
    if (!mapping.containsKey(key)) {
      return List.of();
    }
    String at = Pointers.below(pointer, key);
    List<String> texts = new ArrayList<>();
    List<?> items = list(at, mapping.get(key));
    for (int i = 0; i < items.size(); i++) {
      scalar(Pointers.item(at, i), "An item of " + key, items.get(i)).ifPresent(texts::add);
    }
    return texts;
  }

  /** A text, a number or a truth value, as it was written. */
  private Optional<String> scalar(String pointer, String what, @Nullable Object value) {
    switch (value) {
      case String text -> {
        return Optional.of(text);
      }
      case BigDecimal number when Math.abs((long) number.scale()) > NUMBER_SCALE_MAX ->
          problems.add(
              pointer,
              "%s is the number %s, which has more than %d digits when it is written out; write it as a text, in quotation marks, if that is meant."
                  .formatted(what, number, NUMBER_SCALE_MAX));
      case BigDecimal number -> {
        return Optional.of(number.toPlainString());
      }
      case Number number -> {
        return Optional.of(number.toString());
      }
      case Boolean truth -> {
        return Optional.of(truth.toString());
      }
      case null ->
          problems.add(
              pointer,
              "%s has no value; leave it out for its default, or write '' for an empty text."
                  .formatted(what));
      default -> problems.add(pointer, "%s is a text; found %s.".formatted(what, form(value)));
    }
    return Optional.empty();
  }

  private Optional<Boolean> truth(String pointer, Map<String, Object> mapping, String key) {
    Optional<String> text = text(pointer, mapping, key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    switch (text.get()) {
      case "true" -> {
        return Optional.of(true);
      }
      case "false" -> {
        return Optional.of(false);
      }
      default ->
          problems.add(
              Pointers.below(pointer, key),
              "%s is true or false, not \"%s\".".formatted(key, text.get()));
    }
    return Optional.empty();
  }

  private Optional<Boolean> wanted(String pointer, Map<String, Object> mapping) {
    return Optional.ofNullable(choice(pointer, mapping, "wanted", Words.WANTED))
        .map(Words.WANTED.getFirst()::equals);
  }

  private @Nullable String choice(
      String pointer, Map<String, Object> mapping, String key, List<String> words) {
    Optional<String> text = text(pointer, mapping, key);
    for (String word : words) {
      if (text.filter(word::equalsIgnoreCase).isPresent()) {
        return word;
      }
    }
    text.ifPresent(
        typed ->
            problems.add(
                Pointers.below(pointer, key),
                "%s is one of %s, not \"%s\".%s"
                    .formatted(
                        key,
                        String.join(", ", words),
                        typed,
                        NearestName.to(typed, words)
                            .map(near -> " Did you mean " + near + "?")
                            .orElse(""))));
    return null;
  }

  private @Nullable Integer count(String pointer, Map<String, Object> mapping, String key) {
    return decoded(pointer, mapping, Property.integer(key).build());
  }

  private @Nullable Long millis(String pointer, Map<String, Object> mapping, String key) {
    Duration duration = decoded(pointer, mapping, Property.duration(key).build());
    return duration == null ? null : duration.toMillis();
  }

  /** Numbers and durations are written as those of properties are. */
  private <T> @Nullable T decoded(
      String pointer, Map<String, Object> mapping, Property<T> property) {
    Optional<String> text = text(pointer, mapping, property.name());
    try {
      return text.isEmpty() ? null : property.decode(List.of(text.get()));
    } catch (IllegalArgumentException e) {
      problems.add(Pointers.below(pointer, property.name()), String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static String form(@Nullable Object value) {
    return switch (value) {
      case null -> "nothing";
      case Map<?, ?> _ -> "a mapping";
      case List<?> _ -> "a list";
      default -> "\"" + value + "\"";
    };
  }
}
