package dev.holdfast.samples.volume;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Control;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceType;
import dev.holdfast.spi.Timings;
import java.time.Duration;

/**
 * The type <em>Lease Volume</em>: a volume at a cloud, attached to the node that has the resource.
 */
public final class LeaseVolume implements ResourceType {
  /** Another cloud is another volume of the same name: what is attached at the old one stays so. */
  static final Property<String> API =
      Property.text("Api")
          .required()
          .effect(Property.Effect.FIXED)
          .check(
              url -> url.startsWith("http://") || url.startsWith("https://"),
              "it is the address of an HTTP service, such as http://cloud.example:8080.")
          .help("The address of the cloud's API.")
          .build();

  static final Property<String> VOLUME =
      Property.text("Volume")
          .required()
          .check(name -> name.matches("[A-Za-z0-9._-]{1,64}"), "letters, digits, dots and dashes.")
          .help("The volume's name there.")
          .build();
  static final Property<Duration> TIMEOUT =
      Property.duration("Timeout")
          .range(Duration.ofMillis(10), Duration.ofMinutes(1))
          .defaultsTo(Duration.ofSeconds(2))
          .effect(Property.Effect.LIVE) // Each call reads it, so there is nothing else to do.
          .help("How long one request may take.")
          .build();

  static final Property<String> SNAPSHOT_NAME =
      Property.text("name").required().help("What to call it.").build();
  static final Property<Long> SIZE =
      Property.size("size")
          .required()
          .range(1L << 20, 1L << 40)
          .help("How large it is to be.")
          .build();
  static final Property<String> LINE = Property.text("text").required().help("A line.").build();
  static final Control SNAPSHOT =
      Control.of("Snapshot")
          .help("Keeps the volume as it is now, under a name.")
          .parameters(SNAPSHOT_NAME)
          .build();
  static final Control RESIZE =
      Control.of("Resize").help("Makes the volume larger.").parameters(SIZE).build();
  static final Control WRITE =
      Control.of("Write").help("Writes a line to the volume.").parameters(LINE).build();
  static final Control STATUS =
      Control.of("Status")
          .help("What the cloud says of the volume.")
          .whileOffline()
          .readOnly()
          .build();

  @Override
  public Description description() {
    return Description.of("Lease Volume")
        .lives(Lives.ELSEWHERE)
        .properties(API, VOLUME, TIMEOUT)
        .controls(SNAPSHOT, RESIZE, WRITE, STATUS)
        .timings(Timings.DEFAULT.withIsAlive(Duration.ofSeconds(15)))
        .build();
  }

  @Override
  public Resource open(Context context) {
    return new LeaseVolumeResource(context);
  }
}
