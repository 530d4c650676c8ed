package dev.holdfast.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.service.api.ApiException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.Test;

class DoorkeeperTest {
  private final UserPrincipal root = user("0");
  private final UserPrincipal owner = user("54321");
  private final UserPrincipal stranger = user("54322");
  private final Doorkeeper doorkeeper = new Doorkeeper(owner, root);

  private static UserPrincipal user(String id) {
    try {
      return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(id);
    } catch (IOException noSuchUser) {
      throw new AssertionError(noSuchUser);
    }
  }

  @Test
  void ownerAndRootMayChangeThings() {
    for (UserPrincipal user : new UserPrincipal[] {owner, root}) {
      assertThatCode(() -> doorkeeper.admit(new Peer.Local(user), Access.CHANGE, null))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aStrangerMayOnlyLook() {
    var peer = new Peer.Local(stranger);

    assertThatCode(() -> doorkeeper.admit(peer, Access.READ, null)).doesNotThrowAnyException();
    assertThatThrownBy(() -> doorkeeper.admit(peer, Access.CHANGE, null))
        .isInstanceOf(ApiException.NotPermitted.class)
        .hasMessage("You are 54322, who may not do that: 54321, who owns the home, and root may.");
  }

  @Test
  void whatDependsOnWhoAsks_isForEverybodyWhoIsKnown() {
    assertThatCode(() -> doorkeeper.admit(new Peer.Local(stranger), Access.IDENTIFIED, null))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> doorkeeper.admit(new Peer.Remote("/127.0.0.1:5"), Access.IDENTIFIED, "localhost"))
        .isInstanceOf(ApiException.NotPermitted.class)
        .hasMessageContaining("Use the Unix socket");
  }

  @Test
  void overTcpEvenALoopbackHostMayOnlyLook() {
    var peer = new Peer.Remote("/127.0.0.1:5");

    assertThatCode(() -> doorkeeper.admit(peer, Access.READ, "LocalHost:7700"))
        .doesNotThrowAnyException();
    assertThatCode(() -> doorkeeper.admit(peer, Access.READ, "[::1]:7700"))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> doorkeeper.admit(peer, Access.CHANGE, "localhost"))
        .isInstanceOf(ApiException.NotPermitted.class);
    assertThatThrownBy(() -> doorkeeper.admit(peer, Access.READ, null))
        .isInstanceOf(ApiException.NotPermitted.class);
    assertThatThrownBy(() -> doorkeeper.admit(peer, Access.READ, "evil.example"))
        .isInstanceOf(ApiException.NotPermitted.class);
  }
}
