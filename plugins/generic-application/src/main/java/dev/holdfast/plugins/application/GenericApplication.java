package dev.holdfast.plugins.application;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The type <em>Generic Application</em>: one process.
 *
 * <p>MSCS's type of that name had CommandLine and CurrentDirectory, found an application alive
 * while its process existed, and killed it to take it offline. Here the process may also be asked
 * whether it works (the Probe properties), and is stopped by a signal before it is killed.
 */
public final class GenericApplication implements ResourceType {
  static final Property<String> COMMAND_LINE =
      Property.text("CommandLine")
          .help("Program and arguments, quoted as in a shell; nothing is expanded.")
          .build();
  static final Property<List<String>> ARGUMENTS =
      Property.list("Arguments")
          .defaultsTo(List.of())
          .help("Words that follow those of CommandLine, each as it stands.")
          .build();
  static final Property<Path> CURRENT_DIRECTORY =
      Property.path("CurrentDirectory")
          .help("Working directory; the resource's own when not given.")
          .build();
  static final Property<List<String>> ENVIRONMENT =
      Property.list("Environment")
          .defaultsTo(List.of())
          .help("Environment variables, each as NAME=VALUE.")
          .build();
  static final Property<String> USER =
      Property.text("User")
          .help("Whom to run as; the cluster service's user when not given.")
          .build();
  static final Property<String> STOP_SIGNAL =
      Property.choice("StopSignal")
          .oneOf(Launch.STOP_SIGNALS.stream().sorted().toList())
          .defaultsTo("TERM")
          .help("Signal that asks the process to stop.")
          .build();
  static final Property<Duration> STOP_GRACE =
      Property.duration("StopGrace")
          .range(Duration.ZERO, Duration.ofHours(1))
          .defaultsTo(Duration.ofSeconds(10))
          .help("How long it may take to stop before it is killed.")
          .build();

  @Override
  public Description description() {
    return Description.of("Generic Application")
        .lives(Lives.ON_NODE)
        .properties(
            COMMAND_LINE,
            ARGUMENTS,
            CURRENT_DIRECTORY,
            ENVIRONMENT,
            USER,
            STOP_SIGNAL,
            STOP_GRACE,
            ProbeProperties.PROBE,
            ProbeProperties.ADDRESS,
            ProbeProperties.URL,
            ProbeProperties.STATUS,
            ProbeProperties.COMMAND,
            ProbeProperties.TIMEOUT)
        .build();
  }

  @Override
  public List<Problem> validate(Properties properties) {
    return Validation.of(properties);
  }

  @Override
  public Resource open(Context context) {
    return new ApplicationResource(context);
  }
}
