package dev.holdfast.service.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembershipTest {
  private static final Instant NOW = Instant.parse("2026-11-21T22:40:00Z");

  @TempDir private Path quorum;
  private final Set<Integer> alive = new HashSet<>(Set.of(1, 2, 3));
  private Instant now = NOW;
  private Membership alpha;
  private Membership beta;

  @BeforeEach
  void join() throws IOException {
    alpha = join("alpha", 1);
    beta = join("beta", 2);
  }

  private Membership join(String node, int pid) throws IOException {
    var self = new Member(node, pid, 7, Path.of("/home-of-" + pid), null, NOW, Member.Role.WAITING);
    return Membership.join(quorum, self, member -> alive.contains(member.pid()), () -> now);
  }

  @Test
  void whatANodeTellsOfItself_theOthersRead() throws Exception {
    alpha.tell(Member.Role.HOLDER, Path.of("/run/a.sock"));
    beta.tell(Member.Role.WAITING, null);

    Member holder = beta.holder().orElseThrow();
    assertThat(holder)
        .isEqualTo(
            new Member(
                "alpha",
                1,
                7,
                Path.of("/home-of-1"),
                Path.of("/run/a.sock"),
                NOW,
                Member.Role.HOLDER));
    assertThat(alpha.members()).extracting(Member::node).containsExactly("alpha", "beta");
    assertThat(alpha.find("BETA").orElseThrow().socket()).isNull();
  }

  @Test
  void aFileWhoseProcessIsGone_andOneThatIsNone_countForNothing() throws Exception {
    alpha.tell(Member.Role.HOLDER, null);
    Files.writeString(quorum.resolve("nodes").resolve("gamma.json"), "{\"node\": 1");
    Files.writeString(quorum.resolve("nodes").resolve("delta.json"), "");
    alive.remove(1);

    assertThat(beta.members()).isEmpty();
    assertThat(beta.holder()).isEmpty();
    assertThat(beta.find("gamma")).isEmpty();
  }

  @Test
  void aNodeThatEndsInOrder_takesItsFileAway() throws Exception {
    beta.tell(Member.Role.WAITING, null);
    beta.close();

    assertThat(quorum.resolve("nodes").resolve("beta.json")).doesNotExist();
  }

  @Test
  void aNameThatALivingHomeHas_isRefused_andFreeWhenThatIsGone() throws Exception {
    alpha.tell(Member.Role.HOLDER, null);

    assertThatThrownBy(() -> join("Alpha", 3))
        .isInstanceOf(NodeNameTakenException.class)
        .hasMessageContainingAll("pid 1", "/home-of-1", "--node");
    alpha.close();
    join("alpha", 3).tell(Member.Role.WAITING, null);
    assertThat(beta.find("alpha").orElseThrow().pid()).isEqualTo(3);
  }

  @Test
  void ofTwoThatStartAtOneMoment_oneHasTheName_beforeEitherHasToldOfItself() throws Exception {
    Membership gamma = join("gamma", 3);

    assertThatThrownBy(() -> join("Gamma", 1))
        .isInstanceOf(NodeNameTakenException.class)
        .hasMessageContainingAll("pid 3", "/home-of-3", "--node");
    gamma.close();
    join("gamma", 1).close();
  }

  @Test
  void aNameThatALivingHomeHasToldOf_isRefused_whoeverHasTheLock() throws Exception {
    alpha.tell(Member.Role.HOLDER, null);
    Path told = quorum.resolve("nodes").resolve("alpha.json");
    String text = Files.readString(told);
    alpha.close();
    Files.writeString(told, text);

    assertThatThrownBy(() -> join("alpha", 3))
        .isInstanceOf(NodeNameTakenException.class)
        .hasMessageContaining("/home-of-1");
    assertThat(told).hasContent(text);
    alive.remove(1);
    join("alpha", 3).close();
  }

  @Test
  void whoseTurnItIs_othersWaitFor_whileItLives_andForAWhileOnly() throws Exception {
    beta.tell(Member.Role.WAITING, null);
    assertThat(alpha.isMyTurn()).isTrue();

    alpha.handTo("beta");
    assertThat(alpha.isMyTurn()).isFalse();
    assertThat(beta.isMyTurn()).isTrue();

    alive.remove(2);
    assertThat(alpha.isMyTurn()).isTrue();
    alive.add(2);
    now = NOW.plus(Membership.TURN_MAX).plusMillis(1);
    assertThat(alpha.isMyTurn()).isTrue();
    now = NOW;
    beta.endTurn();
    assertThat(alpha.isMyTurn()).isTrue();
  }
}
