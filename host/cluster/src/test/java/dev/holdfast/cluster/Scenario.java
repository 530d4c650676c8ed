package dev.holdfast.cluster;

import com.google.common.base.CaseFormat;
import com.google.common.base.Splitter;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Lives;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Performs a scenario: a text in which a line that begins with {@code >} is a command, one that
 * begins with {@code #} is for people, and what else there is says what follows from the command
 * before. The commands are explained in the module's README.
 */
final class Scenario implements VirtualNode.Watcher {
  private static final Duration LATENCY = Duration.ofMillis(10);

  private final StringBuilder transcript = new StringBuilder();
  private final Map<String, ResourceId> ids = new LinkedHashMap<>();
  private VirtualNode node = node(Duration.ZERO);

  private VirtualNode node(Duration replacementDelay) {
    var fresh = new VirtualNode(replacementDelay, () -> LATENCY);
    fresh.watch(new Invariants());
    fresh.watch(this);
    return fresh;
  }

  /** The text with what really follows from its commands. */
  String perform(List<String> lines) {
    for (String line : lines) {
      if (line.startsWith(">")) {
        transcript.append(line).append('\n');
        command(Splitter.on(' ').omitEmptyStrings().splitToList(line.substring(1)));
      } else if (line.startsWith("#") || line.isBlank()) {
        transcript.append(line).append('\n');
      }
    }
    return transcript.toString();
  }

  private void command(List<String> words) {
    if (words.getFirst().equals("quietly")) {
      int length = transcript.length();
      command(words.subList(1, words.size()));
      transcript.setLength(length);
      return;
    }
    Map<String, String> settings =
        words.stream()
            .filter(word -> word.contains("="))
            .map(word -> word.split("=", 2))
            .collect(
                Collectors.toMap(
                    pair -> pair[0],
                    pair -> pair[1].replace('_', ' '),
                    (_, b) -> b,
                    LinkedHashMap::new));
    String subject = words.size() > 1 ? words.get(1) : "";
    switch (words.getFirst()) {
      case "replacement-delay" -> node = node(duration(subject));
      case "type" ->
          node.post(new ClusterEvent.TypeRegistered(Given.type(subject, lives(settings))));
      case "unregister" -> node.post(new ClusterEvent.TypeUnregistered(subject));
      case "missing" ->
          node.post(
              new ClusterEvent.TypeResolved(
                  subject,
                  Optional.of(new ClusterState.TypeProblem(TypeStatus.PLUGIN_MISSING, "gone"))));
      case "mended" -> node.post(new ClusterEvent.TypeResolved(subject, Optional.empty()));
      case "create" -> create(subject, settings);
      case "delete" -> node.post(new ClusterEvent.ResourceDeleted(id(subject)));
      case "set" -> node.post(set(subject, settings));
      case "online", "offline" -> {
        List<ResourceId> named = words.stream().skip(1).map(this::id).toList();
        node.post(new ClusterEvent.Wanted(named, words.getFirst().equals("online")));
      }
      case "restart" -> node.post(new ClusterEvent.Restart(id(subject)));
      case "adopt" -> {
        node.post(new ClusterEvent.Wanted(List.of(id(subject)), true));
        tell(subject, new ResourceEvent.Adopt());
      }
      case "fail" -> tell(subject, new ResourceEvent.FailNow());
      case "forgive" -> tell(subject, new ResourceEvent.ForgetFailures());
      case "stop" -> node.post(new ClusterEvent.Stop());
      case "does" -> settings.forEach((what, how) -> behave(workload(subject), what, how));
      case "behaves" -> workload(subject).behave();
      case "ends" -> node.end(id(subject));
      case "kill" -> node.kill(new MonitorName(subject), false);
      case "crash" -> node.kill(new MonitorName(subject), true);
      case "monitors" ->
          node.monitorStart = "never".equals(settings.get("start")) ? null : start(settings);
      case "run" -> node.run(duration(subject));
      case "show" -> show();
      default -> throw new IllegalArgumentException("no such command: " + words);
    }
  }

  private void create(String name, Map<String, String> settings) {
    var id = Given.id(ids.size() + 1);
    ids.put(name, id);
    String type = settings.getOrDefault("type", "Process");
    Set<ResourceId> needs =
        Splitter.on(',')
            .omitEmptyStrings()
            .splitToStream(settings.getOrDefault("needs", ""))
            .map(this::id)
            .collect(Collectors.toSet());
    Lives lives =
        node.state()
            .findType(type)
            .map(registration -> registration.version().description().lives())
            .orElse(Lives.ON_NODE);
    node.put(id, new Workload(lives));
    node.post(
        new ClusterEvent.ResourceCreated(
            new ResourceConfig(
                id,
                name,
                type,
                Given.GROUP,
                needs,
                false,
                CommonProperties.ofText(settings),
                Map.of())));
  }

  private ClusterEvent set(String name, Map<String, String> settings) {
    CommonProperties common = resource(name).config().common();
    for (var setting : settings.entrySet()) {
      common = common.with(setting.getKey(), setting.getValue());
    }
    return new ClusterEvent.PropertiesSet(id(name), common, Map.of());
  }

  private void tell(String name, ResourceEvent event) {
    node.post(new ClusterEvent.OfResource(id(name), event));
  }

  private static void behave(Workload workload, String what, String how) {
    switch (what) {
      case "hang" -> workload.hanging.add(entryPoint(how));
      case "throw" -> workload.failing.add(entryPoint(how));
      case "online" -> workload.onlineTakes = duration(how);
      case "offline" -> workload.offlineTakes = duration(how);
      case "progress" -> workload.progressEvery = duration(how);
      case "find" -> {
        switch (how) {
          case "lost" -> workload.heldByLoser = true;
          case "unknown" -> workload.findSays = Found.unknown("no answer");
          default -> workload.findSays = Found.foreign("node-b", 9);
        }
      }
      case "check" ->
          workload.checkSays =
              how.equals("degraded") ? Health.degraded("slow") : Health.failed("port closed");
      case "immortal" -> workload.immortal = true;
      case "stubborn" -> workload.stubborn = true;
      case "nowhere" -> workload.nowhere = true;
      default -> throw new IllegalArgumentException("no such behaviour: " + what);
    }
  }

  // ---- what follows ------------------------------------------------------------------------

  @Override
  public void decided(
      Instant now, ClusterState before, List<ClusterEvent> events, Decisions.Step step) {
    ClusterState after = step.state();
    var show = new Show(now, this::name);
    for (MonitorStatus monitor : after.monitors().values()) {
      MonitorStatus was = before.monitors().get(monitor.name());
      if (was == null || !was.label().equals(monitor.label())) {
        line(now, monitor.name().value(), monitor.label() + wait(show, monitor));
      }
    }
    for (MonitorName name : before.monitors().keySet()) {
      if (!after.monitors().containsKey(name)) {
        line(now, name.value(), "not needed any more");
      }
    }
    for (ClusterResource resource : after.resources().values()) {
      ClusterResource was = before.resources().get(resource.id());
      if (was == null || !brief(show, was).equals(brief(show, resource))) {
        line(now, resource.config().name(), brief(show, resource));
      }
    }
    for (Action action : step.actions()) {
      if (!(action instanceof Action.Tell(Notice notice)
          && notice.kind() == Notice.Kind.STATE_CHANGED)) {
        String text = show.action(action).replaceAll(", deadline \\S+", "");
        line(now, show.subject(action), "    " + text);
      }
    }
  }

  private static String wait(Show show, MonitorStatus monitor) {
    return monitor.phase() instanceof MonitorStatus.Phase.Waiting(Instant startAt)
        ? ", another starts " + show.in(startAt)
        : "";
  }

  /** A phase without its deadlines. */
  private static String brief(Show show, ClusterResource resource) {
    return show.phase(resource.phase())
        .replaceAll("(, )?(report by|until|limit|ask) (\\+|-)?(\\d+m?s|\\d+m|\\d+h|now)", "")
        .replace("(, ", "(")
        .replace("()", "");
  }

  private void line(Instant now, String subject, String text) {
    double seconds = Duration.between(Given.NOW, now).toMillis() / 1000.0;
    transcript.append(
        String.format(Locale.ROOT, "%10.3f %-10s %s", seconds, subject, text).stripTrailing());
    transcript.append('\n');
  }

  private void show() {
    ClusterState state = node.state();
    transcript.append("group is ").append(state.groupState(Given.GROUP)).append('\n');
    for (ClusterResource resource : state.resources().values()) {
      var show = new Show(node.now(), this::name);
      transcript.append(
          String.format(
                  Locale.ROOT,
                  "%-10s %-14s %-9s %s, epoch %d, %d failures, %d restarts, %d adoptions%s%s",
                  resource.config().name(),
                  resource.state(),
                  node.workload(resource.id()).isRunning() ? "runs" : "runs not",
                  resource.openIn().map(name -> "in " + name).orElse("in no monitor"),
                  resource.epoch(),
                  resource.failures().failures().size(),
                  resource.restarts(),
                  resource.adoptions(),
                  resource
                      .unsupervisedSince()
                      .map(at -> ", unsupervised " + show.in(at))
                      .orElse(""),
                  resource.detail().isEmpty() ? "" : ": " + resource.detail())
              .stripTrailing());
      transcript.append('\n');
    }
  }

  // ---- words -------------------------------------------------------------------------------

  private ResourceId id(String name) {
    ResourceId id = ids.get(name);
    if (id == null) {
      throw new IllegalArgumentException("no resource " + name);
    }
    return id;
  }

  private ClusterResource resource(String name) {
    ClusterResource resource = node.state().resources().get(id(name));
    if (resource == null) {
      throw new IllegalArgumentException("no resource " + name);
    }
    return resource;
  }

  private Workload workload(String name) {
    return node.workload(id(name));
  }

  private String name(ResourceId id) {
    return ids.entrySet().stream()
        .filter(entry -> entry.getValue().equals(id))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static Lives lives(Map<String, String> settings) {
    return Lives.valueOf(
        CaseFormat.LOWER_HYPHEN.to(
            CaseFormat.UPPER_UNDERSCORE, settings.getOrDefault("lives", "on-node")));
  }

  private static EntryPoint entryPoint(String label) {
    for (EntryPoint entryPoint : EntryPoint.values()) {
      if (entryPoint.toString().equals(label)) {
        return entryPoint;
      }
    }
    throw new IllegalArgumentException("no entry point " + label);
  }

  private static Duration start(Map<String, String> settings) {
    return duration(settings.getOrDefault("start", "100ms"));
  }

  private static Duration duration(String text) {
    return Duration.parse(
        text.endsWith("ms")
            ? "PT" + Long.parseLong(text.substring(0, text.length() - 2)) / 1000.0 + "S"
            : "PT" + text);
  }
}
