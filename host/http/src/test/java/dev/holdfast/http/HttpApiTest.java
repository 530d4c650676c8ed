package dev.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ApiServer;
import dev.holdfast.service.api.ApiSettings;
import dev.holdfast.service.api.CheckpointApi;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.metric.Metric;
import io.javalin.http.HandlerType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HttpApiTest {
  @TempDir Path home;
  private final FakeCluster cluster = new FakeCluster();
  private final HttpApi server = new HttpApi();
  private Path socket = Path.of("");
  private InetSocketAddress tcp = new InetSocketAddress(0);

  @BeforeEach
  void start() throws IOException {
    socket = home.resolve("api.sock");
    Files.writeString(socket, "left behind by a service that was killed");
    server.start(
        cluster,
        new ApiSettings(
            home, socket, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "0.1.0"));
    tcp =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), server.addresses().http().orElseThrow().getPort());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void serviceLoaderFindsTheServer() {
    assertThat(ServiceLoader.load(ApiServer.class).findFirst()).get().isInstanceOf(HttpApi.class);
  }

  @Test
  void socketIsOpenToAll() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-rw-rw-");
  }

  @Test
  void status_hasEveryFieldInItsOrder() throws IOException {
    String answer = unix("GET", "/v1/status", "");
    assertThat(unix("GET", "/v1/audit", ""))
        .contains("\"kind\":\"AuditFacts\"", "\"tokenDigest\":\"sha256:ab\"", "\"pid\":null");

    assertThat(answer)
        .startsWith("HTTP/1.1 200")
        .contains(
            "{\"apiVersion\":\"holdfast/v1\",\"kind\":\"Status\",\"items\":[{\"service\":{\"pid\":77,"
                + "\"version\":\"0.1.0\",\"ready\":true,\"node\":\"alpha\",\"revision\":42,\"waitsFor\":null},\"groups\":[")
        .contains("\"failures\":[{\"time\":\"2026-11-21T22:40:00.120Z\",\"resource\":\"web-app\"");
  }

  @Test
  void resource_hasEveryField_alsoWhenThereIsNothingToSay() throws IOException {
    cluster.put(FakeCluster.resource("idle", "Offline", List.of(), java.util.Map.of()));

    assertThat(unix("GET", "/v1/resources/idle", ""))
        .contains(
            "{\"id\":\"id-of-idle\",\"name\":\"idle\",\"group\":\"web\",\"type\":\"Generic"
                + " Application\","
                + "\"typeStatus\":\"Registered\",\"plugin\":\"generic-application\",\"pluginVersion\":\"0.1.0\","
                + "\"state\":\"Offline\",\"health\":\"Unknown\",\"wanted\":\"Offline\",\"node\":\"alpha\","
                + "\"monitor\":null,\"monitorPid\":null,\"pid\":null,\"since\":\"2026-11-21T22:40:00.120Z\","
                + "\"failures\":0,\"restarts\":1,\"adoptions\":2,\"dependsOn\":[],\"properties\":{},"
                + "\"lastExit\":{\"code\":null,\"signal\":9},\"unrestored\":false,\"unsupervisedSince\":null,"
                + "\"detail\":null,\"notInEffect\":[],"
                + "\"externals\":[{\"slot\":\"volume\",\"kind\":\"lease-volume\",\"key\":\"data-1\",\"nonce\":\"n-1\",\"epoch\":8,\"node\":\"alpha\"}]}");
  }

  @Test
  void unknownObject_isAProblemDocumentWithCodeAndResource() throws IOException {
    assertThat(unix("GET", "/v1/resources/web-ap", ""))
        .startsWith("HTTP/1.1 404")
        .contains("application/problem+json")
        .contains("\"detail\":\"There is no resource web-ap. The nearest is web-app.\"")
        .contains("\"code\":\"ResourceNotFound\",\"resource\":\"web-ap\",\"exitCode\":4");
  }

  @Test
  void names_comeThroughWhateverTheyHold() throws IOException {
    for (String name :
        List.of("Größe 1", "a+b", "a&b=c", "50%", "x;y", "q?", "ключ", "a#b", "..x")) {
      cluster.put(FakeCluster.resource(name, "Online", List.of(), java.util.Map.of()));
      assertThat(unix("GET", "/v1/resources/" + encoded(name), ""))
          .as(name)
          .startsWith("HTTP/1.1 200")
          .contains("\"name\":\"" + name + "\"");
    }
  }

  private static String encoded(String name) {
    var out = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      out.append("%%%02X".formatted(b & 0xFF));
    }
    return out.toString();
  }

  @Test
  void change_isAcceptedWithItsOperation() throws IOException {
    String answer = unix("POST", "/v1/resources/web-app/offline", "");

    assertThat(answer).startsWith("HTTP/1.1 202").contains("\"kind\":\"Operation\"");
    assertThat(cluster.commands).containsExactly(new Command.OfflineResource("web-app"));
    assertThat(cluster.askers.getFirst().user()).isEqualTo(System.getProperty("user.name"));
  }

  @Test
  void anOnlineThatAdopts_isACommandOfItsOwn() throws IOException {
    assertThat(unix("POST", "/v1/resources/web-app/online?adopt=true", ""))
        .startsWith("HTTP/1.1 202");
    assertThat(unix("POST", "/v1/resources/web-app/online?adopt=false", ""))
        .startsWith("HTTP/1.1 202");
    assertThat(unix("POST", "/v1/resources/web-app/online?adopt=maybe", ""))
        .startsWith("HTTP/1.1 400");

    assertThat(cluster.commands)
        .containsExactly(
            new Command.AdoptResource("web-app"), new Command.OnlineResource("web-app"));
  }

  @Test
  void registryKeys_comeEscaped_alsoWhatIsNoUnicode() throws IOException {
    assertThat(unix("GET", "/v1/registry?path=HKLM%5CSoftware%5CContoso", ""))
        .startsWith("HTTP/1.1 200")
        .contains("\"kind\":\"RegistryKeyList\"", "\"path\":\"HKLM\\\\Software\\\\Contoso\"")
        .containsIgnoringCase("\"subkeys\":[\"\\ud83d\"]");
    assertThat(unix("GET", "/v1/registry", "")).startsWith("HTTP/1.1 400").contains("path");
    assertThat(unix("GET", "/v1/registry?handle=3&path=X", "")).contains("\"handle 3\"");
  }

  @Test
  void theRegistryKnowsWhichProcessAsks() throws IOException {
    assertThat(unix("GET", "/v1/registry?path=HKLM", ""))
        .contains("\"asked by pid " + ProcessHandle.current().pid() + "\"");
  }

  @Test
  void registryHandles_areHeldByAStream_listedAndClosed() throws IOException {
    assertThat(unix("GET", "/v1/registry/hold?path=HKLM%5CA&path=HKLM%5CB&rights=all", ""))
        .startsWith("HTTP/1.1 200")
        .contains("\"id\":17,\"key\":\"HKLM\\\\A+HKLM\\\\B\"", "\"rights\":\"all\"");
    assertThat(unix("GET", "/v1/registry/handles", "")).contains("\"key\":\"null\"");
    assertThat(unix("DELETE", "/v1/registry/handles/17", ""))
        .startsWith("HTTP/1.1 200")
        .contains("\"state\":\"CLOSED\"");
    assertThat(unix("DELETE", "/v1/registry/handles/x", "")).startsWith("HTTP/1.1 404");
  }

  @Test
  void registryHives_areLoadedAndUnloaded() throws IOException {
    assertThat(unix("POST", "/v1/registry/hives?path=HKLM%5CX&name=x.hive", "regf"))
        .startsWith("HTTP/1.1 200")
        .contains("\"notes\":[\"loaded\",\"x.hive\"]");
    assertThat(unix("DELETE", "/v1/registry/hives?path=HKLM%5CX&saved=6", ""))
        .contains("\"notes\":[\"unloaded\",\"force false\",\"saved 6\"]");
  }

  @Test
  void registrySecurity_isShownAndChanged() throws IOException {
    assertThat(unix("GET", "/v1/registry/acl?path=HKLM%5CA", ""))
        .contains("\"kind\":\"RegistrySecurityList\"", "\"sddl\":\"D:\"");
    String asked = "{\"path\":\"HKLM\\\\A\",\"principal\":\"alice\",\"rights\":\"read\"}";
    assertThat(unix("POST", "/v1/registry/acl/grant", asked))
        .contains("\"notes\":[\"granted\",\"alice\",\"read\"]");
    assertThat(unix("POST", "/v1/registry/acl/revoke", asked)).contains("\"revoked\"");
    assertThat(unix("POST", "/v1/registry/acl/grant", "{}")).startsWith("HTTP/1.1 400");
  }

  @Test
  void registryChange_isMadeWhenItIsAnswered() throws IOException {
    assertThat(
            unix(
                "POST",
                "/v1/registry",
                "{\"changes\":[{\"kind\":\"CREATE_KEY\",\"path\":\"HKLM\\\\Software\\\\X\"}]}"))
        .startsWith("HTTP/1.1 200")
        .contains("{\"hive\":\"HKLM\\\\Software\",\"revision\":8,\"changes\":1,\"notes\":[]}");
    assertThat(unix("POST", "/v1/registry", "{\"changes\":[{\"kind\":\"BURN\"}]}"))
        .startsWith("HTTP/1.1 400")
        .contains("BURN");
  }

  @Test
  void registryStream_tellsChangesALineEach() throws IOException {
    assertThat(unix("GET", "/v1/registry/stream?path=HKLM%5CSoftware&recursive=true", ""))
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase(
            "{\"hive\":\"HKLM\\\\Software\",\"revision\":11,\"time\":\"2026-11-21T22:40:00.120Z\","
                + "\"path\":\"HKLM\\\\Software\\\\\\ud83d\",\"what\":\"value[]\"}\n");
  }

  @Test
  void registryRestore_takesAFile() throws IOException {
    assertThat(
            unix("POST", "/v1/registry/file?path=HKLM%5CSoftware&name=x.hive&salvage=true", "regf"))
        .startsWith("HTTP/1.1 200")
        .contains("\"changes\":4,\"notes\":[\"x.hive\",\"salvage true\",\"force false\"]");
  }

  @Test
  void registryFile_isItsBytes_andSaysWhatItDoesNotCarry() throws IOException {
    assertThat(unix("GET", "/v1/registry/file?path=HKLM%5CSoftware&format=hive", ""))
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("holdfast-loss: half of it; the caf?")
        .containsIgnoringCase("holdfast-revision: 6")
        .endsWith("HIVE");
    assertThat(unix("GET", "/v1/registry/file?path=HKLM%5CSoftware&format=doc", ""))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void checkpoints_areListedAndShown_withEveryField() throws IOException {
    String first =
        "{\"id\":1,\"resource\":\"web-app\",\"source\":\"registry\","
            + "\"path\":\"Software\\\\Contoso\",\"generation\":2,\"digest\":\"sha256:12\","
            + "\"sizeBytes\":4096,\"savedAt\":\"2026-11-21T22:40:02.120Z\",\"cause\":\"Changed\","
            + "\"policy\":\"continue\",\"onDrift\":\"restore\",\"excludes\":[],\"keep\":10,"
            + "\"quietMillis\":250,\"delayMillis\":2000,\"rollBackWithinMillis\":0,\"unrestored\":false,\"watched\":true,"
            + "\"dirtySince\":null}";

    for (String list :
        List.of(
            "/v1/checkpoints",
            "/v1/checkpoints?resource=web-app",
            "/v1/resources/web-app/checkpoints")) {
      assertThat(unix("GET", list, ""))
          .startsWith("HTTP/1.1 200")
          .contains("\"kind\":\"CheckpointList\",\"items\":[" + first + ",{\"id\":2,");
    }
    assertThat(unix("GET", "/v1/checkpoints?resource=web-db", "")).contains("\"items\":[]");
    assertThat(unix("GET", "/v1/resources/web-app/checkpoints/1", ""))
        .startsWith("HTTP/1.1 200")
        .contains("\"kind\":\"Checkpoint\",\"items\":[" + first + "]}");
  }

  @Test
  void checkpointsThatAreNotThere_areNotFound() throws IOException {
    for (String none :
        List.of(
            "/v1/checkpoints?resource=nobody",
            "/v1/resources/nobody/checkpoints",
            "/v1/resources/web-app/checkpoints/3",
            "/v1/resources/web-app/checkpoints/one",
            "/v1/resources/web-app/checkpoints/4294967297",
            "/v1/resources/web-app/checkpoints/3/generations",
            "/v1/resources/web-app/checkpoints/1/generations/9",
            "/v1/resources/web-app/checkpoints/1/content?generation=9",
            "/v1/resources/web-app/checkpoints/1/diff?from=9",
            "/v1/checkpoint-verification?resource=nobody")) {
      assertThat(unix("GET", none, ""))
          .as(none)
          .startsWith("HTTP/1.1 404")
          .contains("application/problem+json", "\"exitCode\":4");
    }
  }

  @Test
  void checkpointIsAdded_byWhoAsks_withWhatItSays() throws IOException {
    String added =
        unix(
            "POST",
            "/v1/resources/web-app/checkpoints",
            "{\"of\":\"registry:System\\\\Services\\\\Web\",\"onRestoreFailure\":\"retry\",\"onDrift\":\"adopt\","
                + "\"excludes\":[\"a\",\"b\"],\"keep\":4,\"quietMillis\":100,\"delayMillis\":0,\"grant\":true}");

    assertThat(added)
        .startsWith("HTTP/1.1 200")
        .contains(
            "\"kind\":\"CheckpointChangeList\",\"items\":[{\"checkpoint\":{\"id\":3,",
            "\"notes\":[\"The key has the value Start",
            "\"differences\":[]}]}");
    assertThat(cluster.checkpoints.added)
        .containsExactly(
            new CheckpointApi.NewCheckpoint(
                "registry:System\\Services\\Web",
                "retry",
                "adopt",
                List.of("a", "b"),
                4,
                100L,
                0L,
                null,
                true));
    assertThat(cluster.checkpoints.callers.getFirst().pid())
        .isEqualTo(ProcessHandle.current().pid());
  }

  @Test
  void checkpointIsAdded_withWhatIsUsual_whenNothingElseIsSaid() throws IOException {
    String path = "/v1/resources/web-db/checkpoints";

    assertThat(unix("POST", path + "?dryRun=true", "{\"of\":\"file:/etc/db\"}"))
        .startsWith("HTTP/1.1 200");
    assertThat(cluster.checkpoints.added)
        .containsExactly(
            new CheckpointApi.NewCheckpoint(
                "file:/etc/db", null, null, List.of(), null, null, null, null, false));
    assertThat(cluster.checkpoints.checkpoints("web-db")).isEmpty();
  }

  @Test
  void rehearsals_areAskedOfOneNode_andMadeByAnother() throws IOException {
    String wanted = unix("GET", "/v1/rehearsals", "");
    assertThat(wanted).contains("\"kind\":\"RehearsalList\"", "\"blob\":\"/quorum/blobs/1\"");
    String items = wanted.substring(wanted.indexOf('['), wanted.lastIndexOf(']') + 1);
    assertThat(unix("POST", "/v1/rehearsals", "{\"rehearsals\":" + items + "}"))
        .contains("\"kind\":\"ValidationList\"", "\"node\":\"beta\"", "\"ok\":true");
    assertThat(unix("POST", "/v1/rehearsals", "{}")).startsWith("HTTP/1.1 400");
    assertThat(unix("GET", "/v1/validation?only=checkpoints", ""))
        .contains("\"kind\":\"ValidationList\"", "\"obstacle\":\"HandleHeld\"");
  }

  @Test
  void checkpointThatIsRefused_isAProblemOfItsClass() throws IOException {
    String path = "/v1/resources/web-app/checkpoints";

    assertThat(unix("POST", path, "{\"of\":\"registry:software\\\\contoso\"}"))
        .startsWith("HTTP/1.1 409");
    assertThat(unix("POST", path, "{\"of\":\"registry:Secret\"}")).startsWith("HTTP/1.1 403");
    assertThat(unix("POST", path, "{\"of\":\"registry:\\\\Software\"}")).startsWith("HTTP/1.1 422");
    assertThat(unix("POST", path, "{}")).startsWith("HTTP/1.1 400").contains("of");
    assertThat(unix("POST", path, "{\"of\":\"file:/x\",\"keeps\":1}")).startsWith("HTTP/1.1 400");
    assertThat(cluster.checkpoints.added).isEmpty();
  }

  @Test
  void checkpointsAreSaved_allOrOne() throws IOException {
    assertThat(unix("POST", "/v1/resources/web-app/checkpoints/save?dryRun=true", ""))
        .startsWith("HTTP/1.1 200");
    assertThat(cluster.checkpoints.checkpoint("web-app", 1).generation()).isEqualTo(2);

    assertThat(unix("POST", "/v1/resources/web-app/checkpoints/save", ""))
        .contains("\"kind\":\"CheckpointChangeList\"", "\"generation\":3", "\"generation\":2")
        .contains(
            "\"differences\":[{\"where\":\"Parameters\",\"what\":\"Port\",\"from\":\"REG_DWORD"
                + " 80\",\"to\":\"REG_DWORD 8080\"}]");
    assertThat(unix("POST", "/v1/resources/web-app/checkpoints/2/save", ""))
        .contains("\"cause\":\"Manual\"");
    assertThat(cluster.checkpoints.checkpoint("web-app", 1).generation()).isEqualTo(3);
    assertThat(cluster.checkpoints.checkpoint("web-app", 2).generation()).isEqualTo(3);
  }

  @Test
  void checkpointIsRolledBack_andRemoved() throws IOException {
    String path = "/v1/resources/web-app/checkpoints/1";

    assertThat(unix("POST", path + "/rollback", "{\"to\":1}"))
        .startsWith("HTTP/1.1 200")
        .contains("\"kind\":\"CheckpointChangeList\"", "\"cause\":\"RolledBack\"");
    assertThat(unix("POST", path + "/rollback", "{\"to\":9}")).startsWith("HTTP/1.1 404");
    assertThat(unix("POST", path + "/rollback", "")).startsWith("HTTP/1.1 400").contains("to");

    assertThat(unix("DELETE", path + "?dryRun=true", "")).startsWith("HTTP/1.1 200");
    assertThat(unix("DELETE", path, ""))
        .startsWith("HTTP/1.1 200")
        .contains("\"kind\":\"Checkpoint\",\"items\":[{\"id\":1,");
    assertThat(unix("DELETE", path, "")).startsWith("HTTP/1.1 404");
  }

  @Test
  void generations_areListedShownAndVerified() throws IOException {
    String second =
        "{\"resource\":\"web-app\",\"checkpoint\":1,\"generation\":2,\"digest\":\"sha256:12\","
            + "\"sizeBytes\":4096,\"savedAt\":\"2026-11-21T22:40:02.120Z\",\"cause\":\"Changed\","
            + "\"node\":\"alpha\",\"revision\":42,\"current\":true,\"state\":\"Damaged\"}";
    cluster.checkpoints.spoil("web-app", 1, 2, "Damaged");

    assertThat(unix("GET", "/v1/resources/web-app/checkpoints/1/generations", ""))
        .contains("\"kind\":\"GenerationList\"", "\"generation\":1,", second + "]}");
    assertThat(unix("GET", "/v1/resources/web-app/checkpoints/1/generations/2", ""))
        .contains("\"kind\":\"Generation\",\"items\":[" + second + "]}");
    assertThat(unix("GET", "/v1/checkpoint-verification", ""))
        .contains("\"kind\":\"GenerationList\"", second, "\"checkpoint\":2");
    assertThat(unix("GET", "/v1/checkpoint-verification?resource=web-db", ""))
        .contains("\"items\":[]");
  }

  @Test
  void checkpointDiff_isFromTheCurrentGenerationToWhatIsLive_orAsAskedFor() throws IOException {
    String path = "/v1/resources/web-app/checkpoints/1/diff";

    assertThat(unix("GET", path, ""))
        .contains("\"kind\":\"CheckpointDiff\"")
        .contains("\"path\":\"Software\\\\Contoso\",\"from\":\"2\",\"to\":\"live\"")
        .contains("{\"where\":\"Old\",\"what\":\"\",\"from\":\"3 values\",\"to\":null}");
    assertThat(unix("GET", path + "?from=1&to=2", "")).contains("\"from\":\"1\",\"to\":\"2\"");
    assertThat(unix("GET", path + "?from=live", "")).startsWith("HTTP/1.1 400");
  }

  @Test
  void checkpointContent_isItsBytes() throws IOException {
    String path = "/v1/resources/web-app/checkpoints/1/content";

    assertThat(unix("GET", path + "?generation=1&format=reg", ""))
        .startsWith("HTTP/1.1 200")
        .contains("application/octet-stream", "no-store", "reg of generation 1 ");
    assertThat(unix("GET", path, "")).contains("null of generation 2 ");
    assertThat(unix("GET", path + "?format=zip", "")).startsWith("HTTP/1.1 400").contains("zip");
  }

  @Test
  void checkpointContentThatIsDamaged_isAProblem_alsoAfterItsFirstBytes() throws IOException {
    cluster.checkpoints.spoil("web-app", 1, 2, "Damaged");

    assertThat(unix("GET", "/v1/resources/web-app/checkpoints/1/content", ""))
        .startsWith("HTTP/1.1 409")
        .contains("application/problem+json", "The blob of generation 2 is damaged.")
        .doesNotContain("null of generation");
  }

  @Test
  void checkpointContentThatBreaksOff_hasNoEnd() throws IOException {
    String path = "/v1/resources/web-app/checkpoints/1/content";
    String lastChunk = "\r\n0\r\n\r\n";
    assertThat(unix("GET", path, "")).contains("chunked").endsWith(lastChunk);

    cluster.checkpoints.breaksOff = true;

    assertThat(unix("GET", path, "")).startsWith("HTTP/1.1 200").doesNotEndWith(lastChunk);
  }

  @Test
  void backupOfTheQuorum_isItsBytes_ofALengthThatIsSaid() throws IOException {
    assertThat(unix("GET", "/v1/quorum/backup", ""))
        .startsWith("HTTP/1.1 200")
        .contains("application/x-tar", "no-store", "Holdfast-Revision: 42", "Content-Length: 8")
        .endsWith("a backup");
    assertThat(unix("POST", "/v1/quorum/backup", "{\"failure\":\"disk full\"}"))
        .startsWith("HTTP/1.1 200")
        .contains("\"kind\":\"Quorum\"");
    assertThat(cluster.backups)
        .singleElement()
        .satisfies(report -> assertThat(report.failure()).isEqualTo("disk full"));
  }

  @Test
  void change_narratesWhenAskedTo() throws IOException {
    String answer =
        unix(
            "POST",
            "/v1/resources/web-app/offline?dryRun=true",
            "",
            "Accept: application/x-ndjson");

    assertThat(answer)
        .startsWith("HTTP/1.1 200")
        .containsSubsequence(
            "{\"operation\":{\"id\":\"op-1\"",
            "\"state\":\"running\"",
            "{\"operation\":null,\"line\":{\"time\":\"2026-11-21T22:40:00.120Z\",\"subject\":\"web-app\",\"text\":\"would"
                + " be Offline  2.1s\"}}",
            "\"state\":\"done\"",
            "\"tookMillis\":9300,\"message\":\"Online 2/2\"");
    assertThat(cluster.askers.getFirst().dryRun()).isTrue();
  }

  @Test
  void overTcp_readingIsAllowedAndChangingIsNot() throws IOException {
    assertThat(overTcp("GET", "/v1/status", "127.0.0.1")).startsWith("HTTP/1.1 200");
    assertThat(overTcp("GET", "/v1/status", "localhost:" + tcp.getPort()))
        .startsWith("HTTP/1.1 200");
    assertThat(overTcp("POST", "/v1/resources/web-app/offline", "127.0.0.1"))
        .startsWith("HTTP/1.1 403")
        .contains("Use the Unix socket");
    assertThat(cluster.commands).isEmpty();
  }

  @Test
  void overTcp_aForeignHostIsRefused() throws IOException {
    for (String host : List.of("rebound.example.org", "127.0.0.1.example.org", "[::2]")) {
      assertThat(overTcp("GET", "/v1/status", host)).as(host).startsWith("HTTP/1.1 403");
    }
  }

  @Test
  void metrics_areReadOverBothDoors_andByNobodyElse() throws IOException {
    Metric.INCIDENTS.counter(server.meters(), "signal", "victim").increment();

    for (String answer :
        List.of(unix("GET", "/metrics", ""), overTcp("GET", "/metrics", "127.0.0.1:9"))) {
      assertThat(answer)
          .startsWith("HTTP/1.1 200")
          .contains("text/plain; version=0.0.4; charset=utf-8", "Cache-Control: no-store")
          .contains("# TYPE holdfast_incidents_total counter\n")
          .contains("holdfast_incidents_total{cause=\"signal\",role=\"victim\"} 1.0\n");
    }
    assertThat(cluster.meterReadings).hasValue(2);
    assertThat(overTcp("GET", "/metrics", "rebound.example.org")).startsWith("HTTP/1.1 403");
    assertThat(overTcp("POST", "/metrics", "localhost")).startsWith("HTTP/1.1 405");
    assertThat(cluster.meterReadings).hasValue(2);
  }

  @Test
  void everyRouteSaysWhatItNeeds_andEveryRouteServedIsInTheTable() {
    List<Route> table = new Routes(cluster, new Streams(() -> false), new MetricsPage()).table();

    assertThat(new HashSet<>(table.stream().map(r -> r.method() + " " + r.path()).toList()))
        .hasSameSizeAs(table)
        .hasSizeGreaterThan(30);
    for (Route route : table) {
      assertThat(route.path()).matches("/v1/.*|/metrics");
      assertThat(route.access() == Access.READ)
          .as(route.path())
          .isEqualTo(
              route.method().equals(HandlerType.GET)
                  && !route
                      .path()
                      .matches(
                          "/v1/registry.*|.*/content|.*/diff|/v1/checkpoint-verification|/v1/validation|/v1/rehearsals|/v1/quorum/backup"));
      // They may hold secrets, or let those who may not read see what is read.
    }
  }

  @Test
  void everyChangeIsRefusedOverTcp() throws IOException {
    for (Route route : new Routes(cluster, new Streams(() -> false), new MetricsPage()).table()) {
      if (route.access() != Access.READ) {
        String path = route.path().replaceAll("\\{\\w+}", "web-app");
        assertThat(overTcp(route.method().toString(), path, "localhost"))
            .as(route.path())
            .startsWith("HTTP/1.1 403");
      }
    }
    assertThat(cluster.commands).isEmpty();
  }

  @Test
  void badRequests_areProblemsOfTheirSender() throws IOException {
    assertThat(unix("PATCH", "/v1/resources/web-app/properties", "{")).startsWith("HTTP/1.1 400");
    assertThat(unix("PATCH", "/v1/resources/web-app/properties", "null"))
        .startsWith("HTTP/1.1 400");
    assertThat(unix("PATCH", "/v1/resources/web-app/properties", "{}"))
        .startsWith("HTTP/1.1 400")
        .contains("lacks \\\"properties\\\"");
    assertThat(unix("POST", "/v1/groups", "{\"name\":\"g\",\"nmae\":1}"))
        .startsWith("HTTP/1.1 400")
        .contains("nmae");
    assertThat(unix("GET", "/v1/events?limit=0", "")).startsWith("HTTP/1.1 400");
    assertThat(unix("GET", "/v1/events?since=yesterday", "")).startsWith("HTTP/1.1 400");
    assertThat(unix("GET", "/v1/events/two", "")).startsWith("HTTP/1.1 404");
    assertThat(unix("GET", "/v1/nothing", ""))
        .startsWith("HTTP/1.1 404")
        .contains("application/problem+json");
    assertThat(unix("PUT", "/v1/status", "")).startsWith("HTTP/1.1 405");
    assertThat(unix("POST", "/v1/monitors/shared-0/kill", "{\"signal\":\"HUP\"}"))
        .startsWith("HTTP/1.1 400");
    assertThat(unix("POST", "/v1/types", "{\"archive\":\"relative.zip\"}"))
        .startsWith("HTTP/1.1 400");
    assertThat(cluster.commands).isEmpty();
  }

  @Test
  void aControl_isGivenWithItsParameters_orWithNone() throws IOException {
    String path = "/v1/resources/web-app/controls/Rotate";

    assertThat(unix("POST", path, "{\"parameters\":{\"keep\":[\"3\"]}}"))
        .startsWith("HTTP/1.1 202")
        .contains("\"values\":{");
    assertThat(unix("POST", path, "{}")).startsWith("HTTP/1.1 202");

    assertThat(cluster.commands)
        .containsExactly(
            new Command.ControlResource("web-app", "Rotate", Map.of("keep", List.of("3"))),
            new Command.ControlResource("web-app", "Rotate", Map.of()));
    assertThat(unix("GET", "/v1/types/Generic%20Application", ""))
        .contains("\"controls\":[{\"name\":\"Rotate\"");
    assertThat(unix("GET", "/v1/resources/web-app", ""))
        .contains("\"externals\":[{\"slot\":\"volume\"");
  }

  @Test
  void rejectedByValidation_namesEachProblem() throws IOException {
    assertThat(
            unix(
                "PATCH",
                "/v1/resources/web-app/properties",
                "{\"properties\":{\"RestartDelai\":[\"0\"]}}"))
        .startsWith("HTTP/1.1 422")
        .contains("\"exitCode\":9,\"problems\":[{\"property\":\"RestartDelai\"")
        .contains("the nearest is RestartDelay");
  }

  @Test
  void whatIsTooLarge_isRefused() throws IOException {
    String large = "{\"name\":\"" + "x".repeat(Requests.MAX_BODY_BYTES) + "\"}";

    assertThat(unix("POST", "/v1/groups", large)).containsPattern("^HTTP/1.1 4(00|13)");
    assertThat(unix("GET", "/v1/status", "", "X: " + "y".repeat(20_000)))
        .startsWith("HTTP/1.1 431")
        .contains("application/problem+json");
    assertThat(unix("GET", "/v1/status", "")).startsWith("HTTP/1.1 200");
  }

  @Test
  void aBug_isAnInternalErrorWithoutAStackTrace() throws IOException {
    cluster.bug = new IllegalStateException("broken on purpose");

    assertThat(unix("GET", "/v1/status", ""))
        .startsWith("HTTP/1.1 500")
        .contains("\"exitCode\":70")
        .contains("broken on purpose")
        .doesNotContain("\\tat ");
  }

  @Test
  void events_areFollowedAndTheFeedIsClosedWhenTheReaderGoes() throws Exception {
    try (SocketChannel channel = connect()) {
      send(channel, "GET", "/v1/event-stream?after=1", "", "Host: x");
      readUntil(channel, "\"seq\":2");
      cluster.events.add(FakeCluster.event(3, 1069, "Error", "late"));
      assertThat(readUntil(channel, "\"seq\":3")).doesNotContain("\"seq\":1,");
      assertThat(cluster.feedsOpen).hasValue(1);
    }

    long end = System.nanoTime() + Streams.BEAT.plusSeconds(20).toNanos();
    while (cluster.feedsOpen.get() > 0 && System.nanoTime() < end) {
      cluster.events.add(FakeCluster.event(cluster.events.size() + 1, 1069, "Error", "more"));
      Thread.onSpinWait();
    }
    assertThat(cluster.feedsOpen).hasValue(0);
  }

  @Test
  void streams_areLimited_andTheRestStillAnswers() throws IOException {
    List<SocketChannel> open = new ArrayList<>();
    try {
      for (int i = 0; i < Streams.MAX_STREAMS; i++) {
        SocketChannel channel = connect();
        open.add(channel);
        send(channel, "GET", "/v1/event-stream", "", "Host: x");
        readUntil(channel, "\r\n\r\n");
      }
      assertThat(unix("GET", "/v1/event-stream", "")).startsWith("HTTP/1.1 503");
      assertThat(unix("GET", "/v1/status", "")).startsWith("HTTP/1.1 200");
    } finally {
      for (SocketChannel channel : open) {
        channel.close();
      }
    }
  }

  @Test
  void close_letsAnOperationEndFirst_andRemovesTheSocket() throws Exception {
    cluster.holdOperations = true;
    try (SocketChannel channel = connect()) {
      send(
          channel,
          "POST",
          "/v1/service/stop",
          "{\"keep\":true}",
          "Host: x\r\nAccept: application/x-ndjson");
      readUntil(channel, "\"line\"");
      Thread closer = Thread.ofPlatform().start(server::close);
      cluster.mayEnd.countDown();
      assertThat(readUntil(channel, "\"state\":\"done\"")).contains("\"state\":\"done\"");
      assertThat(closer.join(Duration.ofSeconds(20))).isTrue();
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void anAddressThatIsNotLoopback_isRefused() {
    try (var another = new HttpApi()) {
      assertThatThrownBy(
              () ->
                  another.start(
                      cluster,
                      new ApiSettings(
                          home,
                          home.resolve("b.sock"),
                          new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0),
                          "1")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no loopback address");
    }
  }

  @Test
  void aPortThatIsTaken_isNamed() {
    try (var another = new HttpApi()) {
      assertThatThrownBy(
              () -> another.start(cluster, new ApiSettings(home, home.resolve("b.sock"), tcp, "1")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(Integer.toString(tcp.getPort()))
          .hasMessageContaining("in use");
    }
    assertThat(home.resolve("b.sock")).doesNotExist();
  }

  @Test
  void aMessageIsOneLine() {
    assertThat(new ApiException.Usage("x", "two\n  lines\r\n").getMessage())
        .isEqualTo("two lines ");
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  private String unix(String method, String target, String body, String... headers)
      throws IOException {
    try (SocketChannel channel = connect()) {
      String more = String.join("\r\n", headers);
      send(
          channel,
          method,
          target,
          body,
          "Host: x\r\nConnection: close" + (more.isEmpty() ? "" : "\r\n" + more));
      return readUntil(channel, null);
    }
  }

  private String overTcp(String method, String target, String host) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
      channel.connect(tcp);
      send(channel, method, target, "", "Connection: close\r\nHost: " + host);
      return readUntil(channel, null);
    }
  }

  private static void send(
      SocketChannel channel, String method, String target, String body, String headers)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        method + " " + target + " HTTP/1.1\r\n" + headers + "\r\nContent-Length: " + bytes.length;
    ByteBuffer out = ByteBuffer.wrap((head + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
    try {
      while (out.hasRemaining()) {
        channel.write(out);
      }
    } catch (IOException refusedEarly) {
      // The server may answer and close before it has read a body that is too large.
      assertThat(bytes.length).isGreaterThan(Requests.MAX_BODY_BYTES);
    }
  }

  /** Reads until the text has come, or to the end. */
  private static String readUntil(
      SocketChannel channel, @org.jspecify.annotations.Nullable String text) throws IOException {
    var all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (text == null || !all.toString(StandardCharsets.UTF_8).contains(text)) {
      buffer.clear();
      int read = channel.read(buffer);
      if (read < 0) {
        break;
      }
      all.write(buffer.array(), 0, read);
    }
    return all.toString(StandardCharsets.UTF_8);
  }
}
