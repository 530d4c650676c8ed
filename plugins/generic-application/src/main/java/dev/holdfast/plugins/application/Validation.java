package dev.holdfast.plugins.application;

import dev.holdfast.spi.HttpProbe;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds what is wrong with a Generic Application's properties, each thing once. Pure. */
final class Validation {
  private final Properties properties;
  private final List<Problem> problems = new ArrayList<>();

  private Validation(Properties properties) {
    this.properties = properties;
  }

  static List<Problem> of(Properties properties) {
    var validation = new Validation(properties);
    validation.checkCommand();
    validation.checkEnvironment();
    validation.checkUser();
    validation.checkProbe();
    return List.copyOf(validation.problems);
  }

  private void checkCommand() {
    List<String> words = new ArrayList<>();
    if (!splits(GenericApplication.COMMAND_LINE, words)) {
      return;
    }
    words.addAll(properties.get(GenericApplication.ARGUMENTS));
    if (words.isEmpty()) {
      tell(
          GenericApplication.COMMAND_LINE,
          "Neither CommandLine nor Arguments says what to run; one of them must.");
    } else if (words.get(0).isEmpty()) {
      tell(
          properties.find(GenericApplication.COMMAND_LINE).isPresent()
              ? GenericApplication.COMMAND_LINE
              : GenericApplication.ARGUMENTS,
          "The first word of the command is empty; it must name a program.");
    }
  }

  /** Whether the property, where it is given, can be split; its words are added. */
  private boolean splits(Property<String> property, List<String> words) {
    try {
      words.addAll(CommandLine.split(properties.find(property).orElse("")));
      return true;
    } catch (CommandLine.UnbalancedException e) {
      tell(
          property,
          "%s cannot be split into words: %s in: %s"
              .formatted(property.name(), e.getMessage(), properties.get(property)));
      return false;
    }
  }

  private void checkEnvironment() {
    Set<String> names = new HashSet<>();
    for (String variable : properties.get(GenericApplication.ENVIRONMENT)) {
      int equals = variable.indexOf('=');
      if (equals < 1) {
        // What was typed may be a secret without its name, so it is not repeated.
        tell(
            GenericApplication.ENVIRONMENT,
            equals == 0
                ? "Environment has an item without a name before '='; NAME=VALUE is needed."
                : "Environment has an item without '='; NAME=VALUE is needed.");
      } else if (!names.add(variable.substring(0, equals))) {
        tell(
            GenericApplication.ENVIRONMENT,
            "Environment sets " + variable.substring(0, equals) + " twice; set it once.");
      }
    }
  }

  private void checkUser() {
    if (properties.find(GenericApplication.USER).filter(String::isBlank).isPresent()) {
      tell(GenericApplication.USER, "User is blank; a user's name is needed, or leave it out.");
    }
  }

  private void checkProbe() {
    String probe = properties.get(ProbeProperties.PROBE);
    requireFor(ProbeProperties.TCP, probe, ProbeProperties.ADDRESS);
    requireFor(ProbeProperties.HTTP, probe, ProbeProperties.URL);
    requireFor(ProbeProperties.EXEC, probe, ProbeProperties.COMMAND);
    refuseUnless(ProbeProperties.HTTP, probe, ProbeProperties.STATUS);
    properties.find(ProbeProperties.ADDRESS).ifPresent(this::checkAddress);
    properties.find(ProbeProperties.URL).ifPresent(this::checkUrl);
    properties.find(ProbeProperties.STATUS).ifPresent(this::checkStatus);
    if (properties.find(ProbeProperties.COMMAND).isPresent()) {
      checkProbeCommand();
    }
  }

  private void requireFor(String kind, String probe, Property<String> property) {
    if (probe.equals(kind) && properties.find(property).isEmpty()) {
      tell(property, "Probe is %s, which needs %s.".formatted(kind, property.name()));
    }
    refuseUnless(kind, probe, property);
  }

  private void refuseUnless(String kind, String probe, Property<String> property) {
    if (!probe.equals(kind) && properties.find(property).isPresent()) {
      tell(
          property,
          "%s is given, but Probe is %s, so it would never be used; set Probe=%s or leave it out."
              .formatted(property.name(), probe, kind));
    }
  }

  private void checkAddress(String address) {
    if (Address.parse(address).isEmpty()) {
      tell(
          ProbeProperties.ADDRESS,
          "ProbeAddress is '" + address + "'; host:port is needed, such as 127.0.0.1:8080.");
    }
  }

  private void checkUrl(String url) {
    try {
      HttpProbe.of(url);
    } catch (IllegalArgumentException e) {
      tell(
          ProbeProperties.URL,
          "ProbeUrl is '"
              + url
              + "'; an http or https URL is needed, such as http://127.0.0.1:8080/health.");
    }
  }

  private void checkStatus(String status) {
    if (StatusRange.parse(status).isEmpty()) {
      tell(
          ProbeProperties.STATUS,
          "ProbeStatus is '"
              + status
              + "'; a status or a range within 100-599 is needed, such as 200-399.");
    }
  }

  private void checkProbeCommand() {
    List<String> words = new ArrayList<>();
    if (splits(ProbeProperties.COMMAND, words) && (words.isEmpty() || words.get(0).isEmpty())) {
      tell(ProbeProperties.COMMAND, "ProbeCommand names no program.");
    }
  }

  private void tell(Property<?> property, String sentence) {
    problems.add(new Problem(property.name(), sentence));
  }
}
