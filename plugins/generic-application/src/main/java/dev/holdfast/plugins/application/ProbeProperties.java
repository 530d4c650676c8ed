package dev.holdfast.plugins.application;

import dev.holdfast.spi.Property;
import java.time.Duration;

/** The properties that say how the application is asked whether it works. */
final class ProbeProperties {
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
          .help("For exec: a command, quoted as in a shell, that ends with 0 when all is well.")
          .build();
  static final Property<Duration> TIMEOUT =
      Property.duration("ProbeTimeout")
          .range(Duration.ofMillis(1), Duration.ofMinutes(5))
          .defaultsTo(Duration.ofSeconds(1))
          .help("How long the answer may take.")
          .build();

  private ProbeProperties() {}
}
