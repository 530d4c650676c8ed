package dev.holdfast.cli.tour;

import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** All tours that there are. */
final class Tours {
  /** In the order in which they tell most. */
  static final List<String> NAMES = List.of("Q316772", "Q192493", "Q174070", "Q242398", "Q288562");

  private Tours() {}

  static Tour find(String name) {
    String wanted = name.toUpperCase(Locale.ROOT);
    if (!NAMES.contains(wanted)) {
      throw new Failure(
          ExitCode.NOT_FOUND,
          "There is no tour \"%s\"; there are %s.".formatted(name, String.join(", ", NAMES)));
    }
    return read(wanted);
  }

  private static Tour read(String name) {
    try (InputStream in = Tours.class.getResourceAsStream(name + ".tour")) {
      if (in == null) {
        throw new IOException("there is no " + name + ".tour");
      }
      return TourText.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A line for each. */
  static List<String> lines() {
    return NAMES.stream().map(Tours::read).map(tour -> tour.name() + "  " + tour.title()).toList();
  }
}
