package dev.holdfast.cli.command;

import dev.holdfast.cli.session.Flags;
import dev.holdfast.cli.session.Session;
import dev.holdfast.cli.session.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast} itself. */
@Command(name = "holdfast")
final class Root {
  private final Surroundings surroundings;

  @Mixin final Flags flags = new Flags();

  Root(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  Session session() {
    return new Session(surroundings, flags);
  }
}
