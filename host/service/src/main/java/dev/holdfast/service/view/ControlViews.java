package dev.holdfast.service.view;

import dev.holdfast.service.api.ControlView;
import dev.holdfast.spi.Control;
import dev.holdfast.spi.Property;
import java.util.Locale;

/** Declared controls, as people are shown them. */
final class ControlViews {
  private ControlViews() {}

  static ControlView of(Control control) {
    return new ControlView(
        control.name(),
        control.help(),
        control.parameters().stream().map(ControlViews::parameter).toList(),
        control.isWhileOffline(),
        control.isReadOnly(),
        control.limit().toMillis());
  }

  private static ControlView.Parameter parameter(Property<?> parameter) {
    String kind = parameter.kind().name();
    return new ControlView.Parameter(
        parameter.name(),
        kind.charAt(0) + kind.substring(1).toLowerCase(Locale.ROOT),
        parameter.isRequired(),
        parameter.defaultText().map(text -> String.join(" ", text)).orElse(null),
        parameter.minimumText().orElse(null),
        parameter.maximumText().orElse(null),
        parameter.choices(),
        parameter.help());
  }
}
