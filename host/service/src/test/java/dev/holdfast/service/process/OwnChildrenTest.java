package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnChildrenTest {
  private static final SlotToken TOKEN = new SlotToken("web-app:main:1");
  private static final SlotToken OTHER = new SlotToken("db:main:1");
  private static final int LEFT = 4711;
  private static final ProcessIdentity DEAD = new ProcessIdentity(10, 500, FakeProc.BOOT);

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private FakeProc fake;
  private OwnChildren children;

  @BeforeEach
  void setUp() throws IOException {
    fake = FakeProc.in(folder);
    children = new OwnChildren(new ProcFs(folder, () -> {}), nanos::get);
    Path task =
        Files.createDirectories(
            folder.resolve("self/task").resolve(Long.toString(ProcessHandle.current().pid())));
    Files.writeString(task.resolve("children"), LEFT + " ");
  }

  /** In a session of its own, so that nothing but its token says whose it is. */
  private void left(char state, SlotToken token) throws IOException {
    fake.process(LEFT, state, 1, LEFT, LEFT, 600);
    fake.write(LEFT, "environ", SlotToken.VARIABLE + "=" + token.value() + "\0");
  }

  @Test
  void whoseAnOrphanIs_itsTokenSays() throws IOException {
    left('S', TOKEN);

    assertThat(children.hasOrphanOf(DEAD, TOKEN)).isTrue();
    assertThat(children.hasOrphanOf(DEAD, OTHER)).isFalse();
  }

  /** It was taken for nobody's for good, and a second copy could be started beside it. */
  @Test
  void whatWaitsForADisk_mayBeAnybodys_untilItCanBeRead() throws IOException {
    left(ProcFs.WAITING, TOKEN);
    assertThat(children.hasOrphanOf(DEAD, TOKEN)).isTrue();
    assertThat(children.hasOrphanOf(DEAD, OTHER)).isTrue();

    left('S', TOKEN);
    assertThat(children.hasOrphanOf(DEAD, TOKEN)).isTrue();
    assertThat(children.hasOrphanOf(DEAD, OTHER)).isFalse();
  }

  @Test
  void whatHangs_holdsNobodyUpForLong() throws IOException {
    left(ProcFs.WAITING, TOKEN);
    assertThat(children.hasOrphanOf(DEAD, OTHER)).isTrue();

    nanos.addAndGet(OwnChildren.MAY_BE_ANYBODYS.toNanos());

    assertThat(children.hasOrphanOf(DEAD, OTHER)).isFalse();
    left('S', TOKEN);
    assertThat(children.hasOrphanOf(DEAD, TOKEN)).isTrue();
  }

  @Test
  void whatIsKnownIsNotForgottenWhileItWaits() throws IOException {
    left('S', TOKEN);
    assertThat(children.hasOrphanOf(DEAD, OTHER)).isFalse();

    left(ProcFs.WAITING, TOKEN);

    assertThat(children.hasOrphanOf(DEAD, OTHER)).isFalse();
    assertThat(children.hasOrphanOf(DEAD, TOKEN)).isTrue();
  }

  /** Its memory is gone, and with it its token; its children become ours only when it is dead. */
  @Test
  void whatIsOnItsWayOut_mayBeAnybodys_untilItIsDead() throws IOException {
    fake.write(
        LEFT,
        "stat",
        "%d (app) R 1 %d %d 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 600 0 0\n".formatted(LEFT, LEFT, LEFT));
    fake.write(LEFT, "environ", "");
    assertThat(children.hasOrphanOf(DEAD, TOKEN)).isTrue();

    fake.process(LEFT, 'Z', 1, LEFT, LEFT, 600);
    assertThat(children.hasOrphanOf(DEAD, TOKEN)).isFalse();
  }
}
