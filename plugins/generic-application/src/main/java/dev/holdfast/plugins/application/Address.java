package dev.holdfast.plugins.application;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where to connect; written {@code 127.0.0.1:8080}, {@code localhost:80} or {@code [::1]:80}. */
record Address(String host, int port) {
  private static final Pattern WRITTEN =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^\\s:/\\[\\]]+)):(\\d{1,5})");
  private static final int LAST_PORT = 65_535;

  static Optional<Address> parse(String text) {
    Matcher matcher = WRITTEN.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    int port = Integer.parseInt(matcher.group(3));
    return port >= 1 && port <= LAST_PORT ? Optional.of(new Address(host, port)) : Optional.empty();
  }
}
