package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.ControlCall;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.OfflineCall;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Reply;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A well-behaved resource with a script around it. */
final class ScriptableResource implements Resource {
  private static final long NO_EPOCH = 0;

  private final Context context;
  private final Resource truth;
  private final Script script;
  private final Journal journal;

  /** Does what the script says for {@code open}. */
  @SuppressWarnings("NullAway") // returning null against the contract is what it is for
  static ScriptableResource open(Context context, Resource truth) {
    try {
      var resource = new ScriptableResource(context, truth);
      return resource.during(Place.OPEN, null, () -> resource, step -> null);
    } catch (Throwable thrown) {
      // Also what open does not declare.
      throw AsItIs.raise(thrown);
    }
  }

  private ScriptableResource(Context context, Resource truth) throws IOException {
    this.context = context;
    this.truth = truth;
    this.script = Script.of(context.directory());
    this.journal = new Journal(context.directory());
  }

  @Override
  public Found find(Call call) throws Exception {
    return during(Place.FIND, call, () -> truth.find(call), step -> found(step, call));
  }

  @Override
  public void online(OnlineCall call) throws Exception {
    during(Place.ONLINE, call, done(() -> truth.online(call)), step -> "lie");
  }

  /** The truth is to do nothing: the stranger is made up, and the next find says so. */
  @Override
  public void adopt(OnlineCall call) throws Exception {
    during(Place.ADOPT, call, () -> "as it is", step -> "lie");
  }

  @Override
  public void offline(OfflineCall call) throws Exception {
    during(Place.OFFLINE, call, done(() -> truth.offline(call)), step -> "lie");
  }

  @Override
  public void terminate(Call call) throws Exception {
    during(Place.TERMINATE, call, done(() -> truth.terminate(call)), step -> "lie");
  }

  @Override
  public Health isAlive(Call call) throws Exception {
    return during(Place.IS_ALIVE, call, () -> truth.isAlive(call), step -> health(step, call));
  }

  @Override
  public Health looksAlive(Call call) throws Exception {
    return during(
        Place.LOOKS_ALIVE, call, () -> truth.looksAlive(call), step -> health(step, call));
  }

  @Override
  public Reply control(ControlCall call) throws Exception {
    return during(
        Place.CONTROL,
        call,
        () ->
            Reply.done(call.control().name() + " as asked")
                .with("text", call.parameters().get(ScriptableType.TEXT)),
        ScriptableResource::reply);
  }

  /** The truth is to say in the journal what it was told; a lie is to do nothing. */
  @Override
  public void changed(Call call, Set<Property<?>> what) throws Exception {
    String names = what.stream().map(Property::name).sorted().collect(Collectors.joining("+"));
    during(Place.CHANGED, call, () -> names, step -> "lie");
  }

  /** A lie is to declare it and not to know it. */
  @SuppressWarnings("NullAway") // returning null against the contract is what it is for
  private static Reply reply(Step step) {
    return step.verb() == Verb.NULL ? null : Reply.notHandled();
  }

  @Override
  public void close() {
    try {
      during(Place.CLOSE, null, done(truth::close), step -> "closed");
    } catch (Throwable thrown) {
      // Also what close does not declare.
      throw AsItIs.raise(thrown);
    }
  }

  /** One call: journal, steps, the scripted answer or the true one, journal. */
  private <T> T during(Place place, @Nullable Call call, Callable<T> truly, Answer<T> scripted)
      throws Exception {
    long epoch = call == null ? NO_EPOCH : call.epoch();
    journal.enter(place, epoch);
    try {
      Optional<Step> answering = new Performance(context, call).perform(steps(place, call));
      T answer = answering.isPresent() ? scripted.to(answering.get()) : truly.call();
      journal.answered(place, epoch, String.valueOf(answer));
      return answer;
    } catch (Throwable e) {
      // Everything: what an Error did to the call is what the journal is read for.
      journal.thrown(place, epoch, e);
      throw e;
    }
  }

  private List<Step> steps(Place place, @Nullable Call call) throws Exception {
    try {
      return call == null ? script.due(place) : script.due(place, call.properties());
    } catch (IllegalArgumentException e) {
      throw new ResourceException(
          Responsibility.USER, Retry.NOWHERE, "BadScript", String.valueOf(e.getMessage()), e);
    }
  }

  @SuppressWarnings("NullAway") // returning null against the contract is what it is for
  private Found found(Step step, Call call) throws Exception {
    return switch (step.verb()) {
      case RUNNING -> Found.running("as the script says");
      case ABSENT -> Found.absent("as the script says");
      case FOREIGN -> Found.foreign(step.reason(), step.number(0));
      case UNKNOWN -> Found.unknown(step.reason());
      case HUGE -> Found.unknown(step.text());
      case NULL -> null;
      case LIE ->
          truth.find(call) instanceof Found.Running
              ? Found.absent("a lie")
              : Found.running("a lie");
      default -> throw new IllegalStateException(step + " does not answer find");
    };
  }

  @SuppressWarnings("NullAway") // returning null against the contract is what it is for
  private Health health(Step step, Call call) throws Exception {
    return switch (step.verb()) {
      case ALIVE -> Health.alive();
      case DEGRADED -> Health.degraded(step.reason());
      case FAIL -> Health.failed(step.reason());
      case HUGE -> Health.degraded(step.text());
      case NULL -> null;
      case LIE ->
          truth.looksAlive(call) instanceof Health.Failed ? Health.alive() : Health.failed("a lie");
      default -> throw new IllegalStateException(step + " does not answer a check");
    };
  }

  private static Callable<String> done(Action action) {
    return () -> {
      action.run();
      return "done";
    };
  }

  private interface Action {
    void run() throws Exception;
  }

  private interface Answer<T> {
    T to(Step step) throws Exception;
  }
}
