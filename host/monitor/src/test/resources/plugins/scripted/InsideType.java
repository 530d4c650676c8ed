package scripted;

import dev.holdfast.spi.Lives;

/** The same, living in the monitor. */
public final class InsideType extends ScriptedType {
  @Override
  protected Lives lives() {
    return Lives.IN_MONITOR;
  }

  @Override
  protected String name() {
    return "Scripted Inside";
  }
}
