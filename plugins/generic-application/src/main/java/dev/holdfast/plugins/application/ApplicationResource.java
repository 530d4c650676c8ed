package dev.holdfast.plugins.application;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.HttpProbe;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.ProcessResource;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.TcpProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One application. Keeps nothing in memory. */
final class ApplicationResource extends ProcessResource {
  ApplicationResource(Context context) {
    super(context);
  }

  /**
   * Says what can be said before a process is started: a missing program or directory is someone's
   * mistake and no process that ended.
   */
  @Override
  public void online(OnlineCall call) throws Exception {
    Launch launch = launch(call.properties());
    Path directory = launch.directory();
    if (directory != null && !Files.isDirectory(directory)) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.OTHER_NODE,
          "DirectoryNotFound",
          "Starting '%s': its CurrentDirectory %s is no directory on node %s. Make it, or correct the property."
              .formatted(launch.command().get(0), directory, context().nodeName()));
    }
    requireProgram(launch);
    super.online(call);
  }

  @Override
  protected Launch launch(Properties properties) throws ResourceException {
    var command = new ArrayList<>(words(properties.find(GenericApplication.COMMAND_LINE)));
    command.addAll(properties.get(GenericApplication.ARGUMENTS));
    if (command.isEmpty() || command.get(0).isEmpty()) {
      throw misconfigured("Neither CommandLine nor Arguments says what to run.");
    }
    return new Launch(
        command,
        properties.find(GenericApplication.CURRENT_DIRECTORY).orElse(null),
        environment(properties),
        properties.find(GenericApplication.USER).orElse(null),
        properties.get(GenericApplication.STOP_SIGNAL));
  }

  @Override
  protected Health readiness(Properties properties) throws Exception {
    Duration timeout = properties.get(ProbeProperties.TIMEOUT);
    String probe = properties.get(ProbeProperties.PROBE);
    return switch (probe) {
      case ProbeProperties.NONE -> Health.alive();
      case ProbeProperties.TCP -> tcp(properties).within(timeout).health();
      case ProbeProperties.HTTP -> http(properties).within(timeout).health();
      case ProbeProperties.EXEC -> exec(properties).health(timeout);
      default -> throw misconfigured("Probe is '" + probe + "', which this version does not know.");
    };
  }

  @Override
  protected Duration stopGrace(Properties properties) {
    return properties.get(GenericApplication.STOP_GRACE);
  }

  private static TcpProbe tcp(Properties properties) throws ResourceException {
    Address address =
        properties
            .find(ProbeProperties.ADDRESS)
            .flatMap(Address::parse)
            .orElseThrow(() -> misconfigured("Probe is tcp, and ProbeAddress is no host:port."));
    return TcpProbe.of(address.host(), address.port());
  }

  private static HttpProbe http(Properties properties) throws ResourceException {
    StatusRange statuses =
        StatusRange.parse(properties.get(ProbeProperties.STATUS))
            .orElseThrow(() -> misconfigured("ProbeStatus is no range of statuses."));
    String url =
        properties
            .find(ProbeProperties.URL)
            .orElseThrow(() -> misconfigured("Probe is http, and ProbeUrl is not given."));
    return HttpProbe.of(url).expecting(statuses.first(), statuses.last());
  }

  private ExecProbe exec(Properties properties) throws ResourceException {
    List<String> command = words(properties.find(ProbeProperties.COMMAND));
    if (command.isEmpty()) {
      throw misconfigured("Probe is exec, and ProbeCommand is not given.");
    }
    return new ExecProbe(
        command,
        properties.find(GenericApplication.CURRENT_DIRECTORY).orElse(context().directory()),
        environment(properties));
  }

  private static List<String> words(Optional<String> line) throws ResourceException {
    try {
      return CommandLine.split(line.orElse(""));
    } catch (CommandLine.UnbalancedException e) {
      throw misconfigured(
          "The command line '" + line.orElse("") + "' cannot be split: " + e.getMessage() + ".");
    }
  }

  private static Map<String, String> environment(Properties properties) throws ResourceException {
    var environment = new LinkedHashMap<String, String>();
    for (String variable : properties.get(GenericApplication.ENVIRONMENT)) {
      int equals = variable.indexOf('=');
      if (equals < 1) {
        throw misconfigured("Environment has an item that is not NAME=VALUE.");
      }
      environment.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return environment;
  }

  /**
   * Looks only at programs given by a path: for others the host searches PATH. "Known not to exist"
   * rather than "not known to exist", since another user may see more than this one.
   */
  private void requireProgram(Launch launch) throws ResourceException {
    String program = launch.command().get(0);
    if (program.indexOf('/') < 0) {
      return;
    }
    Path base = launch.directory();
    Path path = (base == null ? context().directory() : base).resolve(program);
    if (Files.notExists(path)) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.NOWHERE,
          "CommandNotFound",
          "Starting '%s': there is no such file on node %s. Install it, or correct CommandLine."
              .formatted(path, context().nodeName()));
    }
    if (Files.isDirectory(path)) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.NOWHERE,
          "CommandNotExecutable",
          "Starting '%s': it is a directory. Correct CommandLine.".formatted(path));
    }
  }

  /** What validate would have refused; met only when properties were written by another way. */
  private static ResourceException misconfigured(String sentence) {
    return new ResourceException(Responsibility.USER, Retry.NOWHERE, "InvalidProperties", sentence);
  }
}
