package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceType;
import java.util.List;

/** The type <em>Scriptable In Monitor</em>: a thread in the monitor, gone with it, and a script. */
public final class ScriptableInMonitor implements ResourceType {
  @Override
  public Description description() {
    return Description.of("Scriptable In Monitor")
        .lives(Lives.IN_MONITOR)
        .properties(ScriptProperty.SCRIPT)
        .build();
  }

  @Override
  public List<Problem> validate(Properties properties) {
    return ScriptProperty.problems(properties);
  }

  @Override
  public Resource open(Context context) throws ResourceException {
    return ScriptableResource.open(context, new BeatingThread(context));
  }
}
