package dev.holdfast.cli.clusterfile;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Reads one document of YAML 1.2, which JSON is, too, and remembers where everything stands. Made
 * from the parser's events, for the sake of what it does not take: a key that is there twice, a
 * tag, a second document, and whatever would be larger than its file, as anchors within anchors
 * are. For one text.
 */
public final class YamlReader {
  /** How much a file may hold, once what its anchors repeat is counted each time. */
  static final int NODES_MAX = 200_000;

  /** How much text anchors may repeat: as much as a file may have. */
  static final int REPEATED_CHARS_MAX = 4 << 20;

  /** Ours has 7 levels. */
  static final int DEPTH_MAX = 50;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Iterator<Event> events;
  private final Map<String, Place> places = new HashMap<>();
  private final Map<Anchor, Anchored> anchors = new HashMap<>();
  private int nodes;

  /** Of all texts, those that anchors repeat each time. */
  private long chars;

  private long repeatedChars;

  /** What an anchor stands for, how many nodes that are, and how much text. */
  private record Anchored(JsonNode node, int nodes, long chars) {}

  private YamlReader(String text) {
    LoadSettings settings =
        LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).setLabel("file").build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /**
   * Reads.
   *
   * @throws YamlProblemException it is no text in UTF-8, no YAML, or not one mapping
   */
  public static YamlDocument read(byte[] bytes) throws YamlProblemException {
    String text = decoded(bytes);
    try {
      return new YamlReader(text).document();
    } catch (MarkedYamlEngineException e) {
      throw new YamlProblemException(
          place(e.getProblemMark().or(e::getContextMark)), sentence(e, text));
    } catch (YamlEngineException e) {
      throw new YamlProblemException(
          new Place(1, 1), "This is no YAML: " + oneLine(e.getMessage()) + ".");
    }
  }

  private static String decoded(byte[] bytes) throws YamlProblemException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(in)
          .toString();
    } catch (CharacterCodingException e) {
      long lines = 1;
      int column = 1;
      for (int i = 0; i < in.position(); i++) {
        boolean ends = bytes[i] == '\n';
        lines += ends ? 1 : 0;
        column = ends ? 1 : column + 1;
      }
      throw new YamlProblemException(
          new Place((int) lines, column), "This is no text in UTF-8, and so no YAML.");
    }
  }

  private static String sentence(MarkedYamlEngineException e, String text) {
    String problem = oneLine(e.getProblem());
    boolean isTab =
        e.getProblemMark()
            .map(Mark::getIndex)
            .filter(
                index ->
                    index < text.length()
                        && text.codePointAt(text.offsetByCodePoints(0, index)) == '\t')
            .isPresent();
    return isTab
        ? "YAML takes no tab here; indent with blanks."
        : "This is no YAML: " + problem + ".";
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "it cannot be read" : text.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  private static Place place(Optional<Mark> mark) {
    return mark.map(at -> new Place(at.getLine() + 1, at.getColumn() + 1))
        .orElseGet(() -> new Place(1, 1));
  }

  // ---- the document ----------------------------------------------------------------------------

  private YamlDocument document() throws YamlProblemException {
    Event event = events.next();
    while (!(event instanceof DocumentStartEvent)) {
      if (event instanceof StreamEndEvent) {
        throw new YamlProblemException(new Place(1, 1), "The file is empty.");
      }
      event = events.next();
    }
    Event first = events.next();
    places.put("", place(first.getStartMark()));
    JsonNode root = node(first, "", 0);
    var _ = events.next(); // the document's end
    Event next = events.next();
    if (next instanceof DocumentStartEvent) {
      throw new YamlProblemException(
          place(next.getStartMark()),
          "A second document begins here; a cluster file is one, with all groups in it.");
    }
    if (root instanceof ObjectNode object) {
      return new YamlDocument(object, places);
    }
    throw new YamlProblemException(
        place(first.getStartMark()),
        "A cluster file is a mapping with apiVersion, kind and groups; this is "
            + (root.isArray() ? "a list." : "a text."));
  }

  private JsonNode node(Event event, String pointer, int depth) throws YamlProblemException {
    if (depth > DEPTH_MAX) {
      throw new YamlProblemException(
          place(event.getStartMark()),
          "Things lie within each other deeper than the " + DEPTH_MAX + " levels that are taken.");
    }
    if (event instanceof AliasEvent alias) {
      return repeated(alias, pointer);
    }
    int nodesBefore = nodes;
    long charsBefore = chars;
    count(event, 1);
    JsonNode node =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar);
          case SequenceStartEvent list -> list(list, pointer, depth);
          case MappingStartEvent mapping -> mapping(mapping, pointer, depth);
          default -> throw new IllegalStateException("a node does not begin with " + event);
        };
    if (event instanceof NodeEvent named && named.getAnchor().isPresent()) {
      anchors.put(
          named.getAnchor().get(), new Anchored(node, nodes - nodesBefore, chars - charsBefore));
    }
    return node;
  }

  private void count(Event event, int more) throws YamlProblemException {
    nodes += more;
    if (nodes > NODES_MAX) {
      throw new YamlProblemException(
          place(event.getStartMark()),
          "With what its anchors repeat, the file holds more than the %,d values that are taken."
              .formatted(NODES_MAX));
    }
  }

  /** What is repeated stands, to whoever looks for it, where it is repeated. */
  private JsonNode repeated(AliasEvent alias, String pointer) throws YamlProblemException {
    Anchored anchored = anchors.get(alias.getAlias());
    if (anchored == null) {
      throw new YamlProblemException(
          place(alias.getStartMark()),
          "*%s repeats what has no anchor, or not ended yet: &%s."
              .formatted(alias.getAlias(), alias.getAlias()));
    }
    count(alias, anchored.nodes());
    chars += anchored.chars();
    repeatedChars += anchored.chars();
    if (repeatedChars > REPEATED_CHARS_MAX) {
      throw new YamlProblemException(
          place(alias.getStartMark()),
          "Anchors repeat more text than the %d MiB that are taken."
              .formatted(REPEATED_CHARS_MAX >> 20));
    }
    places.putIfAbsent(pointer, place(alias.getStartMark()));
    return anchored.node();
  }

  private JsonNode scalar(ScalarEvent scalar) throws YamlProblemException {
    requireNoTag(scalar, scalar.getTag());
    String text = scalar.getValue();
    chars += text.length();
    boolean isPlain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
    boolean isNull = text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null");
    return isPlain && isNull ? NullNode.instance : StringNode.valueOf(text);
  }

  private static void requireNoTag(Event event, Optional<String> tag) throws YamlProblemException {
    if (tag.isPresent()) {
      throw new YamlProblemException(
          place(event.getStartMark()), "A tag has no meaning here: " + tag.get() + ".");
    }
  }

  private JsonNode list(SequenceStartEvent start, String pointer, int depth)
      throws YamlProblemException {
    requireNoTag(start, start.getTag());
    ArrayNode list = JSON.arrayNode();
    for (Event next = events.next(); isNode(next); next = events.next()) {
      String at = pointer + "/" + list.size();
      places.put(at, place(next.getStartMark()));
      list.add(node(next, at, depth + 1));
    }
    return list;
  }

  private JsonNode mapping(MappingStartEvent start, String pointer, int depth)
      throws YamlProblemException {
    requireNoTag(start, start.getTag());
    ObjectNode mapping = JSON.objectNode();
    Set<String> keys = new HashSet<>();
    for (Event next = events.next(); isNode(next); next = events.next()) {
      Place place = place(next.getStartMark());
      String key = key(next, place);
      chars += key.length();
      String at = pointer + "/" + key.replace("~", "~0").replace("/", "~1");
      if (!keys.add(key)) {
        throw new YamlProblemException(
            place,
            "\"%s\" is there twice, first at %s; say it once.".formatted(key, places.get(at)));
      }
      places.put(at, place);
      mapping.set(key, node(events.next(), at, depth + 1));
    }
    return mapping;
  }

  private static boolean isNode(Event event) {
    return event instanceof NodeEvent;
  }

  private static String key(Event event, Place place) throws YamlProblemException {
    if (event instanceof ScalarEvent scalar && scalar.getAnchor().isEmpty()) {
      requireNoTag(scalar, scalar.getTag());
      if (scalar.getValue().equals("<<") && scalar.getScalarStyle() == ScalarStyle.PLAIN) {
        throw new YamlProblemException(
            place, "\"<<\" merges in YAML 1.1 only; repeat a whole value by &anchor and *anchor.");
      }
      return scalar.getValue();
    }
    throw new YamlProblemException(place, "A key is a plain text.");
  }
}
