package dev.holdfast.cli.command;

import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.ServiceClient;
import dev.holdfast.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command. Its fields are its options; its name and help are in {@link CommandTree}. */
@Command
abstract class Verb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Does it; the exit code. */
  abstract int run(Session session);

  @Override
  public final Integer call() {
    return run(((Root) spec.root().userObject()).session());
  }

  CommandSpec spec() {
    return spec;
  }

  static ServiceClient service(Session session) {
    return session.service();
  }

  static Failure usage(String message) {
    return new Failure(ExitCode.USAGE, message);
  }
}
