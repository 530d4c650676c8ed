package dev.holdfast.plugins.ocf;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.Command;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.OfflineCall;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One resource of an agent.
 *
 * <pre>
 *   find          monitor, once (a probe)
 *   online        start, then monitor: what a start says is believed when a monitor says it, too
 *   offline       stop; the host's find is the probe behind it
 *   terminate     stop; when it fails: whatever start left is killed, and stop is asked once more
 *   looksAlive    monitor, OCF_CHECK_LEVEL 0
 *   isAlive       monitor, OCF_CHECK_LEVEL IsAliveDepth
 * </pre>
 */
final class AgentResource implements Resource {
  private static final Pattern NOT_IN_A_FILE_NAME = Pattern.compile("[^A-Za-z0-9_.-]");

  private final Context context;
  private final AgentRuntime runtime;
  private final AgentName agent;

  /** The last monitor: most are what the one before was. Calls come from any thread. */
  private volatile @Nullable Asked asked;

  AgentResource(Context context, AgentRuntime runtime, AgentName agent) {
    this.context = context;
    this.runtime = runtime;
    this.agent = agent;
  }

  @Override
  public Found find(Call call) throws Exception {
    runtime.prepare();
    ActionResult probe = monitor(call, 0, HostProperties.LOOKS_ALIVE_TIMEOUT, Duration.ZERO);
    return switch (probe.exit()) {
      case SUCCESS, DEGRADED -> Found.running(probe.words());
      case PROMOTED, DEGRADED_PROMOTED -> Found.running(probe.words() + "; it is run unpromoted");
      // Pacemaker, too: what is not installed does not run.
      case NOT_RUNNING, INSTALLED -> Found.absent(probe.words());
      case GENERIC, ARGUMENTS, UNIMPLEMENTED, PERMISSION, CONFIGURED, FAILED_PROMOTED, OTHER ->
          Found.unknown(probe.words());
    };
  }

  @Override
  public void online(OnlineCall call) throws Exception {
    runtime.prepare();
    String instance = instance(call);
    // A resource may be renamed, and agents name their files by the instance.
    call.remember(instance.getBytes(UTF_8));
    call.progress("start", Call.UNKNOWN_PERCENT);
    requireSuccess(change(call, instance, "start", HostProperties.START_TIMEOUT));
    call.progress("monitor after start", Call.UNKNOWN_PERCENT);
    ActionResult seen = monitor(call, 0, HostProperties.LOOKS_ALIVE_TIMEOUT, Duration.ZERO);
    if (!isRunning(seen.exit())) {
      throw new ResourceException(
          Responsibility.RESOURCE,
          Retry.HERE,
          "OcfStartNotSeen",
          "The agent %s: start exited with 0, and then %s.".formatted(agent, seen.words()));
    }
  }

  @Override
  public void offline(OfflineCall call) throws Exception {
    call.progress("stop", Call.UNKNOWN_PERCENT);
    requireSuccess(change(call, instance(call), "stop", HostProperties.STOP_TIMEOUT));
  }

  /**
   * Not by {@code reload}: that has the service read its own configuration, and knows no parameter.
   */
  @Override
  public void changed(Call call, Set<Property<?>> what) throws Exception {
    if (what.stream().allMatch(HostProperties::isOne)) {
      return; // The agent does not know them.
    }
    call.progress(MetaData.RELOAD_AGENT, Call.UNKNOWN_PERCENT);
    requireSuccess(
        change(call, instance(call), MetaData.RELOAD_AGENT, HostProperties.RELOAD_TIMEOUT));
  }

  @Override
  public void terminate(Call call) throws Exception {
    ActionResult stopped = change(call, instance(call), "stop", HostProperties.STOP_TIMEOUT);
    if (stopped.exit() == AgentExit.SUCCESS) {
      return;
    }
    context.logger().log(Level.WARNING, "{0}; what its start has left is killed", stopped.words());
    call.endLeft();
    // A stop that finds nothing running removes what the daemon could not: files, addresses,
    // mounts.
    requireSuccess(change(call, instance(call), "stop", HostProperties.STOP_TIMEOUT));
  }

  @Override
  public Health looksAlive(Call call) throws Exception {
    return health(call, 0, HostProperties.LOOKS_ALIVE_TIMEOUT);
  }

  @Override
  public Health isAlive(Call call) throws Exception {
    return health(
        call,
        call.properties().get(HostProperties.IS_ALIVE_DEPTH),
        HostProperties.IS_ALIVE_TIMEOUT);
  }

  private Health health(Call call, int depth, Property<Duration> limit) throws ResourceException {
    ActionResult seen = monitor(call, depth, limit, Duration.ofSeconds(10));
    return switch (seen.exit()) {
      case SUCCESS -> Health.alive();
      case DEGRADED, DEGRADED_PROMOTED, PROMOTED -> Health.degraded(seen.words());
      case GENERIC,
          ARGUMENTS,
          UNIMPLEMENTED,
          PERMISSION,
          INSTALLED,
          CONFIGURED,
          NOT_RUNNING,
          FAILED_PROMOTED,
          OTHER ->
          Health.failed(seen.words());
    };
  }

  private static boolean isRunning(AgentExit exit) {
    return exit == AgentExit.SUCCESS
        || exit == AgentExit.DEGRADED
        || exit == AgentExit.PROMOTED
        || exit == AgentExit.DEGRADED_PROMOTED;
  }

  private ActionResult monitor(Call call, int depth, Property<Duration> limit, Duration interval)
      throws ResourceException {
    Duration time = call.properties().get(limit);
    var question = new Question(call.properties(), instance(call), depth, time, interval);
    Asked before = asked;
    Asked now =
        before != null && before.question().equals(question)
            ? before
            : new Asked(
                question,
                runtime.monitor(
                    agent, question.instance(), call.properties(), time, interval, depth));
    asked = now;
    return new ActionResult("monitor", time, call.run(Command.looking(now.launch(), time)));
  }

  private ActionResult change(Call call, String instance, String action, Property<Duration> limit)
      throws ResourceException {
    Properties properties = call.properties();
    Duration time = properties.get(limit);
    Launch launch = runtime.action(agent, instance, action, properties, time, Duration.ZERO);
    return new ActionResult(action, time, call.run(Command.changing(launch, time)));
  }

  private void requireSuccess(ActionResult result) throws ResourceException {
    if (result.exit() != AgentExit.SUCCESS) {
      throw result.failure(agent);
    }
  }

  /** What makes one monitor another one. */
  private record Question(
      Properties properties, String instance, int depth, Duration limit, Duration interval) {}

  private record Asked(Question question, Launch launch) {}

  /** Under which name the agent knows the resource: that of its last start, else the one of now. */
  private String instance(Call call) {
    Optional<byte[]> remembered = call instanceof OnlineCall ? Optional.empty() : call.token();
    return remembered
        .map(bytes -> new String(bytes, UTF_8))
        .orElseGet(() -> instance(context.resourceName(), context.resourceId()));
  }

  /** A name that any file may have. */
  static String instance(String name, String id) {
    String safe = NOT_IN_A_FILE_NAME.matcher(name).replaceAll("_");
    return safe.equals(name) ? safe : safe + "-" + id.substring(0, Math.min(8, id.length()));
  }
}
