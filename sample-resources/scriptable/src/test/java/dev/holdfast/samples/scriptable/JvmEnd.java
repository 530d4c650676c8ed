package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Properties;
import dev.holdfast.spi.fake.FakeCall;
import dev.holdfast.spi.fake.FakeContext;
import dev.holdfast.spi.fake.FakeSlots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A JVM that loads the type, opens a resource and checks it, as the script in its directory lets
 * it.
 */
final class JvmEnd {
  private JvmEnd() {}

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    var type = new Scriptable();
    var resource = type.open(new FakeContext(directory));
    try (var slots = new FakeSlots(directory)) {
      var properties = Properties.of(type.description(), Map.of());
      resource.isAlive(new FakeCall(slots, properties, Duration.ofSeconds(30)));
      resource.close();
    }
  }
}
