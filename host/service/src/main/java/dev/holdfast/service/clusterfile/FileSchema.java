package dev.holdfast.service.clusterfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.Requests;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.spi.Property;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON Schema (2020-12) of a document, for editors: its keys are those of {@link FileLevel},
 * and each registered type's properties are its own. It knows the form and no cluster; and it wants
 * names spelled as they are declared, where the service takes them in any case. Pure.
 */
public final class FileSchema {
  private static final List<String> SCALAR = List.of("string", "number", "boolean");
  private static final String TYPE = "type";
  private static final String STRING = "string";
  private static final String DESCRIPTION = "description";
  private static final String PROPERTIES = "properties";

  private final Map<String, Object> definitions = new LinkedHashMap<>();

  private FileSchema() {}

  /** The schema, with these types; of a family no resource can be. */
  public static Map<String, Object> of(Collection<TypeRegistration> types) {
    return new FileSchema()
        .schema(types.stream().filter(type -> !type.version().description().isFamily()).toList());
  }

  private Map<String, Object> schema(Collection<TypeRegistration> types) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Holdfast cluster file");
    schema.putAll(level(FileLevel.FILE));
    definitions.put("group", level(FileLevel.GROUP));
    definitions.put("resource", resource(types));
    definitions.put("checkpoint", checkpoint());
    schema.put("$defs", definitions);
    return schema;
  }

  private Map<String, Object> level(FileLevel level) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (FileLevel.FileKey key : level.keys()) {
      Map<String, Object> value = new LinkedHashMap<>(value(key.name()));
      value.put(DESCRIPTION, key.help());
      properties.put(key.name(), value);
      if (key.required()) {
        required.add(key.name());
      }
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put(TYPE, "object");
    schema.put(PROPERTIES, properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  /** What stands at a key; a key of one name is the same at every level. */
  private static Map<String, Object> value(String key) {
    return switch (key) {
      case "apiVersion" -> object("const", FileReader.API_VERSION);
      case "kind" -> object("const", FileReader.KIND);
      case "groups" -> listOf(reference("group"));
      case "resources" -> listOf(reference("resource"));
      case "checkpoints" ->
          listOf(
              object(
                  "anyOf",
                  List.of(
                      reference("checkpoint"),
                      object(TYPE, STRING, "pattern", "^(registry|file):"))));
      case "name" -> object(TYPE, SCALAR, "minLength", 1, "maxLength", Requests.NAME_LENGTH_MAX);
      case "description" -> object(TYPE, SCALAR);
      case "dependsOn", "secrets", "exclude" -> listOf(object(TYPE, SCALAR));
      case "separateMonitor" -> object(TYPE, "boolean");
      case "wanted" -> object("enum", Words.WANTED);
      case "onRestoreFailure" -> object("enum", Words.RESTORE_FAILURE);
      case "onDrift" -> object("enum", Words.DRIFT);
      case "keep" -> object(TYPE, "integer", "minimum", 1, "maximum", CheckpointSettings.KEEP_MAX);
      case "quiet", "maxDelay", "rollBackWithin" -> duration();
      case "registry", "file", "type" -> object(TYPE, STRING);
      case "properties" -> object(TYPE, "object");
      default -> throw new IllegalStateException("nobody has said what " + key + " is");
    };
  }

  /** A mapping in that order: names and values in turn. */
  private static Map<String, Object> object(Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }

  private static Map<String, Object> listOf(Map<String, Object> item) {
    return object(TYPE, "array", "items", item);
  }

  private static Map<String, Object> reference(String definition) {
    String pointer = definition.replace("~", "~0").replace("/", "~1");
    // A fragment of a URI, in which a plus is no blank.
    return object("$ref", "#/$defs/" + URLEncoder.encode(pointer, UTF_8).replace("+", "%20"));
  }

  private static Map<String, Object> duration() {
    return object(TYPE, STRING, "pattern", "^\\s*(\\d+\\s*(ns|us|ms|s|m|h|d)|P.+)\\s*$");
  }

  private Map<String, Object> checkpoint() {
    Map<String, Object> checkpoint = level(FileLevel.CHECKPOINT);
    checkpoint.put(
        "oneOf",
        List.of(object("required", List.of("registry")), object("required", List.of("file"))));
    return checkpoint;
  }

  private Map<String, Object> resource(Collection<TypeRegistration> types) {
    Map<String, Object> resource = level(FileLevel.RESOURCE);
    List<Object> choices = new ArrayList<>();
    for (TypeRegistration type : types) {
      String definition = "properties of " + type.name();
      Map<String, Object> properties = propertiesOf(type);
      definitions.put(definition, properties);
      Map<String, Object> then = new LinkedHashMap<>();
      then.put(PROPERTIES, object(PROPERTIES, reference(definition)));
      if (properties.containsKey("required")) {
        then.put("required", List.of(PROPERTIES));
      }
      choices.add(
          object(
              "if",
              object(
                  PROPERTIES,
                  object(TYPE, object("const", type.name())),
                  "required",
                  List.of(TYPE)),
              "then",
              then));
    }
    if (resource.get(PROPERTIES) instanceof Map<?, ?> keys
        && keys.get(TYPE) instanceof Map<?, ?> given) {
      // Known by then; what is not registered, or spelled in another case, the service decides.
      Map<String, Object> typeKey = new LinkedHashMap<>();
      given.forEach((key, value) -> typeKey.put(String.valueOf(key), value));
      typeKey.put("examples", types.stream().map(TypeRegistration::name).toList());
      Map<String, Object> all = new LinkedHashMap<>();
      keys.forEach((key, value) -> all.put(String.valueOf(key), value));
      all.put(TYPE, typeKey);
      resource.put(PROPERTIES, all);
    }
    if (!choices.isEmpty()) {
      resource.put("allOf", choices);
    }
    return resource;
  }

  private static Map<String, Object> propertiesOf(TypeRegistration type) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (Property<?> property : type.version().description().properties()) {
      properties.put(property.name(), property(property));
      // A secret that is set already need not be said.
      if (property.isRequired() && property.kind() != Property.Kind.SECRET) {
        required.add(property.name());
      }
    }
    for (String name : CommonProperties.NAMES) {
      if (!name.equals("SeparateMonitor")) {
        properties.putIfAbsent(name, object(TYPE, SCALAR, DESCRIPTION, "A common property."));
      }
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put(TYPE, "object");
    schema.put(PROPERTIES, properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  private static Map<String, Object> property(Property<?> property) {
    Map<String, Object> schema = new LinkedHashMap<>();
    switch (property.kind()) {
      case INTEGER -> {
        schema.put(TYPE, List.of("integer", STRING));
        property.minimumText().ifPresent(text -> schema.put("minimum", Long.parseLong(text)));
        property.maximumText().ifPresent(text -> schema.put("maximum", Long.parseLong(text)));
      }
      case DURATION -> schema.putAll(duration());
      case LIST -> schema.put("anyOf", List.of(listOf(object(TYPE, SCALAR)), object(TYPE, SCALAR)));
      case CHOICE -> schema.put("enum", property.choices());
      case SECRET -> {
        schema.put(TYPE, SCALAR);
        schema.put("writeOnly", true);
      }
      case TEXT, SIZE, PATH -> schema.put(TYPE, SCALAR);
    }
    if (!property.help().isEmpty()) {
      schema.put(DESCRIPTION, property.help());
    }
    property.defaultText().ifPresent(text -> schema.put("default", String.join(", ", text)));
    return schema;
  }
}
