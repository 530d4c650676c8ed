package dev.holdfast.plugins.ocf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Retry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real scripts, run by the fakes of the SPI. */
class OcfAgentsTest {
  private static final Map<String, String> NOTHING = Map.of();

  /** A resource that is a file; every action is noted in the file "asked". */
  private static final String FILE =
      """
      echo "$1 $OCF_CHECK_LEVEL" >> asked
      case $1 in
      start) touch up;;
      stop) rm -f up;;
      monitor) test -e up || exit 7;;
      validate-all) ;;
      *) exit 3;;
      esac
      """;

  @TempDir Path folder;
  private GivenAgents given;

  @BeforeEach
  void open() throws Exception {
    given = new GivenAgents(folder);
  }

  @AfterEach
  void close() {
    given.close();
  }

  @Nested
  class TheFamily {
    @Test
    void itListsWhatStandsOnTheNode_butNoHelpersAndNothingThatCannotBeRun() throws Exception {
      given.agent("mine", FILE);
      Path plain = given.agent("plain", FILE);
      Files.setPosixFilePermissions(plain, PosixFilePermissions.fromString("rw-r--r--"));
      given.raw(".helper", "");

      assertThat(given.agents.available()).containsExactly("ocf:test:mine");
    }

    @Test
    void aMemberIsDescribedByItsMetaData() throws Exception {
      Path file = given.agent("mine", FILE);

      var member = given.member("mine");

      assertThat(member.source()).isEqualTo(file);
      assertThat(member.description().registeredName()).isEqualTo("ocf:test:mine");
      assertThat(member.description().displayName()).isEqualTo("Mine");
      assertThat(member.description().timings().looksAlive()).isEqualTo(Duration.ofSeconds(7));
      assertThat(member.description().properties())
          .extracting(Property::name)
          .containsExactly(
              "size",
              "passwd",
              "StartTimeout",
              "StopTimeout",
              "LooksAliveTimeout",
              "IsAliveTimeout",
              "IsAliveDepth");
      assertThat(member.description().property("size").orElseThrow().kind())
          .isEqualTo(Property.Kind.INTEGER);
      assertThat(member.description().property("passwd").orElseThrow().kind())
          .isEqualTo(Property.Kind.SECRET);
    }

    @Test
    void whatIsNotThereOrCannotBeRunIsSaid() throws Exception {
      Path plain = given.agent("plain", FILE);
      Files.setPosixFilePermissions(plain, PosixFilePermissions.fromString("rw-r--r--"));
      Files.createDirectories(given.agentFile("folder"));

      assertThatThrownBy(() -> given.member("nobody"))
          .hasMessageContaining("there is no file " + given.agentFile("nobody"));
      assertThatThrownBy(() -> given.member("plain")).hasMessageContaining("is not executable");
      assertThatThrownBy(() -> given.member("folder")).hasMessageContaining("is no regular file");
      assertThatThrownBy(() -> given.agents.member("ocf:..:mine", given.survey()))
          .hasMessageContaining("names no OCF agent");
    }

    @Test
    void metaDataThatIsNoneIsSaid_withTheAgentsOwnReason() throws Exception {
      given.raw("garbage", "head -c 3000 /dev/urandom");
      given.raw("huge", "echo '<resource-agent>'; head -c 10000000 /dev/zero | tr '\\0' x");
      given.raw("angry", "echo ocf-exit-reason:no such luck >&2; exit 5");
      given.raw("odd", "echo '<resource-agent><actions/></resource-agent>'");

      assertThatThrownBy(() -> given.member("garbage")).hasMessageContaining("it is not XML");
      assertThatThrownBy(() -> given.member("huge")).hasMessageContaining("more than 256 KiB");
      assertThatThrownBy(() -> given.member("angry"))
          .hasMessageContaining("meta-data exited with 5 (not installed): no such luck");
      assertThatThrownBy(() -> given.member("odd"))
          .hasMessageContaining("declares no action start");
    }

    @Test
    void noResourceIsOfTheFamilyItself() {
      assertThatThrownBy(() -> given.agents.open(new dev.holdfast.spi.fake.FakeContext(folder)))
          .hasMessageContaining("holdfast type register ocf:PROVIDER:AGENT");
    }
  }

  @Nested
  class AResource {
    @Test
    void itIsProbedStartedSeenAndStopped() throws Exception {
      given.agent("mine", FILE);
      Resource resource = given.open("mine");
      var call = given.call("mine", Map.of("IsAliveDepth", "20"));

      assertThat(resource.find(call)).isInstanceOf(Found.Absent.class);
      resource.online(call);
      assertThat(resource.find(call)).isInstanceOf(Found.Running.class);
      assertThat(resource.looksAlive(call)).isEqualTo(Health.alive());
      assertThat(resource.isAlive(call)).isEqualTo(Health.alive());
      resource.offline(call);
      assertThat(resource.find(call)).isInstanceOf(Found.Absent.class);

      assertThat(Files.readAllLines(given.own("asked")))
          .containsExactly(
              "monitor 0",
              "start ",
              "monitor 0",
              "monitor 0",
              "monitor 0",
              "monitor 20",
              "stop ",
              "monitor 0");
    }

    @Test
    void whatIsReloadable_isChangedByReloadAgent_withTheNewValue() throws Exception {
      given.reloadingAgent(
          "mine",
          FILE.replace(
              "validate-all)", "reload-agent) echo $OCF_RESKEY_size > size;; validate-all)"));
      var description = given.member("mine").description();
      Property<?> size = description.property("size").orElseThrow();
      Property<?> timeout = description.property("ReloadTimeout").orElseThrow();
      Resource resource = given.open("mine");
      resource.online(given.call("mine", NOTHING));

      resource.changed(given.call("mine", Map.of("size", "8")), Set.of(size));
      assertThat(given.own("size")).content().isEqualTo("8\n");
      assertThat(Files.readAllLines(given.own("asked"))).endsWith("reload-agent ");
      assertThat(timeout.defaultText()).contains(List.of("9s"));

      resource.changed(given.call("mine", Map.of("ReloadTimeout", "1s")), Set.of(timeout));
      assertThat(Files.readAllLines(given.own("asked")))
          .as("the agent does not know what is Holdfast's")
          .filteredOn(line -> line.startsWith("reload-agent"))
          .hasSize(1);
    }

    @Test
    void aReloadAgentThatFails_saysWhy() throws Exception {
      given.reloadingAgent(
          "mine",
          FILE.replace(
              "validate-all)",
              "reload-agent) echo ocf-exit-reason:too large >&2; exit 1;; validate-all)"));
      Resource resource = given.open("mine");
      resource.online(given.call("mine", NOTHING));
      Property<?> size = given.member("mine").description().property("size").orElseThrow();

      assertThatThrownBy(
              () -> resource.changed(given.call("mine", Map.of("size", "8")), Set.of(size)))
          .hasMessageContaining("reload-agent exited with 1")
          .hasMessageContaining("too large");
    }

    @Test
    void aParameterIsChangeable_onlyWhereItIsReloadable_andTheAgentReloads() throws Exception {
      given.agent("plain", FILE);
      given.reloadingAgent("mine", FILE);

      assertThat(given.member("plain").description().properties())
          .filteredOn(property -> property.effect() == Property.Effect.LIVE)
          .extracting(Property::name)
          .containsExactly(
              "StartTimeout", "StopTimeout", "LooksAliveTimeout", "IsAliveTimeout", "IsAliveDepth");
      assertThat(given.member("mine").description().properties())
          .filteredOn(property -> property.effect() == Property.Effect.LIVE)
          .extracting(Property::name)
          .containsExactly(
              "size",
              "StartTimeout",
              "StopTimeout",
              "LooksAliveTimeout",
              "IsAliveTimeout",
              "ReloadTimeout",
              "IsAliveDepth");
    }

    @Test
    void itFindsTheEnvironmentThatOcfPromises() throws Exception {
      given.agent("mine", "env | grep -E 'OCF_|HA_' | sort > env; test -d $HA_RSCTMP");
      Resource resource = given.open("mine");

      resource.looksAlive(given.call("mine", Map.of("size", "9", "passwd", "s3cret")));

      assertThat(Files.readAllLines(given.own("env")))
          .contains(
              "OCF_ROOT=" + folder.resolve("ocf"),
              "HA_RSCTMP=" + folder.resolve("scratch"),
              "OCF_RA_VERSION_MAJOR=1",
              "OCF_RESOURCE_INSTANCE=fake-resource",
              "OCF_RESOURCE_TYPE=mine",
              "OCF_RESOURCE_PROVIDER=test",
              "OCF_RESKEY_size=9",
              "OCF_RESKEY_passwd=s3cret",
              "OCF_RESKEY_CRM_meta_timeout=20000",
              "OCF_CHECK_LEVEL=0")
          .noneMatch(line -> line.contains("Timeout="));
    }

    @ParameterizedTest
    @CsvSource({
      "1,HERE,OcfGeneric",
      "2,OTHER_NODE,OcfArguments",
      "3,OTHER_NODE,OcfUnimplemented",
      "4,OTHER_NODE,OcfPermission",
      "5,OTHER_NODE,OcfNotInstalled",
      "6,NOWHERE,OcfNotConfigured",
      "7,HERE,OcfNotRunning",
      "42,HERE,OcfOther"
    })
    void aStartThatFailsSaysWhereToTryAgain_andWhy(int code, Retry retry, String failure)
        throws Exception {
      given.agent(
          "mine",
          "case $1 in start) echo noise >&2; echo ocf-exit-reason:first >&2; echo 'ocf-exit-reason:the very reason' >&2; exit %d;; esac"
              .formatted(code));
      Resource resource = given.open("mine");

      assertThatThrownBy(() -> resource.online(given.call("mine", NOTHING)))
          .isInstanceOfSatisfying(
              ResourceException.class,
              e -> {
                assertThat(e.retry()).isEqualTo(retry);
                assertThat(e.code()).isEqualTo(failure);
                assertThat(e)
                    .hasMessageContaining("start exited with " + code)
                    .hasMessageContaining("the very reason")
                    .hasMessageNotContaining("first");
              });
    }

    @Test
    void aStartThatIsNotSeenIsNotBelieved() throws Exception {
      given.agent("mine", "case $1 in monitor) exit 7;; esac");
      Resource resource = given.open("mine");

      assertThatThrownBy(() -> resource.online(given.call("mine", NOTHING)))
          .isInstanceOfSatisfying(
              ResourceException.class, e -> assertThat(e.code()).isEqualTo("OcfStartNotSeen"));
    }

    @ParameterizedTest
    @CsvSource({
      "0,Running",
      "8,Running",
      "190,Running",
      "7,Absent",
      "5,Absent",
      "1,Unknown",
      "6,Unknown",
      "9,Unknown",
      "77,Unknown"
    })
    void whatAProbeSaysIsFound(int code, String found) throws Exception {
      given.agent("mine", "exit " + code);
      Resource resource = given.open("mine");

      assertThat(resource.find(given.call("mine", NOTHING)).getClass().getSimpleName())
          .isEqualTo(found);
    }

    @ParameterizedTest
    @CsvSource({"0,Alive", "8,Degraded", "190,Degraded", "7,Failed", "1,Failed", "5,Failed"})
    void whatAMonitorSaysIsItsHealth(int code, String health) throws Exception {
      given.agent("mine", "exit " + code);
      Resource resource = given.open("mine");

      assertThat(resource.isAlive(given.call("mine", NOTHING)).getClass().getSimpleName())
          .isEqualTo(health);
    }

    @Test
    void whatHangsIsEnded_andSaysForHowLongItHadTime() throws Exception {
      given.agent("mine", "sleep 600");
      Resource resource = given.open("mine");
      var call =
          given.call(
              "mine",
              Map.of("LooksAliveTimeout", "200ms", "StartTimeout", "300ms", "StopTimeout", "1s"));

      assertThat(resource.find(call))
          .isInstanceOfSatisfying(
              Found.Unknown.class,
              unknown -> assertThat(unknown.why()).contains("did not end within 200 ms"));
      assertThat(resource.looksAlive(call)).isInstanceOf(Health.Failed.class);
      assertThatThrownBy(() -> resource.online(call))
          .isInstanceOfSatisfying(
              ResourceException.class, e -> assertThat(e.code()).isEqualTo("OcfTimeout"));
      assertThatThrownBy(() -> resource.offline(call)).hasMessageContaining("within 1 s");
    }

    @Test
    void aTerminateKillsWhatAStopCannotEnd_andHasItCleanUp() throws Exception {
      given.agent(
          "mine",
          """
          case $1 in
          start) setsid sleep 600 & echo $! > pid;;
          stop) kill -0 $(cat pid) 2>/dev/null && exit 1; rm -f pid;;
          monitor) test -e pid || exit 7;;
          esac
          """);
      Resource resource = given.open("mine");
      var call = given.call("mine", NOTHING);
      resource.online(call);
      long pid = Long.parseLong(Files.readString(given.own("pid")).strip());
      assertThatThrownBy(() -> resource.offline(call)).hasMessageContaining("stop exited with 1");

      resource.terminate(call);

      assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
      assertThat(given.own("pid")).doesNotExist();
      assertThat(resource.find(call)).isInstanceOf(Found.Absent.class);
    }

    @Test
    void whatIsConfiguredWrongIsAProblem_whatIsMissingHereIsNone() throws Exception {
      given.agent(
          "mine",
          "case $OCF_RESKEY_size in 1) echo ocf-exit-reason:too small >&2; exit 6;; 2) exit 5;;"
              + " esac");
      var type = given.agents.type(given.member("mine").description());

      assertThat(type.validate(properties("1"), given.survey()))
          .extracting(Problem::message)
          .singleElement()
          .asString()
          .contains("validate-all exited with 6 (not configured): too small");
      assertThat(type.validate(properties("2"), given.survey())).isEmpty();
      assertThat(type.validate(properties("3"), given.survey())).isEmpty();
    }

    private Properties properties(String size) throws Exception {
      return Properties.of(given.member("mine").description(), Map.of("size", List.of(size)));
    }

    @Test
    void itsInstanceIsANameThatAnyFileMayHave() {
      assertThat(AgentResource.instance("web-1", "abcdef01-2")).isEqualTo("web-1");
      assertThat(AgentResource.instance("my web", "abcdef01-2")).isEqualTo("my_web-abcdef01");
    }
  }
}
