package dev.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.protocol.wire.EntryPoint;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateBlockTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("state");
  }

  @Test
  void whatThreadsDo_isReadBack_oldestFirst_andGoneWhenTheyAreOut() throws Exception {
    var writer = StateBlockWriter.create(file, 4711, NOW, 16);
    var online = inFlight(EntryPoint.ONLINE, 2);
    var load = new InFlight(EntryPoint.LOAD, 9, "", "com.example@1.0", 0, NOW, "plugin-1");

    var entered = writer.enter(online);
    var loading = writer.enter(load);
    var both = StateBlock.read(file);
    entered.close();
    entered.close();
    var one = StateBlock.read(file);
    loading.close();

    assertThat(both).isEqualTo(new StateBlock(4711, NOW, List.of(load, online), 0, 0));
    assertThat(one.inFlight()).containsExactly(load);
    assertThat(StateBlock.read(file).inFlight()).isEmpty();
  }

  @Test
  void allOfItsRoomIsTakenWhenItIsMade_soThatAFullDiskHarmsNoCallLater() throws Exception {
    var _ = StateBlockWriter.create(file, 1, NOW, StateBlock.ENTRY_LIMIT);

    var stat = new ProcessBuilder("stat", "-c", "%b %B", file.toString()).start();
    String[] blocks =
        new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
            .strip()
            .split(" ", 2);

    assertThat(stat.waitFor()).isZero();
    assertThat(Long.parseLong(blocks[0]) * Long.parseLong(blocks[1]))
        .isGreaterThanOrEqualTo(Files.size(file));
  }

  @Test
  void withoutAFile_threadsEnterAndLeaveAsEver() {
    var writer = StateBlockWriter.withoutFile(1);

    for (int call = 1; call <= 3; call++) {
      try (var entered = writer.enter(inFlight(EntryPoint.ONLINE, call))) {
        assertThat(entered).isNotNull();
      }
    }
  }

  @Test
  void longNames_areCutAtAWholeCharacter() throws Exception {
    var writer = StateBlockWriter.create(file, 1, NOW, 1);

    try (var _ =
        writer.enter(
            new InFlight(
                EntryPoint.FIND, 1, "é".repeat(100), "p".repeat(500), 1, NOW, "日本".repeat(90)))) {
      var read = StateBlock.read(file).inFlight().get(0);
      assertThat(read.resource()).isEqualTo("é".repeat(31));
      assertThat(read.plugin()).isEqualTo("p".repeat(126));
      assertThat("日本".repeat(90)).startsWith(read.thread());
      assertThat(read.thread()).hasSize(28);
    }
  }

  @Test
  void whenEveryEntryIsTaken_theThreadGoesInUnpublished_andThatIsCounted() throws Exception {
    var writer = StateBlockWriter.create(file, 1, NOW, 2);
    writer.enter(inFlight(EntryPoint.ONLINE, 1));
    var second = writer.enter(inFlight(EntryPoint.ONLINE, 2));
    try (var _ = writer.enter(inFlight(EntryPoint.ONLINE, 3))) {
      assertThat(StateBlock.read(file).unpublished()).isEqualTo(1);
    }
    second.close();

    var fourth = inFlight(EntryPoint.ONLINE, 4);
    writer.enter(fourth);

    assertThat(StateBlock.read(file).inFlight()).hasSize(2).contains(fourth);
  }

  @Test
  void aTornEntry_isCounted_andTheOthersAreRead() throws Exception {
    var writer = StateBlockWriter.create(file, 1, NOW, 4);
    writer.enter(inFlight(EntryPoint.ONLINE, 1));
    writer.enter(inFlight(EntryPoint.ONLINE, 2));
    writer.enter(inFlight(EntryPoint.ONLINE, 3));
    try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(StateBlock.HEADER_BYTES + 7);
      raw.write(3); // an odd sequence: the writer died in the middle
      raw.seek(StateBlock.HEADER_BYTES + StateBlock.ENTRY_BYTES + StateBlock.PLUGIN + 4L);
      raw.write('!');
    }

    var block = StateBlock.read(file);

    assertThat(block.torn()).isEqualTo(2);
    assertThat(block.inFlight()).containsExactly(inFlight(EntryPoint.ONLINE, 3));
  }

  @Test
  void damage_neverBreaksTheReader_andNeverInventsAnEntry() throws Exception {
    var writer = StateBlockWriter.create(file, 1, NOW, 8);
    for (int i = 0; i < 8; i++) {
      writer.enter(inFlight(EntryPoint.IS_ALIVE, i));
    }
    var whole = StateBlock.read(file).inFlight();
    byte[] good = Files.readAllBytes(file);
    long seed = System.nanoTime();
    System.out.println("damage: seed " + seed);
    var random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      byte[] bad = good.clone();
      for (int i = 0; i < 20; i++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      Files.write(file, Arrays.copyOf(bad, random.nextInt(4) == 0 ? 100 : bad.length));
      try {
        assertThat(whole)
            .describedAs("seed %d, round %d", seed, round)
            .containsAll(StateBlock.read(file).inFlight());
      } catch (IOException refused) {
        assertThat(refused).hasMessageContaining("state block");
      }
    }
  }

  @Test
  void aReaderBesideManyWriters_seesWholeEntriesOnly() throws Exception {
    var writer = StateBlockWriter.create(file, 1, NOW, 8);
    var stop = new AtomicBoolean();
    var threads = new ArrayList<Thread>();
    for (int thread = 0; thread < 4; thread++) {
      int from = thread;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (long i = 0; !stop.get(); i++) {
                      try (var _ =
                          writer.enter(inFlight(EntryPoint.FIND, from * 1000L + i % 1000))) {
                        Thread.onSpinWait();
                      }
                    }
                  }));
    }

    int seen = 0;
    for (int i = 0; i < 5000 || seen < 1000; i++) {
      for (var what : StateBlock.read(file).inFlight()) {
        assertThat(what).isEqualTo(inFlight(EntryPoint.FIND, what.call()));
        seen++;
      }
    }
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(StateBlock.read(file).inFlight()).isEmpty();
    assertThat(StateBlock.read(file).unpublished()).isZero();
  }

  @Test
  void aFileThatIsNoStateBlock_isRefusedByName() throws Exception {
    Files.write(file, new byte[0]);

    assertThatThrownBy(() -> StateBlock.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("0 bytes")
        .hasMessageContaining(file.toString());
  }

  private static InFlight inFlight(EntryPoint entryPoint, long call) {
    return new InFlight(
        entryPoint,
        call,
        "resource-" + call,
        "com.example.plugin@1." + call,
        call * 10,
        NOW.plusMillis(call),
        "plugin-thread-" + call);
  }
}
