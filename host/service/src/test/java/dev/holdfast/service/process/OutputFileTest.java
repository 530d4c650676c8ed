package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  private static final int LIMIT = 4096;

  @TempDir Path folder;
  private Path file;
  private OutputFile output;

  @BeforeEach
  void setUp() {
    file = folder.resolve("out.log");
    output = new OutputFile(file, LIMIT, () -> {});
  }

  @Test
  void aFileThatIsNotThereIsEmpty() throws IOException {
    assertThat(output.trim()).isFalse();
    assertThat(output.tail(100).text()).isEmpty();
    assertThat(output.read(50, 100).next()).isZero();
  }

  @Test
  void aFileWithinItsLimitIsLeftAlone() throws IOException {
    append("x".repeat(LIMIT));

    assertThat(output.trim()).isFalse();
    assertThat(folder.resolve("out.log.1")).doesNotExist();
  }

  @Test
  void aFileOverItsLimitIsCutAndItsEndKept() throws IOException {
    append("first\n" + "x".repeat(LIMIT) + "\nlast\n");

    assertThat(output.trim()).isTrue();

    assertThat(file).isEmptyFile();
    assertThat(Files.size(folder.resolve("out.log.1"))).isEqualTo(LIMIT);
    assertThat(output.tail(6).text()).isEqualTo("last\n");
    assertThat(output.trim()).isFalse();
  }

  @Test
  void aReaderFollowsOverACut() throws IOException {
    append("a".repeat(LIMIT) + "one\n");
    BoundedOutput.Piece before = output.read(LIMIT, 100);
    append("two\n");
    output.trim();
    append("three\n");

    assertThat(before.text()).isEqualTo("one\n");
    BoundedOutput.Piece after = output.read(before.next(), 100);
    assertThat(after.from()).isEqualTo(before.next());
    assertThat(after.text()).isEqualTo("two\nthree\n");
    assertThat(output.read(after.next(), 100).text()).isEmpty();
  }

  @Test
  void whatWasCutOffBeforeARestartIsStillRead() throws IOException {
    append("old\n".repeat(2000));
    output.trim();
    append("new\n");

    OutputFile after = new OutputFile(file, LIMIT, () -> {});

    assertThat(after.tail(12).text()).isEqualTo("old\nold\nnew\n".substring(4));
    assertThat(after.read(LIMIT, 100).text()).isEqualTo("new\n");
    assertThat(after.read(0, 10).from()).isZero();
  }

  @Test
  void aReaderThatCameLateIsToldWhereItBegins() throws IOException {
    append("a".repeat(3 * LIMIT));
    output.trim();
    append("b");

    BoundedOutput.Piece piece = output.read(0, 10 * LIMIT);

    assertThat(piece.from()).isEqualTo(2 * LIMIT);
    assertThat(piece.text()).isEqualTo("a".repeat(LIMIT) + "b");
  }

  @Test
  void theTailBeginsWithALine() throws IOException {
    append("one\ntwo\nthree\n");

    assertThat(output.tail(8).text()).isEqualTo("three\n");
    assertThat(output.tail(100).text()).isEqualTo("one\ntwo\nthree\n");
    assertThat(output.tail(3).text()).as("less than a line").isEqualTo("ee\n");
  }

  @Test
  void aProcessGoesOnAtTheNewEnd() throws Exception {
    Bed bed = Bed.in(folder);
    try {
      bed.run(
          bed.shell(
              "head -c 8000 /dev/zero | tr '\\0' x; echo; while [ ! -e go ]; do sleep 0.01; done;"
                  + " echo after"));
      Bed.until("it wrote", () -> bed.output().length() == 8001);
      try (BoundedOutput kept = bed.processes.keepBounded(file, LIMIT)) {
        assertThatThrownBy(() -> bed.processes.keepBounded(file, LIMIT))
            .isInstanceOf(IllegalStateException.class);
        Bed.until("it is cut by itself", () -> bed.output().isEmpty());
        Files.createFile(folder.resolve("go"));
        bed.nextExit();

        assertThat(bed.output()).isEqualTo("after\n");
        assertThat(kept.read(8001, 100).text()).isEqualTo("after\n");
      }
      bed.processes.keepBounded(file, LIMIT).close();
    } finally {
      bed.close();
    }
  }

  @Test
  void anAbsurdLimitIsRefused() {
    assertThatThrownBy(() -> new OutputFile(file, 1, () -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void append(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
