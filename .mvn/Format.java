import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs google-java-format over a module's sources with the JDK that compiles them. The formatter
 * parses with the javac of the JVM it runs in, so it cannot run inside a Maven that runs on 17.
 *
 * <p>Usage: {@code java -cp google-java-format-all-deps.jar Format.java check|fix DIR...}
 */
final class Format {
  public static void main(String[] args) throws Exception {
    var arguments = new ArrayList<String>();
    arguments.addAll(
        args[0].equals("fix")
            ? List.of("--replace")
            : List.of("--dry-run", "--set-exit-if-changed"));
    int options = arguments.size();
    for (int i = 1; i < args.length; i++) {
      addSources(Path.of(args[i]), arguments);
    }
    if (arguments.size() == options) {
      return;
    }
    var out = new PrintWriter(System.out, true);
    var err = new PrintWriter(System.err, true);
    int code =
        new com.google.googlejavaformat.java.Main(out, err, System.in)
            .format(arguments.toArray(String[]::new));
    if (code != 0) {
      err.println(
          "The files above are not formatted as google-java-format has it."
              + " Mend them with: mvn -N process-sources -Dformat.goal=fix");
      System.exit(code);
    }
  }

  private static void addSources(Path directory, List<String> arguments) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (var files = Files.walk(directory)) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().contains("/target/"))
          .sorted()
          .forEach(file -> arguments.add(file.toString()));
    }
  }
}
