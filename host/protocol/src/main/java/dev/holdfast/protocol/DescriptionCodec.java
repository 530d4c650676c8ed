package dev.holdfast.protocol;

import dev.holdfast.protocol.wire.ControlDescription;
import dev.holdfast.protocol.wire.PropertyDescription;
import dev.holdfast.protocol.wire.TextList;
import dev.holdfast.protocol.wire.TypeDescription;
import dev.holdfast.spi.Control;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Timings;
import java.time.Duration;
import java.util.List;

/**
 * A type's {@link Description} as a message, for the wire and for what a registration keeps.
 *
 * <p>What comes back equals what went in, with one thing gone that is code and not data: the checks
 * of single properties, which only a monitor can ask.
 */
public final class DescriptionCodec {
  private DescriptionCodec() {}

  /** Writes a description. */
  public static TypeDescription encode(Description description) {
    var timings = description.timings();
    var message =
        TypeDescription.newBuilder()
            .setName(description.registeredName())
            .setDisplayName(description.displayName())
            .setRevision(description.revision())
            .setLives(encode(description.lives()))
            .setExclusive(description.isExclusive())
            .addAllRequires(description.requires())
            .setLooksAliveMillis(timings.looksAlive().toMillis())
            .setIsAliveMillis(timings.isAlive().toMillis())
            .setPendingMillis(timings.pending().toMillis())
            .setOnlineLimitMillis(timings.onlineLimit().toMillis())
            .setCheckMillis(timings.check().toMillis());
    for (Property<?> property : description.properties()) {
      message.addProperties(encode(property));
    }
    for (Control control : description.controls()) {
      message.addControls(encode(control));
    }
    return message.build();
  }

  private static ControlDescription encode(Control control) {
    var message =
        ControlDescription.newBuilder()
            .setName(control.name())
            .setHelp(control.help())
            .setWhileOffline(control.isWhileOffline())
            .setReadOnly(control.isReadOnly())
            .setLimitMillis(control.limit().toMillis());
    for (Property<?> parameter : control.parameters()) {
      message.addParameters(encode(parameter));
    }
    return message.build();
  }

  private static Control decode(ControlDescription message) {
    var control =
        Control.of(message.getName())
            .help(message.getHelp())
            .parameters(properties(message.getParametersList()))
            .limit(Duration.ofMillis(message.getLimitMillis()));
    if (message.getWhileOffline()) {
      control.whileOffline();
    }
    return (message.getReadOnly() ? control.readOnly() : control).build();
  }

  private static List<Property<?>> properties(List<PropertyDescription> messages) {
    return messages.stream().<Property<?>>map(DescriptionCodec::decode).toList();
  }

  /**
   * Reads a description back.
   *
   * @throws IllegalArgumentException the message describes no type: it was damaged, or written by a
   *     version that knows more
   */
  public static Description decode(TypeDescription message) {
    try {
      var description =
          Description.of(message.getName())
              .displayName(message.getDisplayName())
              .revision(message.getRevision())
              .lives(decode(message.getLives()))
              .properties(properties(message.getPropertiesList()))
              .controls(message.getControlsList().stream().map(DescriptionCodec::decode).toList())
              .requires(message.getRequiresList().toArray(String[]::new))
              .timings(
                  new Timings(
                      Duration.ofMillis(message.getLooksAliveMillis()),
                      Duration.ofMillis(message.getIsAliveMillis()),
                      Duration.ofMillis(message.getPendingMillis()),
                      Duration.ofMillis(message.getOnlineLimitMillis()),
                      message.getCheckMillis() == 0
                          ? Timings.DEFAULT.check()
                          : Duration.ofMillis(message.getCheckMillis())));
      return (message.getExclusive() ? description.exclusive() : description).build();
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException(
          "The stored description of type '%s' cannot be read: %s"
              .formatted(message.getName(), e.getMessage()),
          e);
    }
  }

  private static PropertyDescription encode(Property<?> property) {
    var message =
        PropertyDescription.newBuilder()
            .setName(property.name())
            .setKind(encode(property.kind()))
            .setRequired(property.isRequired())
            .setHelp(property.help())
            .setEffect(encode(property.effect()))
            .setSince(property.since())
            .addAllChoices(property.choices());
    property
        .defaultText()
        .ifPresent(text -> message.setDefaultValue(TextList.newBuilder().addAllText(text)));
    property.minimumText().ifPresent(message::setMinimum);
    property.maximumText().ifPresent(message::setMaximum);
    return message.build();
  }

  private static Property<?> decode(PropertyDescription message) {
    var property =
        Property.of(decode(message.getKind()), message.getName())
            .help(message.getHelp())
            .effect(decode(message.getEffect()))
            .since(message.getSince())
            .oneOf(message.getChoicesList());
    if (message.getRequired()) {
      property.required();
    }
    if (message.hasDefaultValue()) {
      property.defaultsToText(message.getDefaultValue().getTextList());
    }
    if (message.hasMinimum()) {
      property.atLeastText(message.getMinimum());
    }
    if (message.hasMaximum()) {
      property.atMostText(message.getMaximum());
    }
    return property.build();
  }

  private static dev.holdfast.protocol.wire.Lives encode(Lives lives) {
    return switch (lives) {
      case IN_MONITOR -> dev.holdfast.protocol.wire.Lives.IN_MONITOR;
      case ON_NODE -> dev.holdfast.protocol.wire.Lives.ON_NODE;
      case ELSEWHERE -> dev.holdfast.protocol.wire.Lives.ELSEWHERE;
    };
  }

  private static Lives decode(dev.holdfast.protocol.wire.Lives lives) {
    return switch (lives) {
      case IN_MONITOR -> Lives.IN_MONITOR;
      case ON_NODE -> Lives.ON_NODE;
      case ELSEWHERE -> Lives.ELSEWHERE;
      case LIVES_NONE, UNRECOGNIZED -> throw unknown("place to live", lives);
    };
  }

  private static dev.holdfast.protocol.wire.PropertyKind encode(Property.Kind kind) {
    return switch (kind) {
      case TEXT -> dev.holdfast.protocol.wire.PropertyKind.TEXT;
      case INTEGER -> dev.holdfast.protocol.wire.PropertyKind.INTEGER;
      case DURATION -> dev.holdfast.protocol.wire.PropertyKind.DURATION;
      case SIZE -> dev.holdfast.protocol.wire.PropertyKind.SIZE;
      case PATH -> dev.holdfast.protocol.wire.PropertyKind.PATH;
      case LIST -> dev.holdfast.protocol.wire.PropertyKind.LIST;
      case CHOICE -> dev.holdfast.protocol.wire.PropertyKind.CHOICE;
      case SECRET -> dev.holdfast.protocol.wire.PropertyKind.SECRET;
    };
  }

  private static Property.Kind decode(dev.holdfast.protocol.wire.PropertyKind kind) {
    return switch (kind) {
      case TEXT -> Property.Kind.TEXT;
      case INTEGER -> Property.Kind.INTEGER;
      case DURATION -> Property.Kind.DURATION;
      case SIZE -> Property.Kind.SIZE;
      case PATH -> Property.Kind.PATH;
      case LIST -> Property.Kind.LIST;
      case CHOICE -> Property.Kind.CHOICE;
      case SECRET -> Property.Kind.SECRET;
      case PROPERTY_KIND_NONE, UNRECOGNIZED -> throw unknown("kind of property", kind);
    };
  }

  private static dev.holdfast.protocol.wire.Effect encode(Property.Effect effect) {
    return switch (effect) {
      case NEXT_ONLINE -> dev.holdfast.protocol.wire.Effect.NEXT_ONLINE;
      case LIVE -> dev.holdfast.protocol.wire.Effect.LIVE;
      case FIXED -> dev.holdfast.protocol.wire.Effect.FIXED;
    };
  }

  private static Property.Effect decode(dev.holdfast.protocol.wire.Effect effect) {
    return switch (effect) {
      case NEXT_ONLINE -> Property.Effect.NEXT_ONLINE;
      case LIVE -> Property.Effect.LIVE;
      case FIXED -> Property.Effect.FIXED;
      case EFFECT_NONE, UNRECOGNIZED -> throw unknown("effect", effect);
    };
  }

  private static IllegalArgumentException unknown(String what, Enum<?> found) {
    return new IllegalArgumentException(
        "A stored description has the %s %s, which this version does not know."
            .formatted(what, found));
  }
}
