package dev.holdfast.plugins.ocf;

import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.ResourceType;
import dev.holdfast.spi.ResourceTypeFamily;
import dev.holdfast.spi.Survey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The family {@code ocf:*}: each agent that stands on the node can be registered as a type. */
public final class OcfAgents implements ResourceTypeFamily {
  private static final Duration META_DATA_LIMIT = Duration.ofSeconds(10);
  private static final Duration VALIDATE_LIMIT = Duration.ofSeconds(10);

  /** The instance that is named where there is no resource yet. */
  private static final String NOBODY = "holdfast";

  private final AgentRuntime runtime;

  /** With the agents of this node. */
  public OcfAgents() {
    this(AgentRuntime.ofEnvironment(System.getenv()));
  }

  OcfAgents(AgentRuntime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Description description() {
    return Description.of(AgentName.PREFIX + "*")
        .displayName("Any OCF resource agent of the node")
        .lives(Lives.ON_NODE)
        .build();
  }

  @Override
  public List<String> available() throws ResourceException {
    Path folder = runtime.root().resolve("resource.d");
    try (Stream<Path> providers = Files.list(folder)) {
      return providers.filter(Files::isDirectory).flatMap(this::agents).sorted().toList();
    } catch (IOException e) {
      throw new ResourceException(
          Responsibility.ENVIRONMENT,
          Retry.OTHER_NODE,
          "OcfNoAgents",
          "The agents in %s cannot be listed: %s. Debian has them in the packages resource-agents and pacemaker-resource-agents."
              .formatted(folder, e),
          e);
    }
  }

  private Stream<String> agents(Path provider) {
    try (Stream<Path> files = Files.list(provider)) {
      return files
          .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
          .flatMap(
              file -> AgentName.of(name(provider), name(file)).map(AgentName::toString).stream())
          .toList()
          .stream();
    } catch (IOException e) {
      return Stream.empty(); // A provider's folder that went meanwhile has no agents.
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  @Override
  public Member member(String name, Survey survey) throws ResourceException {
    AgentName agent = agent(name);
    Path file = agent.file(runtime.root());
    requireExecutable(agent, file);
    CommandResult result =
        survey.run(Command.looking(runtime.action(agent, NOBODY, "meta-data"), META_DATA_LIMIT));
    if (!result.exited(0)) {
      throw refused(agent, new ActionResult("meta-data", META_DATA_LIMIT, result).words());
    }
    if (result.cut()) {
      throw refused(
          agent,
          "its meta-data has more than %d KiB".formatted(CommandResult.OUTPUT_BYTES_MAX / 1024));
    }
    try {
      return new Member(AgentDescription.of(agent, MetaDataReader.read(result.output())), file);
    } catch (MetaDataException e) {
      throw refused(agent, "its meta-data cannot be used: " + e.getMessage());
    }
  }

  private static AgentName agent(String name) throws ResourceException {
    return AgentName.parse(name)
        .orElseThrow(
            () ->
                new ResourceException(
                    Responsibility.USER,
                    Retry.NOWHERE,
                    "OcfBadName",
                    "'%s' names no OCF agent; a name is ocf:PROVIDER:AGENT, such as ocf:heartbeat:IPaddr2."
                        .formatted(name)));
  }

  private static void requireExecutable(AgentName agent, Path file) throws ResourceException {
    String found =
        !Files.exists(file)
            ? "there is no file " + file
            : !Files.isRegularFile(file)
                ? file + " is no regular file"
                : !Files.isExecutable(file) ? file + " is not executable" : "";
    if (!found.isEmpty()) {
      throw refused(agent, found);
    }
  }

  private static ResourceException refused(AgentName agent, String why) {
    return new ResourceException(
        Responsibility.USER,
        Retry.OTHER_NODE,
        "OcfRefused",
        "The agent " + agent + " cannot be a resource type: " + why + ".");
  }

  @Override
  public ResourceType type(Description registered) {
    return new AgentType(runtime, registered);
  }

  @Override
  public Resource open(Context context) throws ResourceException {
    throw new ResourceException(
        Responsibility.USER,
        Retry.NOWHERE,
        "OcfNoAgent",
        "%s is of the family ocf:*, which is no type itself; register an agent: holdfast type register ocf:PROVIDER:AGENT."
            .formatted(context.resourceName()));
  }

  /** One agent as a type. */
  private record AgentType(AgentRuntime runtime, Description description) implements ResourceType {
    @Override
    public List<Problem> validate(Properties properties, Survey survey) throws ResourceException {
      AgentName agent = agent(description.registeredName());
      runtime.prepare();
      CommandResult result =
          survey.run(
              Command.looking(
                  runtime.action(
                      agent, NOBODY, "validate-all", properties, VALIDATE_LIMIT, Duration.ZERO),
                  VALIDATE_LIMIT));
      var validation = new ActionResult("validate-all", VALIDATE_LIMIT, result);
      // Only what would be wrong on every node, at any time; a missing program or device may be
      // there when the resource goes online.
      return validation.exit() == AgentExit.CONFIGURED || validation.exit() == AgentExit.ARGUMENTS
          ? List.of(new Problem(null, "The agent refuses it: " + validation.words() + "."))
          : List.of();
    }

    @Override
    public Resource open(Context context) throws ResourceException {
      return new AgentResource(context, runtime, agent(description.registeredName()));
    }
  }
}
