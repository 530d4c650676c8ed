package dev.holdfast.plugins.ocf;

import dev.holdfast.plugins.ocf.MetaData.Action;
import dev.holdfast.plugins.ocf.MetaData.Parameter;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads meta-data (OCF resource agent API 1.0 and 1.1). Nothing outside of the text is looked at:
 * no DTD, no entity but the five of XML. Elements and attributes that are not known are passed
 * over.
 */
final class MetaDataReader {
  /**
   * How many parameters, and how many actions, are taken; the agents that there are have up to 32.
   */
  static final int ITEMS_MAX = 500;

  private static final Pattern TIME =
      Pattern.compile("\\s*(\\d{1,9})\\s*(ms|msec|us|usec|s|sec|m|min|h|hr)?\\s*");
  private static final int DEPTH_MAX = 1000;

  private final XMLStreamReader xml;
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Action> actions = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private String shortText = "";
  private String longText = "";

  private MetaDataReader(XMLStreamReader xml) {
    this.xml = xml;
  }

  /**
   * Reads what an agent wrote.
   *
   * @throws MetaDataException it is no meta-data, or says nothing that could be used
   */
  static MetaData read(String text) throws MetaDataException {
    if (text.isBlank()) {
      throw new MetaDataException("it is empty");
    }
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    try {
      // Some agents begin with an empty line, which XML does not allow before its declaration.
      XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(text.strip()));
      try {
        return new MetaDataReader(xml).read();
      } finally {
        xml.close();
      }
    } catch (XMLStreamException e) {
      throw new MetaDataException(
          "it is not XML: line %d, column %d: %s"
              .formatted(
                  e.getLocation() == null ? 0 : e.getLocation().getLineNumber(),
                  e.getLocation() == null ? 0 : e.getLocation().getColumnNumber(),
                  firstLine(e)));
    }
  }

  private static String firstLine(XMLStreamException e) {
    String message = String.valueOf(e.getMessage());
    int at = message.indexOf("Message: ");
    String rest = at < 0 ? message : message.substring(at + "Message: ".length());
    return rest.lines().findFirst().orElse("");
  }

  private MetaData read() throws XMLStreamException, MetaDataException {
    boolean begun = false;
    while (xml.hasNext()) {
      if (xml.next() != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      String element = xml.getLocalName();
      if (!begun && !element.equals("resource-agent")) {
        throw new MetaDataException(
            "its root is <%s>, where <resource-agent> belongs".formatted(element));
      }
      begun = true;
      switch (element) {
        case "shortdesc" -> shortText = line(xml.getElementText());
        case "longdesc" -> longText = line(xml.getElementText());
        case "parameter" -> parameter();
        case "action" -> action();
        default -> {} // Passed over; what is in it is looked at.
      }
    }
    for (String needed : List.of("start", "stop", "monitor")) {
      if (actions.stream().noneMatch(action -> action.name().equals(needed))) {
        throw new MetaDataException("it declares no action " + needed);
      }
    }
    return new MetaData(shortText, longText, parameters, actions);
  }

  private void parameter() throws XMLStreamException, MetaDataException {
    String name = attribute("name").orElse("");
    boolean required = isTrue(attribute("required").orElse("0"));
    boolean reloadable = isTrue(attribute("reloadable").orElse("0"));
    String brief = "";
    String full = "";
    String type = "string";
    Optional<String> defaultText = Optional.empty();
    List<String> choices = new ArrayList<>();
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("parameter")) {
        break;
      }
      if (event != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      switch (xml.getLocalName()) {
        case "shortdesc" -> brief = line(xml.getElementText());
        case "longdesc" -> full = line(xml.getElementText());
        case "content" -> {
          type = attribute("type").orElse("string").toLowerCase(Locale.ROOT);
          defaultText = attribute("default");
        }
        case "option" -> attribute("value").ifPresent(choices::add);
        default -> {} // Passed over.
      }
    }
    if (name.isEmpty()) {
      throw new MetaDataException("a parameter has no name");
    }
    if (!names.add(name.toLowerCase(Locale.ROOT))) {
      throw new MetaDataException("it declares the parameter " + name + " twice");
    }
    if (parameters.size() == ITEMS_MAX) {
      throw new MetaDataException("it declares more than " + ITEMS_MAX + " parameters");
    }
    parameters.add(
        new Parameter(name, required, reloadable, brief, full, type, defaultText, choices));
  }

  private void action() throws MetaDataException {
    if (actions.size() == ITEMS_MAX) {
      throw new MetaDataException("it declares more than " + ITEMS_MAX + " actions");
    }
    String name = attribute("name").orElse("");
    actions.add(
        new Action(
            name,
            attribute("timeout").flatMap(MetaDataReader::time),
            attribute("interval").flatMap(MetaDataReader::time),
            attribute("depth").map(MetaDataReader::depth).orElse(0)));
  }

  private Optional<String> attribute(String name) {
    @Nullable String value = xml.getAttributeValue(null, name);
    return Optional.ofNullable(value);
  }

  private static boolean isTrue(String text) {
    return List.of("1", "true", "yes", "on").contains(text.strip().toLowerCase(Locale.ROOT));
  }

  private static int depth(String text) {
    String digits = text.strip();
    return digits.matches("\\d{1,3}") ? Math.min(Integer.parseInt(digits), DEPTH_MAX) : 0;
  }

  /** As Pacemaker reads it: a bare number is seconds. */
  static Optional<Duration> time(String text) {
    Matcher matcher = TIME.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    @Nullable String unit = matcher.group(2);
    Duration time =
        switch (unit == null ? "s" : unit) {
          case "ms", "msec" -> Duration.ofMillis(number);
          case "us", "usec" -> Duration.ofNanos(1000 * number);
          case "m", "min" -> Duration.ofMinutes(number);
          case "h", "hr" -> Duration.ofHours(number);
          default -> Duration.ofSeconds(number);
        };
    return time.isZero() || time.compareTo(Duration.ofDays(1)) > 0
        ? Optional.empty()
        : Optional.of(time);
  }

  /** In one line. */
  private static String line(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
