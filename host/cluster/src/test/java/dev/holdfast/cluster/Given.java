package dev.holdfast.cluster;

import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Timings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What tests begin with. */
final class Given {
  static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  static final GroupId GROUP = new GroupId(new UUID(1, 1));

  private Given() {}

  static ResourceId id(int number) {
    return new ResourceId(new UUID(0, number));
  }

  static ResourceConfig config(int number, String name, ResourceId... dependsOn) {
    return new ResourceConfig(
        id(number),
        name,
        "Test",
        GROUP,
        Set.of(dependsOn),
        false,
        CommonProperties.DEFAULT,
        Map.of());
  }

  static ClusterResource resource(ResourceConfig config) {
    return ClusterResource.created(config, Lives.ON_NODE, Timings.DEFAULT, NOW);
  }

  static TypeRegistration type(String name, Lives lives) {
    var description =
        Description.of(name)
            .lives(lives)
            .properties(
                Property.text("Live").effect(Property.Effect.LIVE).build(),
                Property.text("Other").build())
            .build();
    return new TypeRegistration(
        name,
        List.of(
            new TypeRegistration.Version(
                "test-plugin", "1.0.0", "sha256:00", "test.Type", description)),
        "1.0.0");
  }
}
