package dev.holdfast.service.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixTest {
  @Test
  void aPidThatNobodyHasIsNoError() throws Exception {
    // Beyond the largest pid a kernel gives out (4194304).
    assertThat(Pidfd.open(4_194_305)).isEmpty();
  }

  /** A dead process's number may be a thread's by the time that somebody asks for it. */
  @Test
  void theNumberOfAThreadThatLeadsNoProcessIsNoError() throws Exception {
    int thread = ProcessControl.threadId();

    assertThat(thread).isNotEqualTo((int) ProcessHandle.current().pid());
    assertThat(Pidfd.open(thread)).isEmpty();
  }

  @Test
  void ourselvesAreNotOurChild() throws Exception {
    try (Pidfd self = Pidfd.open((int) ProcessHandle.current().pid()).orElseThrow()) {
      assertThat(self.peek()).isEqualTo(new WaitResult.NotOurChild());
      assertThat(self.exitOfReaped()).isEmpty();
    }
  }

  @Test
  void aClosedPidfdSignalsNobody() throws Exception {
    Pidfd self = Pidfd.open((int) ProcessHandle.current().pid()).orElseThrow();
    self.close();
    self.close();

    assertThat(self.signal(Signal.KILL)).isFalse();
    assertThat(self.signalGroup(Signal.KILL)).isFalse();
    assertThat(self.peek()).isEqualTo(new WaitResult.NotOurChild());
  }

  @Test
  void theThreadIdIsThatOfProc() {
    assertThat(Path.of("/proc/self/task/" + ProcessControl.threadId())).exists();
  }

  @Test
  void becomingASubreaperTwiceIsFine() throws Exception {
    ProcessControl.becomeSubreaper();
    ProcessControl.becomeSubreaper();
  }

  @Test
  void childrenAreNotIgnored() throws Exception {
    ProcessControl.stopIgnoringChildren();

    String ignored =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow();
    long set = Long.parseUnsignedLong(ignored.substring(7).strip(), 16);
    assertThat(set & 1L << (Signal.CHLD.number() - 1)).isZero();
  }

  @Test
  void errorsSayWhatWasAttemptedAndWhy() {
    assertThatThrownBy(() -> ProcessControl.limitOpenFiles(4_194_305, 1024))
        .isInstanceOf(PosixException.class)
        .hasMessage("ask for the limit of open files of process 4194305: no such process");
  }

  @Test
  void groupsThatMeanEverybodyAreNotSignalled() {
    for (int group : new int[] {-1, 0, 1}) {
      assertThatThrownBy(() -> ProcessControl.signalGroup(group, Signal.KILL))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void accountsAreFoundOrNot() throws Exception {
    assertThat(Accounts.find("root")).contains(new Accounts.Account(0, 0));
    assertThat(Accounts.find("no-such-user-here")).isEmpty();
    assertThat(Accounts.userName(0)).contains("root");
    assertThat(Accounts.userName(0xFFFF_FFF0L)).isEmpty();
    assertThat(Accounts.groupName(0)).contains("root");
    assertThat(Accounts.findGroup("root")).hasValue(0);
    assertThat(Accounts.findGroup("no-such-group-here")).isEmpty();
  }

  @Test
  void waitStatusesAreDecoded() {
    assertThat(WaitResult.ofWaitStatus(7 << 8)).isEqualTo(new WaitResult.Exited(7));
    assertThat(WaitResult.ofWaitStatus(255 << 8)).isEqualTo(new WaitResult.Exited(255));
    assertThat(WaitResult.ofWaitStatus(9)).isEqualTo(new WaitResult.Killed(9, false));
    assertThat(WaitResult.ofWaitStatus(11 | 0x80)).isEqualTo(new WaitResult.Killed(11, true));
  }

  @Test
  void whoConnectedToAUnixSocketIsKnown(@TempDir Path directory) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        var client = SocketChannel.open(address)) {
      SocketChannel accepted = server.accept();
      assertThat(client.isConnected()).isTrue();
      PeerCredentials peer = PeerCredentials.of(accepted);
      assertThat(peer.pid()).isEqualTo((int) ProcessHandle.current().pid());
      int user = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      assertThat(peer.uid()).isEqualTo(Integer.toUnsignedLong(user));
      accepted.close();
      assertThatThrownBy(() -> PeerCredentials.of(accepted)).isInstanceOf(IOException.class);
    }
  }
}
