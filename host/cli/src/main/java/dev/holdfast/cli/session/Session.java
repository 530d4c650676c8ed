package dev.holdfast.cli.session;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Printer;
import dev.holdfast.cli.output.Times;
import dev.holdfast.client.transport.Target;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One run of the command line. For one thread. */
public final class Session {
  private final Surroundings surroundings;
  private final Flags flags;
  private final Times times;

  public Session(Surroundings surroundings, Flags flags) {
    this.surroundings = surroundings;
    this.flags = flags;
    this.times = new Times(surroundings.clock(), surroundings.zone());
  }

  public Flags flags() {
    return flags;
  }

  public Surroundings surroundings() {
    return surroundings;
  }

  public PrintStream out() {
    return surroundings.out();
  }

  public Times times() {
    return times;
  }

  public Home home() {
    return Home.of(flags.home, surroundings.environment(), surroundings.user());
  }

  public ServiceClient service() {
    return new ServiceClient(home());
  }

  /** The service of another home on this machine. */
  public ServiceClient serviceOf(Path home) {
    return new ServiceClient(
        Home.of(home.toString(), surroundings.environment(), surroundings.user()));
  }

  /** A line beside the data, unless nobody wants it. */
  public void narrate(String line) {
    if (!flags.quiet) {
      surroundings.err().println(line);
    }
  }

  /** Prints an answer in the format that was asked for. */
  public void print(JsonNode envelope, Function<List<JsonNode>, List<String>> table) {
    new Printer(out(), flags.format).print(envelope, table);
  }

  /** Prints each object with all its fields. */
  public void printDetails(JsonNode envelope) {
    print(envelope, items -> items.stream().flatMap(i -> Details.lines(i).stream()).toList());
  }

  /** Gives a command; narrates; the exit code. */
  public int change(String method, Target target, @Nullable JsonNode body) {
    return change(method, target, body, ServiceClient.ANSWER);
  }

  /**
   * The same of a command that is checked before it is accepted, which may take its time.
   *
   * @param accepted how long that may take
   */
  public int change(String method, Target target, @Nullable JsonNode body, Duration accepted) {
    return new Change(this).carryOut(method, target, body, accepted);
  }

  /** Wraps something that this side made, as the service would. */
  public static ObjectNode envelope(String kind, JsonNode... items) {
    ObjectNode envelope = Json.object().put("apiVersion", "holdfast/v1").put("kind", kind);
    envelope.putArray("items").addAll(List.of(items));
    return envelope;
  }
}
