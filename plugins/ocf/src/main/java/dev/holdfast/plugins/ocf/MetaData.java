package dev.holdfast.plugins.ocf;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an agent says of itself.
 *
 * @param shortText one line; may be empty
 * @param longText more; may be empty
 */
record MetaData(
    String shortText, String longText, List<Parameter> parameters, List<Action> actions) {
  static final String RELOAD_AGENT = "reload-agent";

  MetaData {
    parameters = List.copyOf(parameters);
    actions = List.copyOf(actions);
  }

  /**
   * One parameter.
   *
   * @param reloadable whether {@code reload-agent} puts another value in effect (OCF 1.1)
   * @param type the declared type: string, integer, boolean, select, or something else
   * @param defaultText empty where none was declared
   * @param choices of a select
   */
  record Parameter(
      String name,
      boolean required,
      boolean reloadable,
      String shortText,
      String longText,
      String type,
      Optional<String> defaultText,
      List<String> choices) {
    Parameter {
      choices = List.copyOf(choices);
    }
  }

  /**
   * One action.
   *
   * @param timeout empty where none was declared, or none that can be read
   * @param interval how often a monitor is to be asked
   * @param depth of a monitor; 0 is the plain one
   */
  record Action(String name, Optional<Duration> timeout, Optional<Duration> interval, int depth) {}

  /**
   * Whether it has the action that puts changed parameters in effect (OCF 1.1). {@code reload} is
   * another one: it has the service read its own configuration.
   */
  boolean reloadsAgent() {
    return action(RELOAD_AGENT).isPresent();
  }

  /** The action of this name, of a monitor the plain one. */
  Optional<Action> action(String name) {
    return action(name, 0);
  }

  /** The action of this name and depth. */
  Optional<Action> action(String name, int depth) {
    return actions.stream()
        .filter(action -> action.name().equals(name) && action.depth() == depth)
        .findFirst();
  }
}
