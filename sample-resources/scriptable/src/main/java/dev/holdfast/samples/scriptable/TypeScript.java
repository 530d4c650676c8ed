package dev.holdfast.samples.scriptable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Steers what happens in a type, where no resource is known: while it is loaded, made and asked
 * what it is. There are two ways to say it:
 *
 * <ul>
 *   <li>the environment variable {@value #VARIABLE} names a script file. A monitor has it from the
 *       cluster service;
 *   <li>a resource of the type in the same home: its control file, else its properties as an
 *       earlier monitor kept them. A monitor's working directory is {@code HOME/monitors/NAME}, the
 *       resources' are {@code HOME/resources/ID}.
 * </ul>
 */
final class TypeScript {
  static final String VARIABLE = "SCRIPTABLE_LOAD";

  private static final Path RESOURCES = Path.of("..", "..", "resources");

  private TypeScript() {}

  /** Does what is due at this place; the step that is to give the answer is returned. */
  static Optional<Step> perform(Place place) {
    try {
      return new Performance(null, null).perform(due(place));
    } catch (Throwable thrown) {
      // Whatever it was: a type may throw anything, and this one is to.
      throw AsItIs.raise(thrown);
    }
  }

  private static List<Step> due(Place place) throws IOException {
    var due = new ArrayList<Step>();
    String named = System.getenv(VARIABLE);
    if (named != null) {
      due.addAll(Script.inFile(Path.of(named)).due(place));
    }
    if (Files.isDirectory(RESOURCES)) {
      try (var directories = Files.newDirectoryStream(RESOURCES)) {
        for (Path directory : directories) {
          due.addAll(Script.of(directory).due(place));
        }
      }
    }
    return due;
  }
}
