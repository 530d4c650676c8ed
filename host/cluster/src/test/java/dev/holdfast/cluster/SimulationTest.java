package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Safety and recovery under faults, in virtual time. {@code -Dsimulation.seeds=100000} runs more,
 * {@code -Dsimulation.seed=4711} runs one again.
 */
class SimulationTest {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 500);

  @Test
  void invariantsHoldInEveryStormAndWhatIsWantedComesBack() {
    Long one = Long.getLong("simulation.seed");
    int late = 0;
    for (long seed = one == null ? 1 : one; seed <= (one == null ? SEEDS : one); seed++) {
      var simulation = new Simulation(seed);
      try {
        simulation.run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "seed %d (replay with -Dsimulation.seed=%d): %s%nthe last steps:%n%s"
                .formatted(seed, seed, e.getMessage(), simulation.told()),
            e);
      }
      late += simulation.late();
    }

    assertThat(late).as("answers that came too late: part of every storm").isPositive();
  }

  @Test
  void theSameSeedIsTheSameStory() {
    var one = new Simulation(7);
    var other = new Simulation(7);
    one.run();
    other.run();

    assertThat(one.told()).isEqualTo(other.told());
  }
}
