package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceType;
import java.util.List;

/** The type <em>Scriptable</em>: a process on the node, and a script. */
public final class Scriptable implements ResourceType {
  static {
    ScriptableType.initialised();
  }

  /** Does what the script says for the constructor. */
  public Scriptable() {
    ScriptableType.constructed();
  }

  @Override
  public Description description() {
    return ScriptableType.description(
        "Scriptable",
        Lives.ON_NODE,
        List.<Property<?>>of(
            SleepingProcess.RUNS_FOR,
            SleepingProcess.EXIT_CODE,
            SleepingProcess.IGNORES_STOP,
            SleepingProcess.CHILDREN,
            SleepingProcess.STOP_GRACE));
  }

  @Override
  public List<Problem> validate(Properties properties) {
    return ScriptableType.validate(properties);
  }

  @Override
  public Resource open(Context context) {
    return ScriptableResource.open(context, new SleepingProcess(context));
  }
}
