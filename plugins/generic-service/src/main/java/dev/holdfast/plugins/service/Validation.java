package dev.holdfast.plugins.service;

import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import java.util.ArrayList;
import java.util.List;

/** Finds what is wrong with a Generic Service's properties, each thing once. Pure. */
final class Validation {
  private final Properties properties;
  private final List<Problem> problems = new ArrayList<>();

  private Validation(Properties properties) {
    this.properties = properties;
  }

  static List<Problem> of(Properties properties) {
    var validation = new Validation(properties);
    validation.checkName();
    validation.checkProbe();
    return List.copyOf(validation.problems);
  }

  private void checkName() {
    String name = properties.get(GenericService.SERVICE_NAME);
    if (name.matches(".*\\.(socket|target|timer|mount|automount|swap|path|slice|scope|device)")) {
      tell(
          GenericService.SERVICE_NAME,
          "ServiceName is '%s'; of systemd's units only a .service can be a Generic Service."
              .formatted(name));
    }
  }

  private void checkProbe() {
    String probe = properties.get(Probe.PROBE);
    requireFor(Probe.TCP, probe, Probe.ADDRESS);
    requireFor(Probe.HTTP, probe, Probe.URL);
    requireFor(Probe.EXEC, probe, Probe.COMMAND);
    refuseUnless(Probe.HTTP, probe, Probe.STATUS);
    properties
        .find(Probe.ADDRESS)
        .filter(address -> Probe.tcp(address).isEmpty())
        .ifPresent(
            address ->
                tell(
                    Probe.ADDRESS,
                    "ProbeAddress is '%s'; host:port is needed, such as 127.0.0.1:8080."
                        .formatted(address)));
    properties
        .find(Probe.URL)
        .filter(url -> Probe.http(url, "200").isEmpty())
        .ifPresent(
            url ->
                tell(
                    Probe.URL,
                    "ProbeUrl is '%s'; an http or https URL is needed, such as http://127.0.0.1:8080/health."
                        .formatted(url)));
    properties
        .find(Probe.STATUS)
        .filter(status -> Probe.http("http://localhost/", status).isEmpty())
        .ifPresent(
            status ->
                tell(
                    Probe.STATUS,
                    "ProbeStatus is '%s'; a status or a range within 100-599 is needed, such as 200-399."
                        .formatted(status)));
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

  private void tell(Property<?> property, String sentence) {
    problems.add(new Problem(property.name(), sentence));
  }
}
