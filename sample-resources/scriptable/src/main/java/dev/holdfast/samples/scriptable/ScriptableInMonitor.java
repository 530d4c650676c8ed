package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceType;
import java.util.List;

/**
 * The type <em>Scriptable In Monitor</em>: a thread in the monitor, gone with it, and a script.
 * What happens while the types are loaded is left to {@link Scriptable}.
 */
public final class ScriptableInMonitor implements ResourceType {
  @Override
  public Description description() {
    return ScriptableType.plainDescription("Scriptable In Monitor", Lives.IN_MONITOR, List.of());
  }

  @Override
  public List<Problem> validate(Properties properties) {
    return ScriptableType.validate(properties);
  }

  @Override
  public Resource open(Context context) {
    return ScriptableResource.open(context, new BeatingThread(context));
  }
}
