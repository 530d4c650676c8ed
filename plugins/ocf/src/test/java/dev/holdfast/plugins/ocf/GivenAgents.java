package dev.holdfast.plugins.ocf;

import dev.holdfast.spi.InvalidPropertiesException;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceTypeFamily.Member;
import dev.holdfast.spi.Survey;
import dev.holdfast.spi.fake.FakeCall;
import dev.holdfast.spi.fake.FakeContext;
import dev.holdfast.spi.fake.FakeSlots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A node with agents of the test's own, as small scripts. */
final class GivenAgents implements AutoCloseable {
  private static final String META_DATA =
      """
      <?xml version="1.0"?>
      <resource-agent name="mine" version="1.0"><version>1.0</version>
      <shortdesc lang="en">Mine</shortdesc>
      <parameters><parameter name="size" required="0"><content type="integer" default="3"/></parameter>
      <parameter name="passwd"><content type="string"/></parameter></parameters>
      <actions><action name="start" timeout="20s"/><action name="stop" timeout="20s"/>
      <action name="monitor" timeout="20s" interval="7s" depth="0"/>
      <action name="validate-all" timeout="20s"/></actions></resource-agent>
      """;

  private final Path folder;
  private final FakeSlots slots;
  private final FakeContext context;
  final OcfAgents agents;

  GivenAgents(Path folder) throws IOException {
    this.folder = folder;
    Path own = Files.createDirectories(folder.resolve("own"));
    this.slots = new FakeSlots(own);
    this.context = new FakeContext(own);
    this.agents = new OcfAgents(new AgentRuntime(folder.resolve("ocf"), folder.resolve("scratch")));
  }

  /** A file of the resource's own. */
  Path own(String file) {
    return folder.resolve("own").resolve(file);
  }

  Path agentFile(String name) {
    return folder.resolve("ocf/resource.d/test").resolve(name);
  }

  /** An agent that is this script, and has meta-data. */
  Path agent(String name, String script) throws IOException {
    return agent(name, script, META_DATA);
  }

  /** The same of OCF 1.1, with a parameter and an action for changing it while it runs. */
  Path reloadingAgent(String name, String script) throws IOException {
    return agent(
        name,
        script,
        META_DATA
            .replace("name=\"size\"", "name=\"size\" reloadable=\"1\"")
            .replace("<actions>", "<actions><action name=\"reload-agent\" timeout=\"9s\"/>"));
  }

  private Path agent(String name, String script, String metaData) throws IOException {
    Path file = raw(name, "");
    Files.writeString(file.resolveSibling("." + name + ".xml"), metaData);
    return raw(
        name,
        "case $1 in meta-data) cat $(dirname $0)/.%s.xml; exit 0;; esac\n%s"
            .formatted(name, script));
  }

  /** An agent that is nothing but this script. */
  Path raw(String name, String script) throws IOException {
    Path file = agentFile(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** What may be looked with. */
  Survey survey() {
    var survey = new FakeSlots(folder.resolve("own"));
    return command -> new FakeCall(survey, nothing(), Duration.ofSeconds(60)).run(command);
  }

  private Properties nothing() {
    try {
      return Properties.of(agents.description(), Map.of());
    } catch (InvalidPropertiesException e) {
      throw new IllegalStateException(e);
    }
  }

  Member member(String name) throws Exception {
    return agents.member("ocf:test:" + name, survey());
  }

  /** A resource of an agent. */
  Resource open(String name) throws Exception {
    return agents.type(member(name).description()).open(context);
  }

  FakeCall call(String name, Map<String, String> properties) throws Exception {
    var text = new HashMap<String, List<String>>();
    properties.forEach((key, value) -> text.put(key, List.of(value)));
    return new FakeCall(
        slots, Properties.of(member(name).description(), text), Duration.ofSeconds(60));
  }

  @Override
  public void close() {
    slots.close();
  }
}
