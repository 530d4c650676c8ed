package dev.holdfast.cli.command;

import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.ServiceClient;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code holdfast registry …} with files: hives and registry text, read and written. */
final class RegistryFileCommands {
  private RegistryFileCommands() {}

  static final class Import extends Verb {
    @Parameters(paramLabel = "FILE.reg", description = "Registry text, 5.00 or REGEDIT4.")
    Path file = Path.of("");

    @Override
    int run(Session session) {
      return RegistryCommands.told(
          session,
          service(session)
              .tell(
                  Target.of("registry", "text")
                      .with("name", file)
                      .with("dryRun", session.flags().dryRun ? true : null),
                  read(file),
                  RegistryCommands.PATIENCE));
    }
  }

  /** A command that makes a key of a hive file. */
  abstract static class FromFile extends RegistryCommands.OnKey {
    @Parameters(index = "1", paramLabel = "FILE.hive", description = "The hive file.")
    Path file = Path.of("");

    @Option(
        names = "--salvage",
        description =
            "Also of a file that was not written to its end, or whose lists and sums are wrong:"
                + " what can be read.")
    boolean salvage;

    int send(Session session, Target target) {
      return RegistryCommands.told(
          session,
          service(session)
              .tell(
                  target
                      .with("path", path)
                      .with("name", file)
                      .with("salvage", salvage ? true : null)
                      .with("dryRun", session.flags().dryRun ? true : null),
                  read(file),
                  RegistryCommands.PATIENCE));
    }
  }

  static final class Restore extends FromFile {
    @Option(
        names = "--force",
        description =
            "Also while others hold the key or one below it; their handles are worth nothing then.")
    boolean force;

    @Override
    int run(Session session) {
      return send(session, Target.of("registry", "file").with("force", force ? true : null));
    }
  }

  static final class Load extends FromFile {
    @Override
    int run(Session session) {
      return send(session, Target.of("registry", "hives"));
    }
  }

  static final class Unload extends RegistryCommands.OnKey {
    @Parameters(
        index = "1",
        paramLabel = "FILE.hive",
        arity = "0..1",
        description = "The file that it is saved to first.")
    @Nullable Path file;

    @Option(
        names = "--discard",
        description = "Also when it was changed since it was loaded, and no file is named.")
    boolean discard;

    @Option(
        names = "--force",
        description =
            "Also while keys of it are held; the handles are worth nothing then. And in place of a"
                + " file that is there.")
    boolean force;

    @Override
    int run(Session session) {
      String saved = file == null ? null : write(session, path, "hive", file, force);
      JsonNode answer =
          service(session)
              .submit(
                  "DELETE",
                  Target.of("registry", "hives")
                      .with("path", path)
                      .with("saved", saved)
                      .with("force", force ? true : null)
                      .with("discard", discard ? true : null)
                      .with("dryRun", session.flags().dryRun ? true : null),
                  null);
      session.print(answer, _ -> List.of());
      session.narrate(
          "%s %s".formatted(path, session.flags().dryRun ? "would be unloaded" : "unloaded"));
      return ExitCode.OK.number();
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new Failure(ExitCode.NOT_FOUND, "There is no file " + file + ".", e);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.FAILED, "The file " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** A command that writes a key with all below it into a file. */
  abstract static class ToFile extends RegistryCommands.OnKey {
    @Parameters(index = "1", paramLabel = "FILE", description = "The file that is made.")
    Path file = Path.of("");

    @Option(names = "--force", description = "Also in place of a file that is there.")
    boolean force;

    abstract String format();

    @Override
    int run(Session session) {
      var _ = write(session, path, format(), file, force);
      return ExitCode.OK.number();
    }
  }

  /**
   * Writes a key with all below it into a file.
   *
   * @param replace also a file that is there
   * @return the revision of the hive of which it was made
   */
  private static @Nullable String write(
      Session session, String path, String format, Path file, boolean replace) {
    WrittenFile.requireFree(file, replace);
    ServiceClient.Fetched fetched =
        Verb.service(session)
            .fetch(
                Target.of("registry", "file").with("path", path).with("format", format),
                RegistryCommands.PATIENCE);
    if (!fetched.losses().isEmpty()) {
      session.narrate("not in the file: " + fetched.losses());
    }
    WrittenFile.keep(session, fetched.bytes(), file, replace);
    return fetched.revision();
  }

  static final class Export extends ToFile {
    @Option(names = "--regedit4", description = "As Windows 95 and NT 4 wrote it.")
    boolean regedit4;

    @Override
    String format() {
      return regedit4 ? "regedit4" : "reg";
    }
  }

  static final class Save extends ToFile {
    @Override
    String format() {
      return "hive";
    }
  }
}
