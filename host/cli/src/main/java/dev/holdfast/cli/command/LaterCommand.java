package dev.holdfast.cli.command;

import dev.holdfast.cli.session.Session;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** A command that is named, so that nobody looks for it, and comes in a later release. */
final class LaterCommand extends Verb {
  @Parameters(arity = "0..*", hidden = true)
  private List<String> ignored = new ArrayList<>();

  @Override
  int run(Session session) {
    throw usage(
        "\""
            + spec().qualifiedName()
            + "\" comes in a later release; "
            + session.surroundings().version()
            + " does not have it.");
  }
}
