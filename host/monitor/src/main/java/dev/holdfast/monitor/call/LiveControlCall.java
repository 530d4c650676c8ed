package dev.holdfast.monitor.call;

import dev.holdfast.spi.Control;
import dev.holdfast.spi.ControlCall;
import dev.holdfast.spi.Properties;

/** A call of control. */
final class LiveControlCall extends LiveCall implements ControlCall {
  private final Control control;
  private final Properties parameters;

  LiveControlCall(Entry entry, Life life, Control control, Properties parameters) {
    super(entry, life);
    this.control = control;
    this.parameters = parameters;
  }

  @Override
  public Control control() {
    requireAlive();
    return control;
  }

  @Override
  public Properties parameters() {
    requireAlive();
    return parameters;
  }
}
