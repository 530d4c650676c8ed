package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import java.util.List;

/** {@code holdfast version}: of this side; {@code service status} tells the service's. */
final class VersionCommand extends Verb {
  @Override
  int run(Session session) {
    String version = session.surroundings().version();
    String java = Runtime.version().toString();
    session.print(
        Session.envelope("Version", Json.object().put("version", version).put("java", java)),
        items -> List.of("holdfast " + version + " (Java " + java + ")"));
    return ExitCode.OK.number();
  }
}
