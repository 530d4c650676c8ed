package dev.holdfast.plugins.ocf;

import dev.holdfast.plugins.ocf.MetaData.Parameter;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Timings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * From an agent's meta-data to the description of a resource type.
 *
 * <pre>
 *   parameter                        property of the same name
 *     integer, boolean, select         integer, choice, choice; text where the declared default does not
 *                                      fit the declared type, as with 29 parameters of Debian 12's agents
 *     a name with password, passwd …   secret
 *     anything else                    text
 *     required                         required, and then without a default
 *     reloadable (OCF 1.1)             changeable while online, if the agent has reload-agent
 *   monitor, depth 0: interval       looksAlive; 10 s where nothing is said
 *   monitor, depth 10: interval      isAlive; 60 s where nothing is said
 *   timeouts of start, stop          pending: the longest one, and a minute more for checking
 *   and reload-agent
 *   timeouts of monitors             check: the longest, and some seconds more for ending it
 * </pre>
 */
final class AgentDescription {
  private static final int HELP_CHARS_MAX = 2000;
  private static final List<String> SECRET_WORDS = List.of("password", "passwd", "secret");
  private static final List<String> BOOLEANS =
      List.of("true", "false", "yes", "no", "on", "off", "1", "0");
  private static final Duration LOOKS_ALIVE = Duration.ofSeconds(10);
  private static final Duration IS_ALIVE = Duration.ofSeconds(60);
  private static final int DEEP = 10;

  /** Over start and stop: the probe before and after, and the end of what hangs. */
  private static final Duration PENDING_MARGIN = Duration.ofMinutes(1);

  /** Over a monitor: the end of what hangs. */
  private static final Duration CHECK_MARGIN = Duration.ofSeconds(10);

  private AgentDescription() {}

  /**
   * Describes.
   *
   * @throws MetaDataException a parameter has a name that no property can have
   */
  static Description of(AgentName agent, MetaData metaData) throws MetaDataException {
    List<Property<?>> host = HostProperties.of(metaData);
    List<Property<?>> properties = new ArrayList<>();
    for (Parameter parameter : metaData.parameters()) {
      if (HostProperties.isName(parameter.name())) {
        throw new MetaDataException(
            "its parameter %s has the name of a property that every agent's type has"
                .formatted(parameter.name()));
      }
      properties.add(property(parameter, metaData.reloadsAgent()));
    }
    properties.addAll(host);
    return Description.of(agent.toString())
        .displayName(metaData.shortText().isEmpty() ? agent.toString() : metaData.shortText())
        .lives(Lives.ON_NODE)
        .properties(properties)
        .timings(timings(metaData))
        .build();
  }

  private static Timings timings(MetaData agent) {
    Duration pending =
        longer(HostProperties.timeout(agent, "start", 0), HostProperties.timeout(agent, "stop", 0));
    if (agent.reloadsAgent()) {
      pending = longer(pending, HostProperties.timeout(agent, MetaData.RELOAD_AGENT, 0));
    }
    pending = pending.plus(PENDING_MARGIN);
    Duration check =
        longer(
                HostProperties.timeout(agent, "monitor", 0),
                HostProperties.timeout(agent, "monitor", DEEP))
            .plus(CHECK_MARGIN);
    Timings timings = Timings.DEFAULT;
    return timings
        .withLooksAlive(interval(agent, 0).orElse(LOOKS_ALIVE))
        .withIsAlive(interval(agent, DEEP).orElse(IS_ALIVE))
        .withPending(longer(pending, timings.pending()))
        .withOnlineLimit(longer(pending.multipliedBy(2), timings.onlineLimit()))
        .withCheck(longer(check, timings.check()));
  }

  private static Optional<Duration> interval(MetaData agent, int depth) {
    return agent.action("monitor", depth).flatMap(MetaData.Action::interval);
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? b : a;
  }

  /**
   * @param live whether the agent can put a changed parameter in effect while it runs
   */
  private static Property<?> property(Parameter parameter, boolean live) throws MetaDataException {
    try {
      if (isSecret(parameter.name())) {
        return built(Property.secret(parameter.name()), parameter, live, Optional.empty());
      }
      Optional<String> defaultText = parameter.defaultText().filter(text -> !text.isEmpty());
      Optional<Property<?>> typed = typed(parameter, live, defaultText);
      return typed.isPresent()
          ? typed.get()
          : built(Property.text(parameter.name()), parameter, live, defaultText);
    } catch (IllegalStateException e) {
      throw new MetaDataException(
          "its parameter '%s' cannot be a property: %s"
              .formatted(parameter.name(), e.getMessage()));
    }
  }

  private static boolean isSecret(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return SECRET_WORDS.stream().anyMatch(lower::contains) && !lower.contains("use_empty");
  }

  /** Empty when what is declared does not fit together, or knows no more than a text. */
  private static Optional<Property<?>> typed(
      Parameter parameter, boolean live, Optional<String> defaultText) {
    try {
      return switch (parameter.type()) {
        case "integer" ->
            Optional.of(built(Property.integer(parameter.name()), parameter, live, defaultText));
        case "boolean" ->
            Optional.of(
                built(
                    Property.choice(parameter.name()).oneOf(BOOLEANS),
                    parameter,
                    live,
                    defaultText));
        case "select" ->
            parameter.choices().isEmpty()
                ? Optional.empty()
                : Optional.of(
                    built(
                        Property.choice(parameter.name()).oneOf(parameter.choices()),
                        parameter,
                        live,
                        defaultText));
        default -> Optional.empty();
      };
    } catch (IllegalStateException e) {
      return Optional.empty(); // Its default is wrong, or the name; the text tells which.
    }
  }

  private static Property<?> built(
      Property.Builder<?> builder,
      Parameter parameter,
      boolean live,
      Optional<String> defaultText) {
    builder.help(help(parameter));
    if (live && parameter.reloadable()) {
      builder.effect(Property.Effect.LIVE);
    }
    if (parameter.required()) {
      builder.required();
    } else {
      defaultText.ifPresent(text -> builder.defaultsToText(List.of(text)));
    }
    return builder.build();
  }

  private static String help(Parameter parameter) {
    String text = parameter.longText().isEmpty() ? parameter.shortText() : parameter.longText();
    return text.length() <= HELP_CHARS_MAX ? text : text.substring(0, HELP_CHARS_MAX) + "…";
  }
}
