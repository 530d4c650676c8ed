package dev.holdfast.monitor;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.monitor.plugin.PluginBuilder;
import dev.holdfast.monitor.plugin.PluginFolder;
import dev.holdfast.protocol.InFlight;
import dev.holdfast.protocol.Link;
import dev.holdfast.protocol.LinkClosed;
import dev.holdfast.protocol.MonitorCommand;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.StateBlock;
import dev.holdfast.protocol.StateBlockWriter;
import dev.holdfast.protocol.wire.Answer;
import dev.holdfast.protocol.wire.CallResource;
import dev.holdfast.protocol.wire.CommandOutcome;
import dev.holdfast.protocol.wire.Done;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.ExitState;
import dev.holdfast.protocol.wire.ExternalState;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.protocol.wire.HealthReport;
import dev.holdfast.protocol.wire.HeldResource;
import dev.holdfast.protocol.wire.HeldType;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.OfflineReason;
import dev.holdfast.protocol.wire.Responsibility;
import dev.holdfast.protocol.wire.Retry;
import dev.holdfast.protocol.wire.Returned;
import dev.holdfast.protocol.wire.SetPolling;
import dev.holdfast.protocol.wire.SlotState;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.protocol.wire.Welcome;
import dev.holdfast.spi.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole monitor in this JVM, over a real socket, against a service that the test plays. */
@Timeout(120)
class MonitorSessionTest {
  private static final String TYPE = "scripted.ScriptedType";
  private static final String INSIDE = "scripted.InsideType";

  @TempDir private static Path plugins;
  private static PluginFolder scripted;

  @TempDir private Path folder;
  private FakeService service;
  private FutureTask<Integer> monitor;

  @BeforeAll
  static void buildPlugin() throws IOException {
    scripted = PluginBuilder.scripted().in(plugins);
  }

  @BeforeEach
  void startMonitor() throws Exception {
    service = new FakeService(folder);
    monitor = start();
    service.awaitReady();
  }

  private FutureTask<Integer> start() throws IOException {
    var clock = InstantSource.system();
    var self = new MonitorSession.Self("test-0", "nonce-1", "0.1.0", 4711, System.nanoTime());
    var session =
        new MonitorSession(
            self,
            Link.connect(service.socket(), "test-0"),
            StateBlockWriter.create(stateBlock(), 4711, clock.instant(), 64),
            clock);
    var running = new FutureTask<>(session::run);
    Thread.ofPlatform().daemon(true).name("monitor").start(running);
    return running;
  }

  @AfterEach
  void endMonitor() throws Exception {
    for (String resource : List.of("web", "db", "unopenable")) {
      if (Files.isDirectory(service.directoryOf(resource))) {
        Files.writeString(service.directoryOf(resource).resolve("release"), "yes");
      }
    }
    service.close();
    assertThat(monitor.get(30, TimeUnit.SECONDS))
        .isIn(MonitorCommand.EXIT_DONE, MonitorCommand.EXIT_NO_SERVICE, MonitorCommand.EXIT_FAULT);
  }

  @Test
  void aMonitor_saysHelloWithItsNonce_andBeatsOnceWelcomed() throws Exception {
    var hello = service.heard().getFirst().getHello();

    assertThat(hello.getNonce()).isEqualTo("nonce-1");
    assertThat(hello.getName()).isEqualTo("test-0");
    assertThat(hello.getPid()).isEqualTo(4711);
    assertThat(hello.getProtocolMin()).isLessThanOrEqualTo(hello.getProtocolMax());
    var beats = service.await("beats", 5, ToService::hasBeat);
    assertThat(beats).extracting(f -> f.getBeat().getCount()).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void aPlugin_isLoadedOnce_andAnsweredAgainFromWhatIsKnown() throws Exception {
    var first = service.load(scripted);
    var again = service.load(scripted);

    assertThat(first.getTypesList())
        .extracting(type -> type.getDescription().getName())
        .containsExactly("Scripted", "Scripted Inside");
    assertThat(again.toBuilder().setCall(first.getCall()).build()).isEqualTo(first);
  }

  @Test
  void aPluginThatCouldNotBeLoaded_isTriedAgain_andKeepsNoOtherVersionOut() throws Exception {
    Path allowed = folder.resolve("allowed");
    var moody =
        new PluginBuilder("moody")
            .small(
                "a.Moody",
                "Moody",
                "static { if (!new java.io.File(\"%s\").exists())".formatted(allowed)
                    + " throw new IllegalStateException(\"not today\"); }");
    PluginFolder first = moody.in(folder);

    assertThat(service.load(first).getFailure().getMessage()).contains("not today");
    Files.createFile(allowed);
    assertThat(service.load(first).getTypesList()).hasSize(1);

    Files.delete(allowed);
    var other = new PluginBuilder("other-moody").small("a.M", "M", "static { new X(); }");
    PluginFolder lacking = other.source("a.X", "package a; class X {}").without("a.X").in(folder);
    assertThat(service.load(lacking).getFailure().getMessage()).contains("a/X");
    PluginFolder mended =
        new PluginBuilder("other-moody").version("1.0.1").small("a.M", "M", "").in(folder);
    assertThat(service.load(mended).getTypesList()).hasSize(1);
  }

  @Test
  void anotherArchiveOfALoadedPlugin_isRefused_andAnotherPluginIsNot() throws Exception {
    service.load(scripted);

    var conflict = service.load(PluginBuilder.scripted().version("2.0.0").in(folder));
    var other = service.load(new PluginBuilder("other").small("a.Other", "Other", "").in(folder));

    assertThat(conflict.getFailure().getCode()).isEqualTo("PluginConflict");
    assertThat(other.getTypesList()).hasSize(1);
  }

  @Test
  void aPluginWhoseStaticInitialiserHangs_isSeenInTheStateBlock_andTheOthersGoOn()
      throws Exception {
    var hanging =
        new PluginBuilder("hanging")
            .small(
                "a.Hanging",
                "Hanging",
                "static { while (System.nanoTime() != 1)"
                    + " java.util.concurrent.locks.LockSupport.parkNanos(1000000); }")
            .in(folder);
    var frame =
        ToMonitor.newBuilder()
            .setLoadPlugin(
                LoadPlugin.newBuilder()
                    .setCall(1000)
                    .setPlugin("hanging")
                    .setVersion("1.0.0")
                    .setDigest(hanging.digest())
                    .setFolder(hanging.folder().toString()));
    service.send(frame);

    assertThat(service.load(scripted).hasFailure()).isFalse();
    var inFlight = awaitInFlight(EntryPoint.LOAD);
    service.cancel(1000);
    var given =
        service.await("Loaded", f -> f.hasLoaded() && f.getLoaded().getCall() == 1000).getLoaded();

    assertThat(inFlight.plugin()).isEqualTo("hanging@1.0.0");
    assertThat(inFlight.call()).isEqualTo(1000);
    assertThat(given.getFailure().getCode()).isEqualTo("CallHangs");
    assertThat(given.getFailure().getDetail()).contains("a.Hanging");
  }

  @Test
  void openFindOnlineOfflineClose_eachReturnWhatTheTypeSaid() throws Exception {
    open("web", TYPE);

    var found = call(FakeService.callOf(EntryPoint.FIND, Map.of()).addSlots(slot("main", true)));
    var online = call(EntryPoint.ONLINE, Map.of("Online", List.of("progress:half")));
    var offline =
        call(
            FakeService.callOf(EntryPoint.OFFLINE, Map.of())
                .setOfflineReason(OfflineReason.UPGRADE));
    var absent = call(EntryPoint.FIND, Map.of());
    var closed = service.returned(service.close("web"));
    var after = service.returned(service.call(EntryPoint.FIND, "web", Map.of()));

    assertThat(found.getFound().getRunning().getEvidence()).isEqualTo("slots [main]");
    assertThat(online.hasDone()).isTrue();
    assertThat(service.progress("half")).isEqualTo("half");
    assertThat(offline.hasDone()).isTrue();
    assertThat(service.progress("because")).isEqualTo("because UPGRADE");
    assertThat(absent.getFound().hasAbsent()).isTrue();
    assertThat(closed.hasDone()).isTrue();
    assertThat(service.directoryOf("web").resolve("closed")).exists();
    assertThat(after.getFailure().getCode()).isEqualTo("NotOpen");
  }

  @Test
  void inspected_tellsWhatIsLoadedAndOpenAndPolled_andNothingElse() throws Exception {
    var nothing = service.inspect();
    open("web", TYPE);
    var open = service.inspect();
    service.poll("web", RARELY, RARELY, Map.of());
    var polled = service.inspect();
    service.poll("web", 0, 0, Map.of());
    var stopped = service.inspect();

    assertThat(nothing.getPluginsList()).isEmpty();
    assertThat(nothing.getResourcesList()).isEmpty();
    assertThat(open.getPluginsList()).hasSize(1);
    assertThat(open.getPlugins(0).getDigest()).isEqualTo(scripted.digest());
    assertThat(open.getPlugins(0).getTypesList())
        .extracting(HeldType::getName)
        .containsExactly("Scripted", "Scripted Inside");
    assertThat(open.getResourcesList())
        .containsExactly(
            HeldResource.newBuilder()
                .setResource("web")
                .setEpoch(1)
                .setDigest(scripted.digest())
                .build());
    assertThat(polled.getResources(0).getPolledEpoch()).isEqualTo(1);
    assertThat(stopped.getResources(0).hasPolledEpoch()).isFalse();
  }

  @Test
  void anOpenThatThrows_isReported_andTheResourceIsNotOpen() throws Exception {
    service.load(scripted);

    var returned = service.returned(service.open("unopenable", scripted, TYPE));
    var again = service.returned(service.call(EntryPoint.FIND, "unopenable", Map.of()));

    assertThat(returned.getFailure().getCode()).isEqualTo("NoDisk");
    assertThat(returned.getFailure().getResponsibility()).isEqualTo(Responsibility.ENVIRONMENT);
    assertThat(returned.getFailure().getRetry()).isEqualTo(Retry.OTHER_NODE);
    assertThat(again.getFailure().getCode()).isEqualTo("NotOpen");
  }

  @Test
  void anOpenWithAFind_isAnsweredOnce_byWhatFindSays() throws Exception {
    service.load(scripted);

    long call =
        service.openAndFind(
            "web", scripted, TYPE, CallResource.newBuilder().addSlots(slot("main", true)));
    var found = service.returned(call);

    assertThat(found.getEntryPoint()).isEqualTo(EntryPoint.FIND);
    assertThat(found.getFound().getRunning().getEvidence()).isEqualTo("slots [main]");
    // The next call's answer comes after all that this one could have said.
    var _ = call(EntryPoint.FIND, Map.of());
    assertThat(service.heard())
        .filteredOn(frame -> frame.hasReturned() && frame.getReturned().getCall() == call)
        .hasSize(1);
  }

  @Test
  void anOpenWithAFind_thatThrows_isAnsweredOnce_byTheOpen() throws Exception {
    service.load(scripted);

    long call = service.openAndFind("unopenable", scripted, TYPE, CallResource.newBuilder());
    var refused = service.returned(call);
    var _ = service.returned(service.call(EntryPoint.FIND, "unopenable", Map.of()));

    assertThat(refused.getEntryPoint()).isEqualTo(EntryPoint.OPEN);
    assertThat(refused.getFailure().getCode()).isEqualTo("NoDisk");
    assertThat(service.heard())
        .filteredOn(frame -> frame.hasReturned() && frame.getReturned().getCall() == call)
        .hasSize(1);
  }

  @Test
  void aTerminateWithAFind_isAnsweredByWhatFindSaysOfTheSlotsAsTheyAreThen() throws Exception {
    open("web", TYPE);

    long call =
        service.call(
            "web",
            FakeService.callOf(EntryPoint.TERMINATE, Map.of())
                .setThenFind(true)
                .addSlots(slot("main", true)));
    var stop = service.await("StopProcess", ToService::hasStopProcess).getStopProcess();
    service.answer(Answer.newBuilder().setRequest(stop.getRequest()).setSlot(slot("main", false)));
    var found = service.returned(call);

    assertThat(found.getEntryPoint()).isEqualTo(EntryPoint.FIND);
    assertThat(found.getFound().hasAbsent()).isTrue();
  }

  @Test
  void aTerminateWithAFind_thatThrows_isAnsweredByTheTerminate() throws Exception {
    open("web", TYPE);

    var thrown =
        call(
            FakeService.callOf(EntryPoint.TERMINATE, Map.of("Terminate", List.of("throw:no")))
                .setThenFind(true));

    assertThat(thrown.getEntryPoint()).isEqualTo(EntryPoint.TERMINATE);
    assertThat(thrown.getFailure().getMessage()).contains("no");
  }

  @Test
  void whatCannotBeOpened_saysWhy() throws Exception {
    var unloaded = service.returned(service.open("web", scripted, TYPE));
    open("web", TYPE);
    var twice = service.returned(service.open("web", scripted, TYPE));
    var strange = service.returned(service.open("db", scripted, "scripted.Nothing"));

    assertThat(unloaded.getFailure().getCode()).isEqualTo("PluginNotLoaded");
    assertThat(twice.getFailure().getCode()).isEqualTo("AlreadyOpen");
    assertThat(strange.getFailure().getCode()).isEqualTo("TypeNotOffered");
    assertThat(strange.getFailure().getMessage()).contains(TYPE);
  }

  @Test
  void whateverPluginCodeThrows_isAFailure_andTheMonitorGoesOn() throws Exception {
    open("web", TYPE);

    var thrown = call(EntryPoint.ONLINE, Map.of("Online", List.of("throw:out of luck")));
    var overflow = call(EntryPoint.ONLINE, Map.of("Online", List.of("overflow")));
    var error = call(EntryPoint.ONLINE, Map.of("Online", List.of("error:assert")));
    var refused = call(EntryPoint.ONLINE, Map.of("Online", List.of("refuse:no such file")));
    var nothing = call(EntryPoint.FIND, Map.of("Find", List.of("null")));
    var strange = call(EntryPoint.FIND, Map.of("Find", List.of("strange", "interruptSelf")));

    assertThat(thrown.getFailure().getMessage()).contains("out of luck");
    assertThat(thrown.getFailure().getDetail()).contains("scripted.ScriptedType");
    assertThat(thrown.getFailure().getResponsibility()).isEqualTo(Responsibility.INTERNAL);
    assertThat(overflow.getFailure().getMessage()).contains("StackOverflowError");
    assertThat(overflow.getFailure().getSerializedSize()).isLessThan(30_000);
    assertThat(error.getFailure().getMessage()).contains("AssertionError");
    assertThat(refused.getFailure().getCode()).isEqualTo("Refused");
    assertThat(refused.getFailure().getRetry()).isEqualTo(Retry.NOWHERE);
    assertThat(nothing.getFailure().getCode()).isEqualTo("NullReturned");
    assertThat(strange.getFound().hasAbsent()).isTrue();
    assertThat(call(EntryPoint.FIND, Map.of()).hasFound()).isTrue();
  }

  @Test
  void wrongProperties_areTheUsersFailure_andNoCodeIsEntered() throws Exception {
    open("web", TYPE);

    var returned =
        call(EntryPoint.ONLINE, Map.of("Numbr", List.of("1"), "Online", List.of("touch:entered")));
    var outOfRange = call(EntryPoint.FIND, Map.of("Number", List.of("11")));

    assertThat(returned.getFailure().getCode()).isEqualTo("InvalidProperties");
    assertThat(returned.getFailure().getResponsibility()).isEqualTo(Responsibility.USER);
    assertThat(returned.getFailure().getMessage()).contains("Number");
    assertThat(outOfRange.getFailure().getCode()).isEqualTo("InvalidProperties");
    assertThat(service.directoryOf("web").resolve("entered")).doesNotExist();
  }

  @Test
  void validate_tellsTheSchemasVerdict_andThenTheTypes() throws Exception {
    service.load(scripted);

    assertThat(problems(Map.of("Number", List.of("abc"))))
        .singleElement()
        .asString()
        .contains("abc");
    assertThat(problems(Map.of("Number", List.of("7"))))
        .singleElement()
        .asString()
        .contains("does not like");
    assertThat(problems(Map.of("Number", List.of("8")))).isEmpty();
  }

  @Test
  void process_waitsForTheService_andTheSlotIsKeptUpToDateWithoutBeingAsked() throws Exception {
    open("web", TYPE);
    long call =
        service.call(
            EntryPoint.ONLINE, "web", Map.of("Online", List.of("process:main", "gone:main")));

    var start = service.await("StartProcess", ToService::hasStartProcess).getStartProcess();
    assertThat(start.getCall()).isEqualTo(call);
    assertThat(start.getLaunch().getCommandList()).containsExactly("run", "main");
    // Its numbers are its own: what a life before it had asked for first may be answered now.
    assertThat(start.getRequest()).isEqualTo(FakeService.FIRST_REQUEST);
    service.answer(Answer.newBuilder().setRequest(1).setSlot(slot("main", false)));
    service.answer(Answer.newBuilder().setRequest(start.getRequest()).setSlot(slot("main", true)));
    String slot = service.progress("main");
    service.slot("web", slot("main", false).setExit(ExitState.newBuilder().setSignal(9)));

    assertThat(slot).isEqualTo("main true OptionalLong[77] nonce-main");
    assertThat(service.progress("exit")).isEqualTo("exit Optional[signal 9]");
    assertThat(service.returned(call).hasDone()).isTrue();
  }

  @Test
  void external_waitsForTheService_andIsKnownFromThenOn() throws Exception {
    open("web", TYPE);
    long call = service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("external:d 1")));

    var reserve =
        service.await("ReserveExternal", ToService::hasReserveExternal).getReserveExternal();
    assertThat(reserve.getCall()).isEqualTo(call);
    assertThat(reserve.getSlot()).isEqualTo("volume");
    assertThat(reserve.getKind()).isEqualTo("lease-volume");
    assertThat(reserve.getKey()).isEqualTo("d 1");
    assertThat(service.hasReturned(call)).as("it waits until that is durable").isFalse();
    service.answer(
        Answer.newBuilder().setRequest(reserve.getRequest()).setExternal(external("d 1", 1)));

    assertThat(service.progress("ExternalSlot")).contains("nonce=n-1", "epoch=1").endsWith("of 1");
    assertThat(service.returned(call).hasDone()).isTrue();
  }

  @Test
  void externals_areThoseThatTheCallBrings_alsoOfAnotherNode() throws Exception {
    open("web", TYPE);

    long call =
        service.call(
            "web",
            CallResource.newBuilder()
                .setEntryPoint(EntryPoint.FIND)
                .addAllProperties(SpiCodec.encode(Map.of("Find", List.of("externals"))))
                .addExternals(external("d 1", 3)));

    assertThat(service.progress("externals")).contains("key=d 1", "epoch=3", "node=beta");
    assertThat(service.returned(call).getFound().hasAbsent()).isTrue();
  }

  @Test
  void aRefusedExternal_isTheServicesFailure_andANameThatWillNotDoIsTheAuthors() throws Exception {
    open("web", TYPE);
    long call = service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("external:d")));
    var reserve =
        service.await("ReserveExternal", ToService::hasReserveExternal).getReserveExternal();
    service.answer(
        Answer.newBuilder()
            .setRequest(reserve.getRequest())
            .setFailure(Failure.newBuilder().setCode("SlotTaken").setMessage("It is taken.")));

    assertThat(service.returned(call).getFailure().getCode()).isEqualTo("SlotTaken");
    assertThat(
            call(EntryPoint.ONLINE, Map.of("Online", List.of("external: "))).getFailure().getCode())
        .isEqualTo("Unexpected");
  }

  @Test
  void aControl_isCalledWithItsParameters_andAnswersWithItsReply() throws Exception {
    open("web", TYPE);

    Returned returned = call(control("play", Map.of("words", List.of("progress:x", "touch:y"))));

    assertThat(returned.getEntryPoint()).isEqualTo(EntryPoint.CONTROL);
    assertThat(SpiCodec.decode(returned.getReply()))
        .isEqualTo(Reply.done("played").with("words", "progress:x touch:y"));
    assertThat(service.directoryOf("web").resolve("y")).exists();
  }

  @Test
  void aControl_thatIsRefused_unknown_notHandled_orThrows_saysWhich() throws Exception {
    open("web", TYPE);

    for (var each :
        List.of(
            Map.entry(control("Play", Map.of("words", List.of("bad"))), "InvalidParameters"),
            Map.entry(control("Play", Map.of("wrods", List.of("x"))), "InvalidParameters"),
            Map.entry(control("Pause", Map.of()), "UnknownControl"),
            Map.entry(control("Forgotten", Map.of()), "ControlNotHandled"),
            Map.entry(control("Play", Map.of("words", List.of("null"))), "NullReturned"),
            Map.entry(control("Play", Map.of("words", List.of("refuse:no"))), "Refused"),
            Map.entry(control("Play", Map.of("words", List.of("throw:no"))), "Unexpected"))) {
      assertThat(call(each.getKey()).getFailure().getCode()).isEqualTo(each.getValue());
    }
  }

  @Test
  void aControl_waitsItsTurn_andItsDeadlineInterruptsIt() throws Exception {
    open("web", TYPE);
    long first =
        service.call("web", control("Play", Map.of("words", List.of("touch:in", "await:go"))));
    awaitInFlight(EntryPoint.CONTROL);
    long second = service.call("web", control("Play", Map.of("words", List.of("touch:next"))));
    Files.writeString(service.directoryOf("web").resolve("go"), "yes");

    assertThat(service.returned(first).hasReply()).isTrue();
    assertThat(service.returned(second).hasReply()).isTrue();
    assertThat(
            call(control("Play", Map.of("words", List.of("await:never"))).setDeadlineMillis(50))
                .getFailure()
                .getCode())
        .isEqualTo("DeadlinePassed");
  }

  @Test
  void changed_isToldWhichPropertiesAsTheTypeDeclaresThem_andCanFail() throws Exception {
    open("web", TYPE);

    Returned returned = call(changed(Map.of("Number", List.of("3")), "Number", "Gone"));
    assertThat(returned.getEntryPoint()).isEqualTo(EntryPoint.CHANGED);
    assertThat(returned.hasDone()).isTrue();
    assertThat(service.directoryOf("web").resolve("changed")).content().isEqualTo("[Number] 3");

    assertThat(call(changed(Map.of("Number", List.of("9")), "Number")).getFailure().getCode())
        .isEqualTo("Refused");
  }

  private static CallResource.Builder changed(
      Map<String, List<String>> properties, String... what) {
    return CallResource.newBuilder()
        .setEntryPoint(EntryPoint.CHANGED)
        .addAllProperties(SpiCodec.encode(properties))
        .addAllChanged(List.of(what));
  }

  private static CallResource.Builder control(String name, Map<String, List<String>> parameters) {
    return CallResource.newBuilder()
        .setEntryPoint(EntryPoint.CONTROL)
        .setControl(name)
        .addAllParameters(SpiCodec.encode(parameters));
  }

  private static ExternalState.Builder external(String key, long epoch) {
    return ExternalState.newBuilder()
        .setName("volume")
        .setKind("lease-volume")
        .setKey(key)
        .setNonce("n-1")
        .setEpoch(epoch)
        .setNode("beta");
  }

  @Test
  void aRefusedProcess_isTheServicesFailure_inTheOnline() throws Exception {
    open("web", TYPE);
    long call = service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("process:main")));
    var start = service.await("StartProcess", ToService::hasStartProcess).getStartProcess();

    service.answer(
        Answer.newBuilder()
            .setRequest(start.getRequest())
            .setFailure(
                Failure.newBuilder()
                    .setCode("NoSuchCommand")
                    .setResponsibility(Responsibility.USER)
                    .setRetry(Retry.NOWHERE)
                    .setMessage("There is no command 'run'.")));

    assertThat(service.returned(call).getFailure().getCode()).isEqualTo("NoSuchCommand");
  }

  @Test
  void rememberAndStop_askTheService() throws Exception {
    open("web", TYPE);
    long online = service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("remember:abc")));
    var remember = service.await("Remember", ToService::hasRemember).getRemember();
    service.answer(
        Answer.newBuilder().setRequest(remember.getRequest()).setOk(Done.getDefaultInstance()));
    assertThat(remember.getToken().toStringUtf8()).isEqualTo("abc");
    assertThat(service.progress("token")).isEqualTo("token abc");
    assertThat(service.returned(online).hasDone()).isTrue();

    long offline =
        service.call(
            "web",
            FakeService.callOf(EntryPoint.OFFLINE, Map.of("Offline", List.of("token", "stop:main")))
                .setOfflineReason(OfflineReason.OPERATOR)
                .setToken(ByteString.copyFromUtf8("def"))
                .addSlots(slot("main", true)));
    var stop = service.await("StopProcess", ToService::hasStopProcess).getStopProcess();
    service.answer(Answer.newBuilder().setRequest(stop.getRequest()).setSlot(slot("main", false)));

    assertThat(service.progress("token def")).isEqualTo("token def");
    assertThat(stop.getGraceMillis()).isEqualTo(3000);
    assertThat(stop.getKill()).isFalse();
    assertThat(service.returned(offline).hasDone()).isTrue();
  }

  @Test
  void aCommandIsRunByTheService_andItsOutcomeComesBack() throws Exception {
    open("web", TYPE);
    long find = service.call(EntryPoint.FIND, "web", Map.of("Find", List.of("look:agent")));
    var run = service.await("RunCommand", ToService::hasRunCommand).getRunCommand();
    service.answer(
        Answer.newBuilder()
            .setRequest(run.getRequest())
            .setCommand(
                CommandOutcome.newBuilder()
                    .setExit(ExitState.newBuilder().setCode(7))
                    .setOutput("out")
                    .setErrors("err")));

    assertThat(run.getLaunch().getCommandList()).containsExactly("agent");
    assertThat(run.getChanges()).isFalse();
    assertThat(run.getLimitMillis()).isEqualTo(5000);
    assertThat(run.getCall()).isEqualTo(find);
    assertThat(service.progress("exit code 7")).isEqualTo("exit code 7 out err");
    assertThat(service.returned(find).hasFound()).isTrue();
  }

  @Test
  void aCallThatLooksRunsNothingThatChanges() throws Exception {
    open("web", TYPE);

    var refused =
        call(FakeService.callOf(EntryPoint.FIND, Map.of("Find", List.of("change:agent"))));

    assertThat(refused.getFailure().getMessage()).contains("may only look");
    assertThat(service.heard()).noneMatch(ToService::hasRunCommand);
  }

  @Test
  void aCancelledCallTellsThatNobodyWaitsForItsCommand() throws Exception {
    open("web", TYPE);
    long online = service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("change:agent")));
    var run = service.await("RunCommand", ToService::hasRunCommand).getRunCommand();

    service.cancel(online);

    var cancel = service.await("CancelCommand", ToService::hasCancelCommand).getCancelCommand();
    assertThat(cancel.getRequest()).isEqualTo(run.getRequest());
    assertThat(service.returned(online).getFailure().getCode()).isEqualTo("Cancelled");
  }

  @Test
  void whatCommandsLeftIsEndedByATerminate_whereThereMayBeSomething() throws Exception {
    open("web", TYPE);

    long terminate =
        service.call(
            "web", FakeService.callOf(EntryPoint.TERMINATE, Map.of()).setMayHaveLeft(true));
    var end = service.await("EndLeft", ToService::hasEndLeft).getEndLeft();
    service.answer(
        Answer.newBuilder().setRequest(end.getRequest()).setOk(Done.getDefaultInstance()));

    assertThat(service.returned(terminate).hasDone()).isTrue();
  }

  @Test
  void terminate_entersBesideACallThatHangs_andKillsTheSlots() throws Exception {
    open("web", TYPE);
    long online = service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("hang")));
    awaitInFlight(EntryPoint.ONLINE);

    long terminate =
        service.call(
            "web", FakeService.callOf(EntryPoint.TERMINATE, Map.of()).addSlots(slot("main", true)));
    var stop = service.await("StopProcess", ToService::hasStopProcess).getStopProcess();
    service.answer(Answer.newBuilder().setRequest(stop.getRequest()).setSlot(slot("main", false)));

    assertThat(stop.getKill()).isTrue();
    assertThat(service.returned(terminate).hasDone()).isTrue();
    release("web");
    assertThat(service.returned(online).hasDone()).isTrue();
  }

  @Test
  void terminate_ofASlotOfWhichNothingIsLeft_asksTheServiceNothing() throws Exception {
    open("web", TYPE);

    long terminate =
        service.call(
            "web",
            FakeService.callOf(EntryPoint.TERMINATE, Map.of())
                .addSlots(slot("main", false).setGone(true)));

    assertThat(service.returned(terminate).hasDone()).isTrue();
    assertThat(service.heard()).noneMatch(ToService::hasStopProcess);
  }

  @Test
  void callsOfOneResource_enterOneAtATime_inTheirOrder() throws Exception {
    open("web", TYPE);

    long first = service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("await:go")));
    long second = service.call(EntryPoint.FIND, "web", Map.of("Find", List.of("touch:second")));
    awaitInFlight(EntryPoint.ONLINE);
    open("db", TYPE);
    assertThat(service.directoryOf("web").resolve("second")).doesNotExist();
    Files.writeString(service.directoryOf("web").resolve("go"), "yes");

    assertThat(service.returned(first).hasDone()).isTrue();
    assertThat(service.returned(second).hasFound()).isTrue();
    var order = service.heard().stream().filter(ToService::hasReturned).toList();
    assertThat(order).extracting(f -> f.getReturned().getCall()).containsSubsequence(first, second);
  }

  @Test
  void aCancelledCall_isInterrupted_andSaysSo() throws Exception {
    open("web", TYPE);
    long call = service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("await:never")));
    long behind = service.call(EntryPoint.FIND, "web", Map.of());
    awaitInFlight(EntryPoint.ONLINE);

    service.cancel(behind);
    service.cancel(call);
    service.cancel(4242);

    assertThat(service.returned(behind).getFailure().getCode()).isEqualTo("Cancelled");
    var failure = service.returned(call).getFailure();
    assertThat(failure.getCode()).isEqualTo("Cancelled");
    assertThat(failure.getDetail()).contains("cancelled true");
    assertThat(call(EntryPoint.FIND, Map.of()).hasFound()).isTrue();
  }

  @Test
  void aCallBlockedOnTheService_isLetGoByACancel_andALateSlotIsStillTakenIn() throws Exception {
    open("web", TYPE);
    long call = service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("process:main")));
    var start = service.await("StartProcess", ToService::hasStartProcess).getStartProcess();

    service.cancel(call);
    var failure = service.returned(call).getFailure();
    service.answer(Answer.newBuilder().setRequest(start.getRequest()).setSlot(slot("main", true)));
    service.poll("web", 10, 0, Map.of("LooksAlive", List.of("gone:main")));
    service.slot("web", slot("main", false));

    assertThat(failure.getCode()).isEqualTo("Cancelled");
    assertThat(failure.getMessage()).contains("start a process in slot main");
  }

  @Test
  void aDeadline_interruptsTheCall() throws Exception {
    open("web", TYPE);

    var returned =
        call(
            FakeService.callOf(EntryPoint.ONLINE, Map.of("Online", List.of("await:never")))
                .setDeadlineMillis(100));

    assertThat(returned.getFailure().getCode()).isEqualTo("DeadlinePassed");
    assertThat(returned.getMillis()).isBetween(50L, 5_000L);
  }

  @Test
  void aCallThatDoesNotLetGo_isGivenUp_andItsResourceIsBusyUntilItDoes() throws Exception {
    open("web", TYPE);
    long hanging =
        service.call(
            "web",
            FakeService.callOf(EntryPoint.ONLINE, Map.of("Online", List.of("hang")))
                .setDeadlineMillis(50));
    long waiting = service.call(EntryPoint.FIND, "web", Map.of());

    var failure = service.returned(hanging).getFailure();
    assertThat(failure.getCode()).isEqualTo("CallHangs");
    assertThat(failure.getDetail()).contains("scripted.ScriptedType");
    assertThat(service.returned(waiting).getFailure().getCode()).isEqualTo("ResourceBusy");
    assertThat(call(EntryPoint.FIND, Map.of()).getFailure().getCode()).isEqualTo("ResourceBusy");
    service.await("a beat that counts it", f -> f.getBeat().getLeftBehind() == 1);
    open("db", TYPE);

    release("web");
    service.await("the late answer", f -> f.getBeat().getLateAnswers() > 0);
    assertThat(call(EntryPoint.FIND, Map.of()).hasFound()).isTrue();
    service.await("a beat without it", f -> f.hasBeat() && f.getBeat().getLeftBehind() == 0);
  }

  @Test
  void aCallsObjects_dieWithTheCall() throws Exception {
    open("web", TYPE);
    call(
        FakeService.callOf(EntryPoint.FIND, Map.of("Find", List.of("keep")))
            .addSlots(slot("main", true)));

    call(EntryPoint.FIND, Map.of("Find", List.of("useKept")));

    assertThat(service.progress("kept")).contains("FIND of resource web").contains("is over");
    assertThat(service.progress("slot")).contains("is over");
    assertThat(service.progress("cancelled")).isEqualTo("cancelled true");
    assertThat(service.heard())
        .noneMatch(f -> f.getProgress().getWhat().contains("from the grave"));
  }

  @Test
  void progress_isSentOnlyWhenItIsNew_andThinnedOut_andLogsAreLimitedAndCounted() throws Exception {
    open("web", TYPE);
    call(
        EntryPoint.ONLINE,
        Map.of("Online", List.of("progress:a", "progress:a", "progress:b", "log:hello")));
    var said =
        service.heard().stream()
            .filter(ToService::hasProgress)
            .map(f -> f.getProgress().getWhat())
            .toList();
    assertThat(said).containsExactly("a", "b");
    var hello = service.await("log", ToService::hasLogLine).getLogLine();
    assertThat(hello.getMessage()).isEqualTo("hello");
    assertThat(hello.getResource()).isEqualTo("web");
    assertThat(hello.getPlugin()).isEqualTo("scripted@1.0.0");
    assertThat(hello.getThread()).startsWith("plugin-scripted@1.0.0-");

    service.forget();
    call(EntryPoint.ONLINE, Map.of("Online", List.of("flood")));
    service.returned(service.close("web"));

    assertThat(service.heard().stream().filter(ToService::hasProgress)).hasSizeLessThan(300);
    var lines = service.heard().stream().filter(ToService::hasLogLine).toList();
    assertThat(lines).hasSizeBetween(1, 2_000);
    long dropped = lines.stream().mapToLong(f -> f.getLogLine().getDropped()).sum();
    long told = lines.stream().filter(f -> f.getLogLine().getMessage().startsWith("line ")).count();
    assertThat(told + dropped).isEqualTo(100_000);
  }

  @Test
  void polls_comeAtTheirIntervals_untilTheyAreStopped() throws Exception {
    open("web", TYPE);
    service.poll("web", 20, 50, Map.of("IsAlive", List.of("slow")));

    service.await("LooksAlive", 5, f -> isReport(f, EntryPoint.LOOKS_ALIVE));
    var isAlive = service.await("IsAlive", 3, f -> isReport(f, EntryPoint.IS_ALIVE));
    service.poll("web", 0, 0, Map.of());
    var _ = call(EntryPoint.FIND, Map.of());
    service.forget();
    var _ = call(EntryPoint.FIND, Map.of());
    service.await("beats", 4, ToService::hasBeat);

    assertThat(isAlive).allMatch(f -> f.getHealthReport().getHealth().hasDegraded());
    assertThat(service.heard()).noneMatch(ToService::hasHealthReport);
  }

  @Test
  void aLooksAliveThatFails_makesAnIsAliveAtOnce() throws Exception {
    open("web", TYPE);
    service.poll("web", 20, 1_000_000, Map.of("LooksAlive", List.of("sick")));

    var reports = service.await("reports", 4, ToService::hasHealthReport);

    assertThat(reports)
        .extracting(f -> f.getHealthReport().getEntryPoint())
        .containsExactly(
            EntryPoint.LOOKS_ALIVE,
            EntryPoint.IS_ALIVE,
            EntryPoint.LOOKS_ALIVE,
            EntryPoint.IS_ALIVE);
    assertThat(reports.get(0).getHealthReport().getHealth().getFailed().getWhy()).isEqualTo("sick");
    assertThat(reports.get(1).getHealthReport().getHealth().hasAlive()).isTrue();
  }

  @Test
  void aSignalThatSomethingFailed_isSent_andConfirmedByIsAlive() throws Exception {
    open("web", TYPE);
    call(EntryPoint.FIND, Map.of("Find", List.of("signal:not polled, so not told")));
    service.poll("web", 1_000_000, 1_000_000, Map.of());
    call(EntryPoint.FIND, Map.of("Find", List.of("signal:smoke")));

    var signal = service.await("Signalled", ToService::hasSignalled).getSignalled();
    var report = service.await("IsAlive", f -> isReport(f, EntryPoint.IS_ALIVE));

    assertThat(signal.getHealth().getFailed().getWhy()).isEqualTo("smoke");
    assertThat(report.getHealthReport().getHealth().hasAlive()).isTrue();
  }

  @Test
  void anIsAliveThatFails_isFollowedByTheTerminateThatWasToldBeforehand_andItsFind()
      throws Exception {
    open("web", TYPE);
    service.poll(failing(Map.of()));

    var report = report(EntryPoint.IS_ALIVE);
    var returned = service.returned(TOLD_BEFOREHAND);
    service.poll("web", 0, 20, Map.of());
    service.await("a check of the next polling", f -> f.getHealthReport().getHealth().hasAlive());

    assertThat(report.getHealth().getFailed().getWhy()).isEqualTo("sick");
    assertThat(report.getTerminateCall()).isEqualTo(TOLD_BEFOREHAND);
    assertThat(returned.getEntryPoint()).isEqualTo(EntryPoint.FIND);
    assertThat(returned.hasFound()).isTrue();
    assertThat(service.heard())
        .filteredOn(f -> f.getHealthReport().getHealth().hasFailed())
        .as("the polling was over with the failure")
        .hasSize(1);
  }

  @Test
  void aCallBehindTheTerminateThatWasToldBeforehand_waitsForIt() throws Exception {
    open("web", TYPE);
    service.poll(failing(Map.of("Terminate", List.of("await:go"))));
    awaitInFlight(EntryPoint.TERMINATE);

    long offline =
        service.call(
            "web",
            FakeService.callOf(EntryPoint.OFFLINE, Map.of())
                .setOfflineReason(OfflineReason.OPERATOR));
    service.await("beats", 2, ToService::hasBeat);
    assertThat(service.heard())
        .noneMatch(f -> f.hasReturned() && f.getReturned().getCall() == offline);
    Files.writeString(service.directoryOf("web").resolve("go"), "yes");

    assertThat(service.returned(TOLD_BEFOREHAND).hasFound()).isTrue();
    assertThat(service.returned(offline).hasDone()).isTrue();
  }

  @Test
  void aTerminateToldBeforehand_isNotBegunByALooksAlive_norByABrokenCheck() throws Exception {
    open("web", TYPE);
    service.poll(
        told(Map.of("LooksAlive", List.of("sick"), "IsAlive", List.of("throw:oops")))
            .setLooksAliveMillis(20));

    var broken =
        service.await("a broken check", f -> f.getHealthReport().hasBroken()).getHealthReport();
    var terminated = call(EntryPoint.TERMINATE, Map.of());

    assertThat(broken.getTerminateCall()).isZero();
    assertThat(terminated.hasDone()).isTrue();
    assertThat(service.heard())
        .noneMatch(f -> f.getReturned().getCall() == TOLD_BEFOREHAND)
        .noneMatch(f -> f.getHealthReport().getTerminateCall() == TOLD_BEFOREHAND);
  }

  private static final long TOLD_BEFOREHAND = 4711;

  private static SetPolling.Builder failing(Map<String, List<String>> script) {
    var all = new HashMap<>(script);
    all.put("IsAlive", List.of("sick"));
    return told(all);
  }

  private static SetPolling.Builder told(Map<String, List<String>> script) {
    return SetPolling.newBuilder()
        .setResource("web")
        .setIsAliveMillis(20)
        .setTerminateCall(TOLD_BEFOREHAND)
        .setTerminateDeadlineMillis(60_000)
        .addAllProperties(SpiCodec.encode(script));
  }

  @Test
  void aCheckThatThrowsOrIsTooLong_isBroken_andSaysNothingOfTheResource() throws Exception {
    open("web", TYPE);
    service.poll(
        SetPolling.newBuilder()
            .setResource("web")
            .setLooksAliveMillis(20)
            .setIsAliveMillis(20)
            .setCheckLimitMillis(100)
            .addAllProperties(
                SpiCodec.encode(
                    Map.of(
                        "LooksAlive", List.of("throw:oops"), "IsAlive", List.of("await:never")))));

    var thrown = report(EntryPoint.LOOKS_ALIVE).getBroken();
    var late = report(EntryPoint.IS_ALIVE).getBroken();

    assertThat(thrown.getMessage()).contains("oops");
    assertThat(late.getCode()).isEqualTo("CheckTimedOut");
    assertThat(late.getMessage()).contains("longer than 100 ms");
  }

  @Test
  void aReport_saysHowLongItsCheckTook_andHowMuchTooLateItEntered() throws Exception {
    open("web", TYPE);
    service.poll(
        SetPolling.newBuilder()
            .setResource("web")
            .setLooksAliveMillis(20)
            .setIsAliveMillis(20)
            .setCheckLimitMillis(100)
            .addAllProperties(SpiCodec.encode(Map.of("IsAlive", List.of("await:never")))));

    var slow = report(EntryPoint.IS_ALIVE);
    var waited =
        service.await(
            "a LooksAlive that waited for IsAlive",
            f ->
                isReport(f, EntryPoint.LOOKS_ALIVE)
                    && f.getHealthReport().getLateNanos() > MILLISECONDS.toNanos(50));

    assertThat(slow.getDurationNanos())
        .isBetween(MILLISECONDS.toNanos(100), MILLISECONDS.toNanos(5_000));
    assertThat(slow.hasLateNanos()).isTrue();
    assertThat(waited.getHealthReport().getDurationNanos())
        .isBetween(1L, MILLISECONDS.toNanos(5_000));
  }

  @Test
  void aCheckThatHangs_isReportedBrokenAgainAndAgain_andTerminateStillEnters() throws Exception {
    open("web", TYPE);
    service.poll(
        SetPolling.newBuilder()
            .setResource("web")
            .setIsAliveMillis(50)
            .setCheckLimitMillis(50)
            .addAllProperties(SpiCodec.encode(Map.of("IsAlive", List.of("hang")))));

    var hangs = report(EntryPoint.IS_ALIVE).getBroken();
    service.await(
        "ResourceBusy", 3, f -> f.getHealthReport().getBroken().getCode().equals("ResourceBusy"));
    var terminated = call(EntryPoint.TERMINATE, Map.of());

    assertThat(hangs.getCode()).isEqualTo("CallHangs");
    assertThat(terminated.hasDone()).isTrue();
  }

  @Test
  void theEndOfAProcess_isLookedIntoAtOnce() throws Exception {
    open("web", TYPE);
    service.poll("web", 0, RARELY, Map.of());

    service.slot("web", ended());

    assertThat(report(EntryPoint.IS_ALIVE).hasHealth()).isTrue();
  }

  @Test
  void anEndBeforePollingBegan_isLookedIntoAtOnce() throws Exception {
    open("web", TYPE);

    service.poll(
        SetPolling.newBuilder().setResource("web").setIsAliveMillis(RARELY).addSlots(ended()));

    assertThat(report(EntryPoint.IS_ALIVE).hasHealth()).isTrue();
  }

  /** Longer than any test: a check within it was asked for. */
  private static final long RARELY = 3_600_000;

  private static SlotState.Builder ended() {
    return SlotState.newBuilder().setName("main").setExit(ExitState.newBuilder().setSignal(9));
  }

  @Test
  void aCallBehindALongCheck_hurriesIt_andTheCheckIsNotCalledBroken() throws Exception {
    open("web", TYPE);
    service.poll("web", 0, 20, Map.of("IsAlive", List.of("await:never")));
    awaitInFlight(EntryPoint.IS_ALIVE);

    var offline =
        call(
            FakeService.callOf(EntryPoint.OFFLINE, Map.of())
                .setOfflineReason(OfflineReason.OPERATOR));

    assertThat(offline.hasDone()).isTrue();
    assertThat(service.heard()).noneMatch(ToService::hasHealthReport);
  }

  @Test
  void whatACheckSaysAfterPollingStoppedOrTheEpochGrew_isDropped() throws Exception {
    open("web", TYPE);
    service.poll("web", 20, 0, Map.of("LooksAlive", List.of("await:go")));
    awaitInFlight(EntryPoint.LOOKS_ALIVE);

    long find = service.call("web", FakeService.callOf(EntryPoint.FIND, Map.of()).setEpoch(9));
    var old = call(EntryPoint.FIND, Map.of()); // Its answer says that the new epoch was read.
    Files.writeString(service.directoryOf("web").resolve("go"), "yes");
    assertThat(service.returned(find).hasFound()).isTrue();
    service.poll("web", 1, 0, Map.of());
    service.await("beats", 4, ToService::hasBeat);

    assertThat(old.getFailure().getCode()).isEqualTo("OldEpoch");
    assertThat(service.heard()).noneMatch(ToService::hasHealthReport);
    service.await("late answers counted", f -> f.getBeat().getLateAnswers() >= 2);
  }

  @Test
  void twoSpinningCalls_stopNeitherBeatsNorOtherPluginsNorCallsOfTheirOwn() throws Exception {
    open("web", TYPE);
    open("db", TYPE);
    service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("spin")));
    service.call(EntryPoint.ONLINE, "db", Map.of("Online", List.of("spin")));
    awaitInFlight(EntryPoint.ONLINE);
    service.forget();

    service.await("beats", 20, ToService::hasBeat);
    var other = new PluginBuilder("other").small("a.Other", "Other", "").in(folder);

    assertThat(service.load(other).hasFailure()).isFalse();
    assertThat(call(EntryPoint.TERMINATE, Map.of()).hasDone()).isTrue();
  }

  @Test
  void theStateBlock_saysWhoIsInside_whileHeIs() throws Exception {
    open("web", TYPE);
    long call = service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("await:go")));

    var inFlight = awaitInFlight(EntryPoint.ONLINE);
    Files.writeString(service.directoryOf("web").resolve("go"), "yes");
    service.returned(call);
    var _ = call(EntryPoint.FIND, Map.of());

    assertThat(inFlight.resource()).isEqualTo("web");
    assertThat(inFlight.plugin()).isEqualTo("scripted@1.0.0");
    assertThat(inFlight.call()).isEqualTo(call);
    assertThat(inFlight.epoch()).isEqualTo(1);
    assertThat(inFlight.thread()).startsWith("plugin-scripted");
    assertThat(StateBlock.read(stateBlock()).inFlight())
        .noneMatch(what -> what.entryPoint() == EntryPoint.ONLINE);
  }

  @Test
  void aThousandResources_areOpenedAndFoundInOneBatch() throws Exception {
    service.load(scripted);
    long began = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      service.open("r" + i, scripted, TYPE);
      service.call(EntryPoint.FIND, "r" + i, Map.of());
    }

    var found = service.await("finds", 1000, f -> f.hasReturned() && f.getReturned().hasFound());
    System.out.printf(
        "1000 resources opened and found in %d ms (in-process, shared machine)%n",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    assertThat(found).extracting(f -> f.getReturned().getResource()).doesNotHaveDuplicates();
    assertThat(service.heard()).noneMatch(f -> f.getReturned().hasFailure());
  }

  @Test
  void shutdown_closesEveryInstance_andEndsWithZero() throws Exception {
    open("web", TYPE);
    open("db", INSIDE);
    call(EntryPoint.FIND, Map.of("Find", List.of("thread")));

    service.shutdown();

    assertThat(monitor.get(30, TimeUnit.SECONDS)).isEqualTo(MonitorCommand.EXIT_DONE);
    assertThat(service.directoryOf("web").resolve("closed")).exists();
    assertThat(service.directoryOf("db").resolve("closed")).exists();
    assertThat(service.directoryOf("web").resolve("terminated")).doesNotExist();
    assertThat(service.awaitClosed().cause()).isEqualTo(LinkClosed.Cause.PEER_CLOSED);
  }

  @Test
  void aResourcesOwnThreads_areInterruptedOnceItIsClosed() throws Exception {
    open("web", TYPE);
    call(EntryPoint.FIND, Map.of("Find", List.of("thread")));

    service.returned(service.close("web"));
    open("db", TYPE);
    Files.createSymbolicLink(
        service.directoryOf("db").resolve("other"),
        service.directoryOf("web").resolve("interrupted"));
    var awaited =
        service.returned(
            service.call(EntryPoint.FIND, "db", Map.of("Find", List.of("await:other"))));

    assertThat(awaited.hasFound()).isTrue();
  }

  @Test
  void whenTheLinkCloses_whatLivesInTheMonitorIsReleased_andNothingElseIsTouched()
      throws Exception {
    open("web", TYPE);
    open("db", INSIDE);
    service.returned(service.call(EntryPoint.FIND, "db", Map.of()));
    long blocked = service.call(EntryPoint.ONLINE, "web", Map.of("Online", List.of("process:a")));
    service.await("StartProcess", ToService::hasStartProcess);

    service.sever();

    assertThat(monitor.get(30, TimeUnit.SECONDS)).isEqualTo(MonitorCommand.EXIT_DONE);
    assertThat(service.directoryOf("db").resolve("terminated")).exists();
    assertThat(service.directoryOf("db").resolve("closed")).exists();
    assertThat(service.directoryOf("web").resolve("terminated")).doesNotExist();
    assertThat(service.directoryOf("web").resolve("closed")).doesNotExist();
    assertThat(service.heard()).noneMatch(f -> f.getReturned().getCall() == blocked);
  }

  @Test
  void whenTheLinkCloses_aTerminateThatHangs_doesNotHoldTheMonitor() throws Exception {
    open("db", INSIDE);
    service.call(EntryPoint.ONLINE, "db", Map.of("Online", List.of("hang")));
    awaitInFlight(EntryPoint.ONLINE);
    long began = System.nanoTime();

    service.sever();

    assertThat(monitor.get(30, TimeUnit.SECONDS)).isEqualTo(MonitorCommand.EXIT_DONE);
    assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(20));
  }

  @Test
  void aFrameThatMakesNoSense_isAFaultOfOurs_andEndsTheMonitorWithSeventy() throws Exception {
    service.send(ToMonitor.newBuilder().setWelcome(Welcome.newBuilder().setProtocol(99)));

    assertThat(monitor.get(30, TimeUnit.SECONDS)).isEqualTo(MonitorCommand.EXIT_FAULT);
  }

  @Test
  void aServiceThatClosesInsteadOfWelcoming_isNoService() throws Exception {
    try (var unfriendly = new FakeService(Files.createDirectory(folder.resolve("u"))).mute()) {
      var previous = service;
      service = unfriendly;
      var refused = start();
      unfriendly.await("Hello", ToService::hasHello);
      unfriendly.sever();

      assertThat(refused.get(30, TimeUnit.SECONDS)).isEqualTo(MonitorCommand.EXIT_NO_SERVICE);
      service = previous;
    }
  }

  private void open(String resource, String type) throws InterruptedException {
    service.load(scripted);
    assertThat(service.returned(service.open(resource, scripted, type)).hasDone()).isTrue();
  }

  private Returned call(EntryPoint entryPoint, Map<String, List<String>> script)
      throws InterruptedException {
    return service.returned(service.call(entryPoint, "web", script));
  }

  private Returned call(CallResource.Builder call) throws InterruptedException {
    return service.returned(service.call("web", call));
  }

  private List<String> problems(Map<String, List<String>> properties) throws InterruptedException {
    long call = service.validate(scripted, TYPE, properties);
    return service
        .await("Validated", f -> f.hasValidated() && f.getValidated().getCall() == call)
        .getValidated()
        .getProblemsList()
        .stream()
        .map(problem -> problem.getMessage())
        .toList();
  }

  private HealthReport report(EntryPoint kind) throws InterruptedException {
    return service.await("a report of " + kind, f -> isReport(f, kind)).getHealthReport();
  }

  private static boolean isReport(ToService frame, EntryPoint kind) {
    return frame.hasHealthReport() && frame.getHealthReport().getEntryPoint() == kind;
  }

  private static SlotState.Builder slot(String name, boolean alive) {
    return SlotState.newBuilder()
        .setName(name)
        .setNonce("nonce-" + name)
        .setAlive(alive)
        .setPid(77);
  }

  private void release(String resource) throws IOException {
    Files.writeString(service.directoryOf(resource).resolve("release"), "yes");
  }

  private Path stateBlock() {
    return folder.resolve("state");
  }

  private InFlight awaitInFlight(EntryPoint entryPoint) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < end) {
      for (var what : StateBlock.read(stateBlock()).inFlight()) {
        if (what.entryPoint() == entryPoint) {
          return what;
        }
      }
    }
    throw new AssertionError("nobody entered " + entryPoint);
  }
}
