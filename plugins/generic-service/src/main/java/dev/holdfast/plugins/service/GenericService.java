package dev.holdfast.plugins.service;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceType;
import dev.holdfast.spi.Timings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The type <em>Generic Service</em>: what the node's service manager runs.
 *
 * <p>MSCS's type of that name had ServiceName and StartupParameters, and found a service alive
 * while the Service Control Manager said so. Here it may also be asked whether it works, and one
 * that was started outside Holdfast is Foreign.
 */
public final class GenericService implements ResourceType {
  /** Another unit is another resource: what runs of the old one would be nobody's. */
  static final Property<String> SERVICE_NAME =
      Property.text("ServiceName")
          .required()
          .effect(Property.Effect.FIXED)
          .check(
              name -> name.matches("[A-Za-z0-9:_.\\\\@][A-Za-z0-9:_.\\\\@-]{0,247}"),
              "the name of a unit or of a SysV script, such as nginx or"
                  + " postgresql@15-main.service.")
          .help("The unit of systemd, with or without .service, or the SysV script.")
          .build();

  static final Property<String> STARTUP_PARAMETERS =
      Property.text("StartupParameters")
          .help("Words for the SysV script's start; under systemd the instance of a template unit.")
          .build();
  static final Property<Path> PID_FILE =
      Property.path("PidFile")
          .help("SysV only: where the script keeps the process's id; /run/NAME.pid when not given.")
          .build();
  static final Property<Path> LOG_FILE =
      Property.path("LogFile")
          .help("SysV only: the log whose last lines are told with a failure.")
          .build();

  /** To look is to read a link, so it may be done each second. */
  private static final Timings TIMINGS = Timings.DEFAULT.withLooksAlive(Duration.ofSeconds(1));

  private final Node node;

  /** With the services of this node. */
  public GenericService() {
    this(Node.THIS);
  }

  GenericService(Node node) {
    this.node = node;
  }

  @Override
  public Description description() {
    return Description.of("Generic Service")
        .lives(Lives.ON_NODE)
        .timings(TIMINGS)
        .properties(
            SERVICE_NAME,
            STARTUP_PARAMETERS,
            PID_FILE,
            LOG_FILE,
            Probe.PROBE,
            Probe.ADDRESS,
            Probe.URL,
            Probe.STATUS,
            Probe.COMMAND,
            Probe.TIMEOUT)
        .build();
  }

  @Override
  public List<Problem> validate(Properties properties) {
    return Validation.of(properties);
  }

  @Override
  public Resource open(Context context) {
    return new ServiceResource(context, node);
  }
}
