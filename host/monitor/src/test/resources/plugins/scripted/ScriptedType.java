package scripted;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.OfflineCall;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceType;
import dev.holdfast.spi.Slot;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Does at each entry point what a property of that name says, word by word. */
public class ScriptedType implements ResourceType {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Property<List<String>> OPEN = script("Open");
  private static final Property<List<String>> FIND = script("Find");
  private static final Property<List<String>> ONLINE = script("Online");
  private static final Property<List<String>> OFFLINE = script("Offline");
  private static final Property<List<String>> TERMINATE = script("Terminate");
  private static final Property<List<String>> IS_ALIVE = script("IsAlive");
  private static final Property<List<String>> LOOKS_ALIVE = script("LooksAlive");
  private static final Property<Integer> NUMBER = Property.integer("Number").range(1, 10).build();

  private static final Property<List<String>> WORDS =
      Property.list("words")
          .defaultsTo(List.of())
          .check(words -> !words.contains("bad"), "bad is no word.")
          .build();
  private static final dev.holdfast.spi.Control PLAY =
      dev.holdfast.spi.Control.of("Play").parameters(WORDS).build();

  static volatile Call kept;
  static volatile Slot keptSlot;

  private static String told(CommandResult result) {
    return String.join(" ", result.exit().toString(), result.output(), result.errors());
  }

  private static Property<List<String>> script(String name) {
    return Property.list(name).defaultsTo(List.of()).build();
  }

  protected Lives lives() {
    return Lives.ON_NODE;
  }

  protected String name() {
    return "Scripted";
  }

  @Override
  public Description description() {
    return Description.of(name())
        .lives(lives())
        .properties(OPEN, FIND, ONLINE, OFFLINE, TERMINATE, IS_ALIVE, LOOKS_ALIVE, NUMBER)
        .controls(PLAY, dev.holdfast.spi.Control.of("Forgotten").build())
        .build();
  }

  @Override
  public List<Problem> validate(Properties properties) {
    return properties.find(NUMBER).filter(number -> number == 7).isPresent()
        ? List.of(new Problem("Number", "Number is 7, which this type does not like."))
        : List.of();
  }

  @Override
  public Resource open(Context context) throws ResourceException {
    if (context.resourceName().startsWith("unopenable")) {
      throw new ResourceException(
          ResourceException.Responsibility.ENVIRONMENT,
          ResourceException.Retry.OTHER_NODE,
          "NoDisk",
          "There is no disk.");
    }
    return new Scripted(context);
  }

  private static final class Scripted implements Resource {
    private final Context context;

    Scripted(Context context) {
      this.context = context;
    }

    @Override
    public Found find(Call call) throws Exception {
      for (String word : call.properties().get(FIND)) {
        if (word.equals("null")) {
          return null;
        }
        play(word, call);
      }
      return call.slots().stream().anyMatch(Slot::alive)
          ? Found.running("slots " + call.slots().stream().map(Slot::name).toList())
          : Found.absent("no living slot; loader " + getClass().getClassLoader());
    }

    @Override
    public void online(OnlineCall call) throws Exception {
      play(call.properties().get(ONLINE), call);
    }

    @Override
    public void offline(OfflineCall call) throws Exception {
      call.progress("because " + call.reason(), 0);
      play(call.properties().get(OFFLINE), call);
    }

    @Override
    public void terminate(Call call) throws Exception {
      play(call.properties().get(TERMINATE), call);
      Files.writeString(context.directory().resolve("terminated"), "yes");
      Resource.super.terminate(call);
    }

    @Override
    public Health isAlive(Call call) throws Exception {
      return health(call.properties().get(IS_ALIVE), call);
    }

    @Override
    public Health looksAlive(Call call) throws Exception {
      return health(call.properties().get(LOOKS_ALIVE), call);
    }

    @Override
    public dev.holdfast.spi.Reply control(dev.holdfast.spi.ControlCall call) throws Exception {
      if (call.control() != PLAY) {
        return dev.holdfast.spi.Reply.notHandled();
      }
      List<String> words = call.parameters().get(WORDS);
      if (words.contains("null")) {
        return null;
      }
      play(words, call);
      return dev.holdfast.spi.Reply.done("played").with("words", String.join(" ", words));
    }

    @Override
    public void changed(Call call, java.util.Set<Property<?>> what) throws Exception {
      int number = call.properties().get(NUMBER);
      if (number == 9) {
        play(List.of("refuse:9"), call);
      }
      Files.writeString(
          context.directory().resolve("changed"),
          what.stream().map(Property::name).toList() + " " + number);
    }

    @Override
    public void close() {
      try {
        Files.writeString(context.directory().resolve("closed"), "yes");
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    private Health health(List<String> script, Call call) throws Exception {
      for (String word : script) {
        switch (word) {
          case "sick" -> {
            return Health.failed("sick");
          }
          case "slow" -> {
            return Health.degraded("slow");
          }
          default -> play(word, call);
        }
      }
      return Health.alive();
    }

    private void play(List<String> script, Call call) throws Exception {
      for (String word : script) {
        play(word, call);
      }
    }

    private void play(String word, Call call) throws Exception {
      String[] parts = word.split(":", 2);
      String argument = parts.length > 1 ? parts[1] : "";
      switch (parts[0]) {
        case "throw" -> throw new IllegalStateException(argument);
        case "refuse" ->
            throw new ResourceException(
                ResourceException.Responsibility.USER,
                ResourceException.Retry.NOWHERE,
                "Refused",
                argument);
        case "overflow" -> overflow(0);
        case "error" -> throw new AssertionError(argument);
        case "hang" -> {
          while (!exists("release")) {
            LockSupport.parkNanos(1_000_000);
            Thread.interrupted();
          }
        }
        case "spin" -> {
          while (!(argument.isEmpty() ? exists("release") : exists(argument))) {
            for (int i = 0; i < 100_000; i++) {
              Thread.onSpinWait();
            }
          }
        }
        case "await" -> {
          while (!exists(argument)) {
            if (Thread.interrupted()) {
              throw new InterruptedException("interrupted, cancelled " + call.cancelled());
            }
            LockSupport.parkNanos(1_000_000);
          }
        }
        case "touch" -> Files.writeString(context.directory().resolve(argument), "yes");
        case "progress" -> call.progress(argument, argument.length());
        case "log" -> context.logger().log(System.Logger.Level.WARNING, argument);
        case "flood" -> {
          for (int i = 0; i < 100_000; i++) {
            context.logger().log(System.Logger.Level.INFO, "line {0}", i);
            call.progress("line " + i, i % 100);
          }
        }
        case "process" -> {
          Slot slot = ((OnlineCall) call).process(argument, Launch.of("run", argument));
          call.progress(
              slot.name() + " " + slot.alive() + " " + slot.pid() + " " + slot.nonce(), 50);
        }
        case "external" -> {
          var slot = ((OnlineCall) call).external("volume", "lease-volume", argument);
          call.progress(slot + " of " + call.externals().size(), 50);
        }
        case "externals" -> call.progress("externals " + call.externals(), 50);
        case "stop" -> call.slot(argument).orElseThrow().stop(Duration.ofSeconds(3));
        case "gone" -> {
          while (call.slot(argument).orElseThrow().alive()) {
            LockSupport.parkNanos(1_000_000);
          }
          call.progress("exit " + call.slot(argument).orElseThrow().exit(), 99);
        }
        case "remember" -> {
          ((OnlineCall) call).remember(argument.getBytes());
          call.progress("token " + new String(call.token().orElseThrow()), 1);
        }
        case "look" ->
            call.progress(told(call.run(Command.looking(Launch.of(argument), LIMIT))), 1);
        case "change" ->
            call.progress(told(call.run(Command.changing(Launch.of(argument), LIMIT))), 1);
        case "endLeft" -> call.endLeft();
        case "token" -> call.progress("token " + call.token().map(String::new).orElse("none"), 1);
        case "keep" -> {
          kept = call;
          keptSlot = call.slots().isEmpty() ? null : call.slots().get(0);
        }
        case "useKept" -> {
          try {
            kept.progress("from the grave", 1);
          } catch (IllegalStateException e) {
            call.progress("kept: " + e.getMessage(), 1);
          }
          try {
            keptSlot.alive();
          } catch (IllegalStateException e) {
            call.progress("slot: " + e.getMessage(), 2);
          }
          call.progress("cancelled " + kept.cancelled(), 3);
        }
        case "signal" -> context.signal(Health.failed(argument));
        case "thread" ->
            context
                .threads()
                .newThread(
                    () -> {
                      try {
                        Thread.sleep(Long.MAX_VALUE);
                      } catch (InterruptedException e) {
                        touch("interrupted");
                      }
                    })
                .start();
        case "strange" -> {
          Thread thread =
              new Thread(
                  () -> {
                    throw new IllegalStateException("a thread of the plugin's own");
                  });
          thread.start();
          thread.join();
        }
        case "interruptSelf" -> Thread.currentThread().interrupt();
        default -> throw new IllegalArgumentException(word);
      }
    }

    private void touch(String name) {
      try {
        Files.writeString(context.directory().resolve(name), "yes");
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    private boolean exists(String name) {
      return Files.exists(context.directory().resolve(name));
    }

    private int overflow(int depth) {
      return overflow(depth + 1) + 1;
    }
  }
}
