package dev.holdfast.monitor.call;

import dev.holdfast.monitor.plugin.LoadedPlugin;
import dev.holdfast.monitor.plugin.LoadedType;
import dev.holdfast.protocol.DescriptionCodec;
import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.Answer;
import dev.holdfast.protocol.wire.CallResource;
import dev.holdfast.protocol.wire.CancelCall;
import dev.holdfast.protocol.wire.CloseResource;
import dev.holdfast.protocol.wire.Done;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.protocol.wire.HeldPlugin;
import dev.holdfast.protocol.wire.Inspect;
import dev.holdfast.protocol.wire.Inspected;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.OpenResource;
import dev.holdfast.protocol.wire.PropertyProblem;
import dev.holdfast.protocol.wire.Returned;
import dev.holdfast.protocol.wire.SetPolling;
import dev.holdfast.protocol.wire.SlotChanged;
import dev.holdfast.protocol.wire.Survey;
import dev.holdfast.protocol.wire.Surveyed;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.protocol.wire.TypeDescription;
import dev.holdfast.protocol.wire.ValidateProperties;
import dev.holdfast.protocol.wire.Validated;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.InvalidPropertiesException;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Reply;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.ResourceTypeFamily;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Everything this monitor holds: its plugins, its opened resources, and the calls under way. Frames
 * come from the link's thread, in order; nothing here waits for plugin code except {@link
 * #closeAll} and {@link #releaseAll}, which end the monitor.
 */
public final class Resources {
  /** How long a family may look around. */
  static final Duration SURVEY_LIMIT = Duration.ofSeconds(30);

  private final String node;
  private final Surroundings surroundings;
  private final ServiceRequests requests;
  private final Plugins plugins;
  private final Map<String, OpenedResource> resources = new ConcurrentHashMap<>();
  private final Map<Long, Entry> calls = new ConcurrentHashMap<>();

  /** Members of families by what they were registered with. */
  private final Map<TypeDescription, LoadedType> members = new ConcurrentHashMap<>();

  /**
   * Holds nothing yet.
   *
   * @param node the name of the node, as Welcome told it
   */
  public Resources(String node, Surroundings surroundings, ServiceRequests requests) {
    this.node = node;
    this.surroundings = surroundings;
    this.requests = requests;
    this.plugins = new Plugins(surroundings);
  }

  /** Threads inside plugin code now. */
  public int inside() {
    return plugins.inside();
  }

  /** Loads a plugin; answered by Loaded. */
  public void load(LoadPlugin frame) {
    plugins.load(frame, entry -> underWay(frame.getCall(), entry));
  }

  /** Opens a resource, and finds it then if it is told to; answered by Returned. */
  public void open(OpenResource frame) {
    var hosted = plugins.find(frame.getDigest()).orElse(null);
    var type =
        hosted == null
            ? null
            : type(
                hosted,
                frame.getTypeClass(),
                frame.hasDescription() ? frame.getDescription() : null);
    if (hosted == null || type == null) {
      returned(
          openReturned(frame),
          new Outcome.Failed(
              hosted == null
                  ? Plugins.notLoaded(frame.getDigest())
                  : notOffered(frame.getTypeClass(), hosted.plugin()),
              0));
      return;
    }
    var opened =
        new OpenedResource(
            frame, node, type, hosted.host(), surroundings, requests, this::terminateInTurn);
    if (resources.putIfAbsent(frame.getResource(), opened) != null) {
      returned(openReturned(frame), new Outcome.Failed(alreadyOpen(frame), 0));
      return;
    }
    underWay(
        frame.getCall(),
        opened.open(
            outcome -> {
              if (outcome instanceof Outcome.Failed) {
                over(opened);
              } else if (frame.hasFind()) {
                call(frame.getFind());
                return;
              }
              ended(openReturned(frame), outcome);
            }));
  }

  /** Calls an entry point; answered by Returned. */
  public void call(CallResource frame) {
    begin(frame, OpenedResource::call);
  }

  /** A check said that it failed, and the service had said beforehand what is to follow. */
  private void terminateInTurn(CallResource frame) {
    begin(frame, OpenedResource::terminateInTurn);
  }

  private interface Beginning {
    Entry begin(OpenedResource resource, CallResource frame, Consumer<Outcome> outcome);
  }

  private void begin(CallResource frame, Beginning beginning) {
    var template =
        Returned.newBuilder()
            .setCall(frame.getCall())
            .setResource(frame.getResource())
            .setEpoch(frame.getEpoch())
            .setEntryPoint(frame.getEntryPoint());
    var resource = admitted(template);
    if (resource == null) {
      return;
    }
    underWay(
        frame.getCall(),
        beginning.begin(
            resource,
            frame,
            outcome -> {
              if (frame.getThenFind() && outcome instanceof Outcome.Returned) {
                findAfter(resource, frame);
              } else {
                ended(template, outcome);
              }
            }));
  }

  /** What was terminated is looked for; the slots are as the terminate left them. */
  private void findAfter(OpenedResource resource, CallResource terminated) {
    var template =
        Returned.newBuilder()
            .setCall(terminated.getCall())
            .setResource(terminated.getResource())
            .setEpoch(terminated.getEpoch())
            .setEntryPoint(EntryPoint.FIND);
    underWay(
        terminated.getCall(), resource.findAfter(terminated, outcome -> ended(template, outcome)));
  }

  /** Closes a resource; answered by Returned. */
  public void close(CloseResource frame) {
    var template =
        Returned.newBuilder()
            .setCall(frame.getCall())
            .setResource(frame.getResource())
            .setEpoch(frame.getEpoch())
            .setEntryPoint(EntryPoint.CLOSE);
    var resource = admitted(template);
    if (resource == null) {
      return;
    }
    underWay(
        frame.getCall(),
        resource.close(
            frame.getCall(),
            null,
            outcome -> {
              over(resource);
              ended(template, outcome);
            }));
  }

  /** Asks a type what it says to properties; answered by Validated. */
  public void validate(ValidateProperties frame) {
    var hosted = plugins.find(frame.getDigest()).orElse(null);
    var type =
        hosted == null
            ? null
            : type(
                hosted,
                frame.getTypeClass(),
                frame.hasDescription() ? frame.getDescription() : null);
    if (hosted == null || type == null) {
      validated(
          frame,
          new Outcome.Failed(
              hosted == null
                  ? Plugins.notLoaded(frame.getDigest())
                  : notOffered(frame.getTypeClass(), hosted.plugin()),
              0));
      return;
    }
    var entry =
        Entry.waiting(
            new Entry.What(
                EntryPoint.VALIDATE,
                frame.getCall(),
                "",
                "type " + type.description().registeredName(),
                hosted.host(),
                0,
                null),
            surroundings,
            inside -> problems(type, frame, inside),
            outcome -> {
              calls.remove(frame.getCall());
              validated(frame, outcome);
            },
            Entry.NO_DOOR);
    underWay(frame.getCall(), entry);
    hosted.host().threads().run(entry);
  }

  /** The type of this class; of a family, the member that was registered with this description. */
  private @Nullable LoadedType type(
      Plugins.Hosted hosted, String className, @Nullable TypeDescription registered) {
    LoadedType type = hosted.plugin().type(className).orElse(null);
    return type == null || registered == null
        ? type
        : members.computeIfAbsent(
            registered, description -> type.member(DescriptionCodec.decode(description)));
  }

  /** Asks a family what it has on this node; answered by Surveyed. */
  public void survey(Survey frame) {
    var hosted = plugins.find(frame.getDigest()).orElse(null);
    var family =
        hosted == null
            ? null
            : hosted.plugin().type(frame.getTypeClass()).flatMap(LoadedType::family).orElse(null);
    if (hosted == null || family == null) {
      surveyed(
          frame,
          new Outcome.Failed(
              hosted == null
                  ? Plugins.notLoaded(frame.getDigest())
                  : notOffered(frame.getTypeClass(), hosted.plugin()),
              0));
      return;
    }
    var entry =
        Entry.waiting(
            new Entry.What(
                EntryPoint.VALIDATE,
                frame.getCall(),
                "",
                "family " + frame.getTypeClass(),
                hosted.host(),
                0,
                SURVEY_LIMIT),
            surroundings,
            inside ->
                frame.getName().isEmpty()
                    ? List.copyOf(family.available())
                    : family.member(frame.getName(), new LiveSurvey(inside, requests)),
            outcome -> {
              calls.remove(frame.getCall());
              surveyed(frame, outcome);
            },
            Entry.NO_DOOR);
    underWay(frame.getCall(), entry);
    hosted.host().threads().run(entry);
  }

  private void surveyed(Survey frame, Outcome outcome) {
    var surveyed = Surveyed.newBuilder().setCall(frame.getCall());
    switch (outcome) {
      case Outcome.Failed(Failure failure, long _) -> surveyed.setFailure(failure);
      case Outcome.Returned(ResourceTypeFamily.Member member, long _) ->
          surveyed
              .setDescription(DescriptionCodec.encode(member.description()))
              .setSource(member.source().toString());
      case Outcome.Returned(Object names, long _) ->
          ((List<?>) names).forEach(name -> surveyed.addNames(String.valueOf(name)));
    }
    surroundings.outgoing().send(ToService.newBuilder().setSurveyed(surveyed).build());
  }

  private List<Problem> problems(LoadedType type, ValidateProperties frame, Entry entry)
      throws ResourceException {
    try {
      var properties =
          Properties.of(type.description(), SpiCodec.decode(frame.getPropertiesList()));
      List<Problem> pure = List.copyOf(type.type().validate(properties));
      return pure.isEmpty()
          ? List.copyOf(type.type().validate(properties, new LiveSurvey(entry, requests)))
          : pure;
    } catch (InvalidPropertiesException e) {
      return e.problems();
    }
  }

  private void validated(ValidateProperties frame, Outcome outcome) {
    var validated = Validated.newBuilder().setCall(frame.getCall());
    switch (outcome) {
      case Outcome.Failed(Failure failure, long _) -> validated.setFailure(failure);
      case Outcome.Returned(Object value, long _) -> {
        for (Object each : (List<?>) value) {
          validated.addProblems(problem((Problem) each));
        }
      }
    }
    surroundings.outgoing().send(ToService.newBuilder().setValidated(validated).build());
  }

  private static PropertyProblem problem(Problem problem) {
    var message = PropertyProblem.newBuilder().setMessage(problem.message());
    var property = problem.property();
    if (property != null) {
      message.setProperty(property);
    }
    return message.build();
  }

  /** Cancels a call; one that is over already is none of our business. */
  public void cancel(CancelCall frame) {
    var entry = calls.get(frame.getCall());
    if (entry == null) {
      surroundings.late();
    } else {
      entry.cancel(Entry.CANCELLED);
    }
  }

  /** Begins, changes or stops polling. */
  public void setPolling(SetPolling frame) {
    var resource = resources.get(frame.getResource());
    if (resource == null || !resource.advance(frame.getEpoch())) {
      surroundings.late();
    } else {
      resource.setPolling(frame);
    }
  }

  /** A slot is not as it was. */
  public void slotChanged(SlotChanged frame) {
    var resource = resources.get(frame.getResource());
    if (resource == null) {
      surroundings.late();
    } else {
      resource.slotChanged(frame.getSlot());
    }
  }

  /** The service answered a request of a call. */
  public void answered(Answer frame) {
    if (!requests.answered(frame)) {
      surroundings.late();
    }
  }

  /** Tells what is held here now; answered by Inspected. */
  public void inspect(Inspect frame) {
    var inspected = Inspected.newBuilder().setRequest(frame.getRequest());
    plugins.loaded().forEach(plugin -> inspected.addPlugins(held(plugin)));
    resources.values().forEach(resource -> inspected.addResources(resource.held()));
    surroundings.outgoing().send(ToService.newBuilder().setInspected(inspected).build());
  }

  private static HeldPlugin held(LoadedPlugin plugin) {
    var held =
        HeldPlugin.newBuilder()
            .setPlugin(plugin.id())
            .setVersion(plugin.version())
            .setDigest(plugin.digest());
    for (LoadedType type : plugin.types()) {
      held.addTypesBuilder()
          .setName(type.description().registeredName())
          .setClassName(type.className());
    }
    return held.build();
  }

  /** Closes every resource, all at the same time, within a limit. */
  public void closeAll(Duration limit) throws InterruptedException {
    awaitAll(_ -> true, limit, (resource, done) -> resource.close(0, limit, done));
  }

  /** Terminates and closes what lives in this monitor, within a limit; the rest is left alone. */
  public void releaseAll(Duration limit) throws InterruptedException {
    requests.close();
    awaitAll(
        resource -> resource.lives() == Lives.IN_MONITOR,
        limit,
        (resource, done) -> resource.release(limit, done));
  }

  private interface Ending {
    Entry end(OpenedResource resource, Consumer<Outcome> done);
  }

  private void awaitAll(Predicate<OpenedResource> which, Duration limit, Ending ending)
      throws InterruptedException {
    var concerned = resources.values().stream().filter(which).toList();
    var left = new CountDownLatch(concerned.size());
    for (OpenedResource resource : concerned) {
      var _ = ending.end(resource, _ -> left.countDown());
    }
    if (!left.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      surroundings.late(); // The process ends now; nobody can wait longer for them.
    }
  }

  private void underWay(long call, Entry entry) {
    calls.put(call, entry);
    if (entry.isAnswered()) {
      calls.remove(call);
    }
  }

  private void ended(Returned.Builder template, Outcome outcome) {
    calls.remove(template.getCall());
    returned(template, outcome);
  }

  private void returned(Returned.Builder template, Outcome outcome) {
    template.setMillis(outcome.millis());
    if (outcome instanceof Outcome.Failed(Failure failure, long _)) {
      template.setFailure(failure);
    } else if (outcome instanceof Outcome.Returned(Found found, long _)) {
      template.setFound(SpiCodec.encode(found));
    } else if (outcome instanceof Outcome.Returned(Health health, long _)) {
      template.setHealth(SpiCodec.encode(health));
    } else if (outcome instanceof Outcome.Returned(Reply reply, long _)) {
      template.setReply(SpiCodec.encode(reply));
    } else {
      template.setDone(Done.getDefaultInstance());
    }
    surroundings.outgoing().send(ToService.newBuilder().setReturned(template).build());
  }

  private void over(OpenedResource resource) {
    resources.remove(resource.id(), resource);
    resource.over();
  }

  /** The resource that may be entered; null when that was refused, and answered. */
  private @Nullable OpenedResource admitted(Returned.Builder template) {
    var resource = resources.get(template.getResource());
    if (resource == null) {
      returned(template, new Outcome.Failed(Gate.notOpen(template.getResource()), 0));
      return null;
    }
    if (!resource.advance(template.getEpoch())) {
      surroundings.late();
      returned(template, new Outcome.Failed(oldEpoch(template, resource), 0));
      return null;
    }
    return resource;
  }

  private static Failure oldEpoch(Returned.Builder template, OpenedResource resource) {
    return Failures.of(
        Responsibility.INTERNAL,
        Retry.NOWHERE,
        "OldEpoch",
        "Resource %s is in epoch %d here; a call of epoch %d was refused."
            .formatted(template.getResource(), resource.epoch(), template.getEpoch()));
  }

  private static Returned.Builder openReturned(OpenResource frame) {
    return Returned.newBuilder()
        .setCall(frame.getCall())
        .setResource(frame.getResource())
        .setEpoch(frame.getEpoch())
        .setEntryPoint(EntryPoint.OPEN);
  }

  private static Failure alreadyOpen(OpenResource frame) {
    return Failures.of(
        Responsibility.INTERNAL,
        Retry.NOWHERE,
        "AlreadyOpen",
        "Resource %s is open in this monitor already.".formatted(frame.getName()));
  }

  private static Failure notOffered(String className, LoadedPlugin plugin) {
    return Failures.of(
        Responsibility.USER,
        Retry.NOWHERE,
        "TypeNotOffered",
        "Plugin %s offers no type of class %s; it has %s."
            .formatted(
                plugin.label(),
                className,
                plugin.types().stream().map(LoadedType::className).toList()));
  }
}
