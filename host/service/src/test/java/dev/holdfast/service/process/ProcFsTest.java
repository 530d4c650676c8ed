package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /**
   * A process in the middle of an exec was taken for one without a token: seen twice under load.
   */
  @Test
  void theTokenOfAProcessThatIsBeingGivenItsProgramIsWaitedFor() throws IOException {
    fake.process(10, 'R', 1, 10, 10, 500);
    fake.write(10, "stat", statWith("4096", "0"));
    fake.write(10, "environ", "");
    var pauses = new AtomicInteger();
    var patient =
        new ProcFs(
            folder,
            () -> {
              if (pauses.incrementAndGet() == 3) {
                writeToken();
              }
            });
    assertThat(patient.token(patient.stat(10).orElseThrow())).contains(TOKEN);
    assertThat(pauses).hasValue(3);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0", // a thread of the kernel
    "4096, 140735" // an environment that is empty on purpose
  })
  void anEnvironmentThatIsEmptyForGoodIsNotWaitedFor(String memory, String end) throws IOException {
    fake.process(10, 'S', 1, 10, 10, 500);
    fake.write(10, "stat", statWith(memory, end));
    fake.write(10, "environ", "");
    var impatient =
        new ProcFs(
            folder,
            () -> {
              throw new AssertionError("it waits");
            });
    assertThat(impatient.token(impatient.stat(10).orElseThrow())).isEmpty();
  }

  @Test
  void aProcessThatIsNeverGivenItsProgramIsNotWaitedForForEver() throws IOException {
    fake.process(10, 'R', 1, 10, 10, 500);
    fake.write(10, "stat", statWith("4096", "0"));
    fake.write(10, "environ", "");
    var pauses = new AtomicInteger();
    var patient = new ProcFs(folder, pauses::incrementAndGet);
    assertThat(patient.token(patient.stat(10).orElseThrow())).isEmpty();
    assertThat(pauses.get()).isBetween(100, 1_000);
  }

  private void writeToken() {
    try {
      fake.write(10, "environ", SlotToken.VARIABLE + "=" + TOKEN.value() + "\0");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As the kernel has it since 3.5: 52 fields, the 23rd and the 51st among them. */
  private static String statWith(String memoryBytes, String environmentEnd) {
    List<String> fields = new ArrayList<>(Collections.nCopies(52, "1"));
    fields.set(0, "10");
    fields.set(1, "(a name)");
    fields.set(2, "R");
    fields.set(21, "500");
    fields.set(22, memoryBytes);
    fields.set(50, environmentEnd);
    return String.join(" ", fields) + "\n";
  }
}
