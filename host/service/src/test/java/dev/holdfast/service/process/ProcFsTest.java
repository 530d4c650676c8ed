package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcFsTest {
  private static final SlotToken TOKEN = new SlotToken("web-app:main:1");

  @TempDir Path folder;
  private FakeProc fake;
  private ProcFs proc;

  @BeforeEach
  void setUp() throws IOException {
    fake = FakeProc.in(folder);
    proc = new ProcFs(folder);
  }

  @Test
  void aProcessIsAliveByPidTicksAndBoot() throws IOException {
    fake.process(10, 'S', 1, 10, 10, 500);

    assertThat(proc.isAlive(new ProcessIdentity(10, 500, FakeProc.BOOT))).isTrue();
    assertThat(proc.isAlive(new ProcessIdentity(10, 501, FakeProc.BOOT))).isFalse();
    assertThat(proc.isAlive(new ProcessIdentity(10, 500, "another-boot"))).isFalse();
    assertThat(proc.isAlive(new ProcessIdentity(11, 500, FakeProc.BOOT))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(chars = {'Z', 'X', 'x'})
  void zombiesAreDead(char state) throws IOException {
    fake.process(10, state, 1, 10, 10, 500);

    assertThat(proc.isAlive(new ProcessIdentity(10, 500, FakeProc.BOOT))).isFalse();
    assertThat(proc.stat(10)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(chars = {'R', 'S', 'D', 'T', 't', 'I'})
  void everythingElseIsAlive(char state) throws IOException {
    fake.process(10, state, 1, 10, 10, 500);

    assertThat(proc.isAlive(new ProcessIdentity(10, 500, FakeProc.BOOT))).isTrue();
  }

  @Test
  void whatCannotBeLookedAtIsNotDead() throws IOException {
    // A folder in the file's place: reading fails, and the entry is there.
    Files.createDirectories(folder.resolve("10/stat"));

    assertThatThrownBy(() -> proc.isAlive(new ProcessIdentity(10, 500, FakeProc.BOOT)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("10/stat");
  }

  @Test
  void nowIsCountedInTicks() {
    assertThat(proc.now()).isEqualTo(new BootTicks(123456, FakeProc.BOOT));
  }

  @Test
  void theTokenIsAWholeEntryOfTheEnvironment() throws IOException {
    fake.process(10, 'S', 1, 10, 10, 500);
    ProcStat stat = proc.stat(10).orElseThrow();

    fake.write(10, "environ", "A=1\0HOLDFAST_SLOT=web-app:main:1\0B=2\0");
    assertThat(proc.token(stat)).contains(TOKEN);

    fake.write(10, "environ", "A=HOLDFAST_SLOT=web-app:main:1\0NOT_HOLDFAST_SLOT=12345678\0");
    assertThat(proc.token(stat)).isEmpty();

    fake.write(10, "environ", "HOLDFAST_SLOT=no token at all\0");
    assertThat(proc.token(stat)).isEmpty();

    fake.write(10, "environ", "");
    assertThat(proc.token(stat)).isEmpty();
  }

  @Test
  void theMemoryOfAProcessThatWaitsInTheKernelIsNotRead() throws IOException {
    fake.process(10, 'D', 1, 10, 10, 500);
    fake.write(10, "environ", "HOLDFAST_SLOT=web-app:main:1\0");

    assertThat(proc.token(proc.stat(10).orElseThrow())).isEmpty();
  }
}
