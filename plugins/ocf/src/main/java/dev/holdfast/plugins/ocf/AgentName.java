package dev.holdfast.plugins.ocf;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which agent: {@code ocf:PROVIDER:AGENT}. */
record AgentName(String provider, String agent) {
  /** What all names begin with. */
  static final String PREFIX = "ocf:";

  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");
  private static final Pattern NAME = Pattern.compile("(?i:ocf):([^:]*):([^:]*)");

  /** Reads a registered name; empty when it is none of an agent. */
  static Optional<AgentName> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() ? of(matcher.group(1), matcher.group(2)) : Optional.empty();
  }

  /** Of two words; empty when one of them can be no file's name, or is a hidden one's. */
  static Optional<AgentName> of(String provider, String agent) {
    return WORD.matcher(provider).matches() && WORD.matcher(agent).matches()
        ? Optional.of(new AgentName(provider, agent))
        : Optional.empty();
  }

  /** Where it stands. */
  Path file(Path root) {
    return root.resolve("resource.d").resolve(provider).resolve(agent);
  }

  @Override
  public String toString() {
    return PREFIX + provider + ":" + agent;
  }
}
