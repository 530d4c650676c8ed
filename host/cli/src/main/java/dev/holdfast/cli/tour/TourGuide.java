package dev.holdfast.cli.tour;

import dev.holdfast.cli.output.Text;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Plays tours: tells, types, shows, and says what to look at. For one thread. */
public final class TourGuide {
  /** For one command; a start or stop of an application may take as long as it does. */
  private static final Duration COMMAND_MAX = Duration.ofMinutes(2);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int WIDTH = 96;
  private static final String MARGIN = "    ";

  private final Path distribution;
  private final PrintStream out;
  private final @Nullable InputStream pauses;
  private final Map<String, String> taken = new HashMap<>();

  /**
   * @param distribution where {@code bin/holdfast} is
   * @param pauses a line is read from here after each step; null: it is not waited for
   */
  public TourGuide(Path distribution, PrintStream out, @Nullable InputStream pauses) {
    this.distribution = distribution;
    this.out = out;
    this.pauses = pauses;
  }

  /** Prints a line for each tour. */
  public void list() {
    Tours.lines().forEach(out::println);
  }

  /**
   * Plays one.
   *
   * @param home where; null for a place of its own, which is removed afterwards
   * @param flags for the service
   * @throws Failure there is no such tour, or a step did not go as told
   */
  public void play(String name, @Nullable Path home, List<String> flags)
      throws IOException, InterruptedException {
    Tour tour;
    try {
      tour = Tours.find(name);
    } catch (Failure none) {
      list(); // Who asks for one that there is not wants to know which there are.
      throw none;
    }
    var stage = new Stage(distribution, home);
    // Closed also by a signal, which ends this process in the middle of a step.
    var ended = new AtomicBoolean();
    var closing = new Thread(() -> closeQuietly(stage, ended), "tour-end");
    Runtime.getRuntime().addShutdownHook(closing);
    try (stage) {
      out.println(tour.name() + "  " + tour.title());
      tell(
          "The cluster service starts, in the home "
              + stage.home()
              + ". The commands find it by the variable HOLDFAST_HOME.");
      stage.start(flags);
      int number = 0;
      for (Step step : tour.steps()) {
        number++;
        play(stage, step, number + "/" + tour.steps().size());
      }
      tell(tour.end());
    } catch (IOException | Failure e) {
      if (ended.get()) {
        throw new Failure(ExitCode.FAILED, "The tour was ended before its end.", e);
      }
      throw e;
    } finally {
      unhook(closing);
    }
    out.println("The tour " + tour.name() + " went as told.");
  }

  private static void closeQuietly(Stage stage, AtomicBoolean ended) {
    ended.set(true);
    try {
      stage.close();
    } catch (IOException | UncheckedIOException e) {
      // This process ends; what is left is in a temporary folder.
    }
  }

  private static void unhook(Thread closing) {
    try {
      Runtime.getRuntime().removeShutdownHook(closing);
    } catch (IllegalStateException ending) {
      // The hook runs already, and does what it is for.
    }
  }

  // ---- a step --------------------------------------------------------------------------------

  private void play(Stage stage, Step step, String number)
      throws IOException, InterruptedException {
    if (!step.say().isEmpty()) {
      tell(step.say());
    }
    String command = withTaken(step.command());
    String shown = step.manner() == Step.Manner.BESIDE ? command + " &" : command;
    out.println("$ " + shown);
    out.flush();
    Stage.Ran ran =
        switch (step.manner()) {
          case ONCE -> stage.run(command, COMMAND_MAX);
          case UNTIL_AS_TOLD -> runUntilAsTold(stage, step, command);
          case BESIDE -> startBeside(stage, step, command);
        };
    ran.output().lines().forEach(line -> out.println((MARGIN + line).stripTrailing()));
    List<String> wrong = wrong(step, ran);
    if (!wrong.isEmpty()) {
      out.flush();
      throw new Failure(
          ExitCode.FAILED,
          "Step %s of the tour did not go as told: \"%s\" %s."
              .formatted(number, command, String.join(", and ", wrong)));
    }
    take(step, ran.output(), number);
    if (!step.look().isEmpty()) {
      wrapped("   ^ ", withTaken(step.look())).forEach(out::println);
    }
    out.flush();
    awaitReader();
  }

  private Stage.Ran runUntilAsTold(Stage stage, Step step, String command)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Stage.Ran ran = stage.run(command, COMMAND_MAX);
      if (wrong(step, ran).isEmpty() || System.nanoTime() - end > 0) {
        return ran;
      }
      stage.pause();
    }
  }

  private Stage.Ran startBeside(Stage stage, Step step, String command)
      throws IOException, InterruptedException {
    Stage.Beside beside = stage.start(command);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      boolean isOver = !beside.process().isAlive();
      // A command that has ended while it should go on is no better for what it said.
      Stage.Ran ran =
          new Stage.Ran(isOver ? ExitCode.FAILED.number() : step.exitCode(), beside.output());
      if (isOver || wrong(step, ran).isEmpty() || System.nanoTime() - end > 0) {
        return ran;
      }
      stage.pause();
    }
  }

  /** What is not as told; empty when all is. */
  private List<String> wrong(Step step, Stage.Ran ran) {
    List<String> wrong = new ArrayList<>();
    if (ran.exitCode() != step.exitCode()) {
      wrong.add("ended with %d, not %d".formatted(ran.exitCode(), step.exitCode()));
    }
    for (String phrase : step.shows()) {
      if (!ran.output().contains(withTaken(phrase))) {
        wrong.add("does not show \"" + withTaken(phrase) + "\"");
      }
    }
    for (String phrase : step.hides()) {
      if (ran.output().contains(withTaken(phrase))) {
        wrong.add("shows \"" + withTaken(phrase) + "\"");
      }
    }
    return wrong;
  }

  private void take(Step step, String output, String number) {
    step.takes()
        .ifPresent(
            taking -> {
              Matcher found = taking.pattern().matcher(output);
              if (!found.find()) {
                throw new Failure(
                    ExitCode.FAILED,
                    "Step %s of the tour did not go as told: there is no %s in its output."
                        .formatted(number, taking.name()));
              }
              taken.put(taking.name(), found.group(1));
            });
  }

  private String withTaken(String text) {
    String done = text;
    for (var each : taken.entrySet()) {
      done = done.replace("{" + each.getKey() + "}", each.getValue());
    }
    return done;
  }

  // ---- telling -------------------------------------------------------------------------------

  private void tell(String text) {
    out.println();
    wrapped("", text).forEach(out::println);
    out.flush();
  }

  private static List<String> wrapped(String margin, String text) {
    List<String> lines = new ArrayList<>();
    var line = new StringBuilder(margin);
    boolean isFirst = true;
    for (String word : text.split(" +", -1)) {
      if (!isFirst && Text.width(line.toString()) + 1 + Text.width(word) > WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder(" ".repeat(margin.length()));
        isFirst = true;
      }
      line.append(isFirst ? "" : " ").append(word);
      isFirst = false;
    }
    lines.add(line.toString());
    return lines;
  }

  private void awaitReader() throws IOException {
    if (pauses == null) {
      return;
    }
    out.print("[Enter] ");
    out.flush();
    int read = pauses.read();
    while (read >= 0 && read != '\n') {
      read = pauses.read();
    }
  }
}
