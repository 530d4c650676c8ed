package dev.holdfast.monitor;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.OfflineCall;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceType;

/** The type a monitor exercises itself with. Never registered, never seen by the service. */
final class ExerciseType implements ResourceType {
  static final Property<Integer> TIMES = Property.integer("Times").defaultsTo(1).build();

  private static final Description DESCRIPTION =
      Description.of("Exercise").lives(Lives.IN_MONITOR).properties(TIMES).build();

  @Override
  public Description description() {
    return DESCRIPTION;
  }

  @Override
  public Resource open(Context context) {
    return new Exercised();
  }

  private static final class Exercised implements Resource {
    @Override
    public Found find(Call call) {
      boolean alive = call.slots().stream().allMatch(slot -> slot.alive() && slot.exit().isEmpty());
      int times = call.properties().get(TIMES);
      return alive ? Found.running(times + " times") : Found.absent("no slot");
    }

    @Override
    public void online(OnlineCall call) {
      throw new UnsupportedOperationException("An exercise is never brought online.");
    }

    @Override
    public void offline(OfflineCall call) {
      throw new UnsupportedOperationException("An exercise is never online.");
    }

    @Override
    public Health isAlive(Call call) {
      return Health.alive();
    }
  }
}
