package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The commands of a document: its blocks marked {@code sh test}, one after the other. */
final class DocumentCommands {
  private static final String BEGIN = "```sh test";
  private static final String END = "```";

  private DocumentCommands() {}

  /**
   * Their lines.
   *
   * @param document below the checkout
   */
  static List<String> of(String document) throws IOException {
    Path file = Distribution.checkout().resolve(document);
    List<String> commands = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(file)) {
      if (line.equals(BEGIN)) {
        inside = true;
      } else if (line.equals(END)) {
        inside = false;
      } else if (inside) {
        commands.add(line);
      }
    }
    return commands;
  }
}
