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

/** The type <em>Scriptable</em>: a process on the node, and a script. */
public final class Scriptable implements ResourceType {
  static {
    LoadScript.perform();
  }

  @Override
  public Description description() {
    return Description.of("Scriptable")
        .lives(Lives.ON_NODE)
        .properties(
            ScriptProperty.SCRIPT,
            SleepingProcess.RUNS_FOR,
            SleepingProcess.EXIT_CODE,
            SleepingProcess.IGNORES_STOP,
            SleepingProcess.CHILDREN,
            SleepingProcess.STOP_GRACE)
        .build();
  }

  @Override
  public List<Problem> validate(Properties properties) {
    return ScriptProperty.problems(properties);
  }

  @Override
  public Resource open(Context context) throws ResourceException {
    return ScriptableResource.open(context, new SleepingProcess(context));
  }
}
