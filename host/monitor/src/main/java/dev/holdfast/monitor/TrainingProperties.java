package dev.holdfast.monitor;

import dev.holdfast.protocol.wire.PropertyDescription;
import dev.holdfast.protocol.wire.PropertyText;
import dev.holdfast.protocol.wire.TypeDescription;
import java.util.ArrayList;
import java.util.List;

/**
 * Properties that a type may well accept, for an exercise in which nothing is started: what is
 * required has a value of its kind, all else its default. A type that does not accept them refuses,
 * and is trained for less.
 */
final class TrainingProperties {
  private TrainingProperties() {}

  static List<PropertyText> of(TypeDescription type) {
    List<PropertyText> properties = new ArrayList<>();
    for (PropertyDescription property : type.getPropertiesList()) {
      var text = PropertyText.newBuilder().setName(property.getName());
      if (property.hasDefaultValue()) {
        // It says no more than leaving it out; but most calls carry some properties.
        properties.add(text.addAllText(property.getDefaultValue().getTextList()).build());
      } else if (property.getRequired()) {
        properties.add(text.addText(value(property)).build());
      }
    }
    return properties;
  }

  private static String value(PropertyDescription property) {
    return switch (property.getKind()) {
      case INTEGER -> property.hasMinimum() ? property.getMinimum() : "1";
      case DURATION -> property.hasMinimum() ? property.getMinimum() : "1s";
      case SIZE -> property.hasMinimum() ? property.getMinimum() : "1KiB";
      case PATH -> "/";
      case CHOICE -> property.getChoices(0);
      case TEXT, LIST, SECRET, PROPERTY_KIND_NONE, UNRECOGNIZED -> "training";
    };
  }
}
