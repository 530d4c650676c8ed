package dev.holdfast.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.checkpoint.Capture;
import dev.holdfast.checkpoint.Difference;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.Source;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.api.EventQuery;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.Outcome;
import dev.holdfast.service.api.RegistryApi;
import dev.holdfast.service.api.Rehearsal;
import dev.holdfast.service.api.ServiceView;
import dev.holdfast.service.checkpoint.Rehearser;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.EventLogLimits;
import dev.holdfast.service.event.Incidents;
import dev.holdfast.service.node.Member;
import dev.holdfast.service.node.Membership;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaitingApiTest {
  private static final Instant NOW = Instant.parse("2026-11-21T22:40:00Z");
  private static final ServiceView.QuorumHolder ALPHA =
      new ServiceView.QuorumHolder("/q", "alpha", 1L, "/a", NOW);

  @TempDir private Path folder;
  private final AtomicInteger stops = new AtomicInteger();
  private final RegistryApi registry =
      (RegistryApi)
          Proxy.newProxyInstance(
              RegistryApi.class.getClassLoader(),
              new Class<?>[] {RegistryApi.class},
              (_, _, _) -> null);
  private EventLog events;
  private ClusterApi api;

  @BeforeEach
  void open() throws IOException {
    InstantSource clock = () -> NOW;
    events = EventLog.open(folder.resolve("events"), "beta", clock, EventLogLimits.DEFAULT);
    var self = new Member("beta", 2, 7, Path.of("/b"), null, NOW, Member.Role.WAITING);
    Membership membership = Membership.join(folder, self, _ -> true, clock);
    membership.tell(Member.Role.WAITING, Path.of("/b.sock"));
    api =
        new SwitchedApi(
            new WaitingApi(
                () -> new ServiceView(2, "1", false, "beta", 0, ALPHA),
                () -> new ApiException.Conflict("NotHolder", null, "held by " + ALPHA),
                new EventDesk(events, Incidents.open(folder.resolve("incidents")), clock),
                new NodeDesk(membership, List::of, List::of),
                registry,
                new Rehearser(_ -> new UnreadableSource(), "beta"),
                clock,
                stops::incrementAndGet));
  }

  /** A key that nobody may write. */
  private static final class UnreadableSource implements Source {
    @Override
    public Capture capture() {
      throw new UnsupportedOperationException("nothing is saved from a node that waits");
    }

    @Override
    public List<String> restore(Path saved, boolean force) {
      throw new UnsupportedOperationException("nothing is restored on a node that waits");
    }

    @Override
    public void rehearse(Path saved) throws SourceException {
      throw new SourceException(Obstacle.ACCESS_DENIED, "not granted for " + saved);
    }

    @Override
    public Watching watch(Runnable changed) {
      throw new UnsupportedOperationException("nothing is watched on a node that waits");
    }

    @Override
    public List<Difference> diff(Path from, Path to) {
      return List.of();
    }
  }

  @AfterEach
  void close() throws IOException {
    events.close();
  }

  @Test
  void checkpointsAreRehearsed_onTheNodesOwnKeys() {
    var wanted =
        new Rehearsal(
            "web, checkpoint 1 (registry:Software\\X)",
            "web",
            1,
            "registry:Software\\X",
            List.of(),
            "/quorum/blobs/1");

    assertThat(api.rehearse(List.of(wanted)))
        .singleElement()
        .satisfies(
            view -> {
              assertThat(view.ok()).isFalse();
              assertThat(view.node()).isEqualTo("beta");
              assertThat(view.obstacle()).isEqualTo("AccessDenied");
              assertThat(view.problem()).isEqualTo("not granted for /quorum/blobs/1");
              assertThat(view.next()).contains("registry acl grant 'HKLM\\Software\\X'");
            });
    assertThatExceptionOfType(ApiException.Conflict.class).isThrownBy(api::rehearsals);
  }

  @Test
  void whatIsTheNodesOwn_isAnswered() {
    assertThat(api.status().service().waitsFor()).isEqualTo(ALPHA);
    assertThat(api.status().service().ready()).isFalse();
    assertThat(api.status().groups()).isEmpty();
    assertThat(api.nodes()).singleElement().matches(node -> node.state().equals("Waiting"));
    assertThat(api.events(new EventQuery(null, null, null, null, 10))).isEmpty();
    assertThat(api.incidents()).isEmpty();
    assertThat(api.registry()).isSameAs(registry);
  }

  @Test
  void whatIsTheClusters_isRefused_namingTheHolder() {
    List<Consumer<ClusterApi>> questions =
        List.of(
            ClusterApi::groups,
            ClusterApi::resources,
            ClusterApi::types,
            ClusterApi::monitors,
            ClusterApi::checkpoints,
            ClusterApi::auditFacts,
            each -> each.why("web"),
            each -> each.submit(new Command.CreateGroup("g"), new Asker("root", false)));
    for (Consumer<ClusterApi> question : questions) {
      assertThatThrownBy(() -> question.accept(api))
          .isInstanceOf(ApiException.Conflict.class)
          .hasMessage("held by node alpha (pid 1, home /a)");
    }
  }

  @Test
  void itCanBeStopped() {
    var stop = new Command.StopService(false);

    Operation dry = api.submit(stop, new Asker("root", true));
    assertThat(stops).hasValue(0);
    Operation operation = api.submit(stop, new Asker("root", false));

    assertThat(stops).hasValue(1);
    assertThat(dry.outcome()).containsInstanceOf(Outcome.Done.class);
    assertThat(operation.outcome()).containsInstanceOf(Outcome.Done.class);
    assertThat(api.operation(operation.id())).isSameAs(operation);
  }
}
