package dev.holdfast.plugins.service;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.HttpProbe;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.TcpProbe;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the service itself whether it works: the properties of Generic Application. */
final class Probe {
  static final String NONE = "none";
  static final String TCP = "tcp";
  static final String HTTP = "http";
  static final String EXEC = "exec";

  static final Property<String> PROBE =
      Property.choice("Probe")
          .oneOf(NONE, TCP, HTTP, EXEC)
          .defaultsTo(NONE)
          .help("How to ask whether it works: not at all, by a connection, a page, or a command.")
          .build();
  static final Property<String> ADDRESS =
      Property.text("ProbeAddress").help("For tcp: host:port that accepts connections.").build();
  static final Property<String> URL =
      Property.text("ProbeUrl").help("For http: the page to ask for.").build();
  static final Property<String> STATUS =
      Property.text("ProbeStatus")
          .defaultsTo("200-399")
          .help("For http: the status that is healthy, or a range of them.")
          .build();
  static final Property<String> COMMAND =
      Property.text("ProbeCommand")
          .help("For exec: a line for the shell that ends with 0 when all is well.")
          .build();
  static final Property<Duration> TIMEOUT =
      Property.duration("ProbeTimeout")
          .range(Duration.ofMillis(1), Duration.ofMinutes(5))
          .defaultsTo(Duration.ofSeconds(1))
          .help("How long the answer may take.")
          .build();

  private static final Pattern WRITTEN_ADDRESS =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^\\s:/\\[\\]]+)):(\\d{1,5})");
  private static final Pattern WRITTEN_STATUS =
      Pattern.compile("([1-5]\\d\\d)(?:\\s*-\\s*([1-5]\\d\\d))?");
  private static final int PORT_MAX = 65_535;

  private Probe() {}

  /** Asks once. Alive when nothing is to be asked. */
  static Health ask(Call call) throws ResourceException {
    Properties properties = call.properties();
    Duration timeout = properties.get(TIMEOUT);
    return switch (properties.get(PROBE)) {
      case TCP ->
          tcp(properties.find(ADDRESS).orElse(""))
              .orElseThrow(() -> misconfigured(ADDRESS))
              .within(timeout)
              .health();
      case HTTP ->
          http(properties.find(URL).orElse(""), properties.get(STATUS))
              .orElseThrow(() -> misconfigured(URL))
              .within(timeout)
              .health();
      case EXEC ->
          exec(call, properties.find(COMMAND).orElseThrow(() -> misconfigured(COMMAND)), timeout);
      default -> Health.alive();
    };
  }

  /** A port that is asked; empty when the address is none. */
  static Optional<TcpProbe> tcp(String address) {
    Matcher matcher = WRITTEN_ADDRESS.matcher(address.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(matcher.group(3));
    return port >= 1 && port <= PORT_MAX
        ? Optional.of(
            TcpProbe.of(matcher.group(1) == null ? matcher.group(2) : matcher.group(1), port))
        : Optional.empty();
  }

  /** A page that is asked; empty when the URL or the range of statuses is none. */
  static Optional<HttpProbe> http(String url, String status) {
    Matcher matcher = WRITTEN_STATUS.matcher(status.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int first = Integer.parseInt(matcher.group(1));
    int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
    try {
      return Optional.of(HttpProbe.of(url).expecting(first, last));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Whoever asks says which of the two is wrong.
    }
  }

  private static Health exec(Call call, String line, Duration timeout) throws ResourceException {
    CommandResult result =
        call.run(Command.looking(Launch.of("/bin/sh", "-c", line).with("LC_ALL", "C"), timeout));
    return result.exited(0)
        ? Health.alive()
        : Health.failed(Commands.words("the probe '" + line + "'", result));
  }

  /** What validate would have refused; met only when properties were written by another way. */
  private static ResourceException misconfigured(Property<?> property) {
    return new ResourceException(
        Responsibility.USER,
        Retry.NOWHERE,
        "InvalidProperties",
        property.name() + " does not say what to ask.");
  }
}
