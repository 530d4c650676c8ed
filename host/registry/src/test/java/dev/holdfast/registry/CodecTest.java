package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24})
  void aBatchComesBackToTheLetter(long seed) throws Exception {
    for (Batch batch : RandomBatches.history(seed, 300).batches()) {
      Batch back = BatchCodec.decode(ByteBuffer.wrap(BatchCodec.encode(batch)), null).batch();

      assertThat(back.changes()).as("seed %d", seed).isEqualTo(batch.changes());
      assertThat(back.changes().toString()).isEqualTo(batch.changes().toString());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33})
  void aTreeComesBackToTheLastByteAndRevision(long seed) throws IOException {
    RegistryKey root = RandomBatches.history(seed, 500).snapshots().getLast().root();
    List<byte[]> pieces = pieces(root);

    assertThat(TreeCodec.same(root, read(pieces))).as("seed %d", seed).isTrue();
  }

  @Test
  void aLargeTreeGoesInPieces() throws Exception {
    Batch.Builder builder = Batch.builder();
    for (int i = 0; i < 3_000; i++) {
      builder.createKey("k\\" + i).set("k\\" + i, RegistryValue.binary("v", new byte[500]));
    }
    RegistryKey root = Snapshot.EMPTY.apply(builder.build()).root();

    List<byte[]> pieces = pieces(root);

    assertThat(pieces).hasSizeGreaterThan(5);
    assertThat(TreeCodec.same(root, read(pieces))).isTrue();
  }

  @Test
  void theLongestClassAndTheLargestDescriptor_comeBack() throws Exception {
    KeyOptions options =
        KeyOptions.PLAIN
            .withClassName("ж".repeat(Limits.CLASS_CHARS_MAX))
            .withSecurity(DescriptorBytes.of(new byte[Limits.DESCRIPTOR_BYTES_MAX]));
    Batch batch = Batch.builder().createKey("a", options).createKey("b", options).build();
    RegistryKey root = Snapshot.EMPTY.applied(batch, new Filetime(-1)).snapshot().root();
    byte[] encoded = BatchCodec.encode(batch);
    BatchCodec.setTime(encoded, new Filetime(-1));

    assertThat(BatchCodec.decode(ByteBuffer.wrap(encoded), null))
        .isEqualTo(new BatchCodec.Logged(new Filetime(-1), batch));
    assertThat(TreeCodec.same(root, read(pieces(root)))).isTrue();
    assertThat(pieces(root).stream().mapToInt(piece -> piece.length).sum())
        .as("the descriptor is there once")
        .isLessThan(400_000 + 2 * 2 * Limits.CLASS_CHARS_MAX);
  }

  @Test
  void batch_cutAnywhere_isMalformed() throws Exception {
    byte[] bytes = BatchCodec.encode(RandomBatches.history(41, 30).batches().getLast());
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length);
      assertThatExceptionOfType(MalformedEncodingException.class)
          .isThrownBy(() -> BatchCodec.decode(cut, null));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {51, 52})
  void spoiltBytesAreMalformedOrReadButNeverAnythingElse(long seed) throws Exception {
    var random = new Random(seed);
    RandomBatches.History history = RandomBatches.history(seed, 60);
    for (Batch batch : history.batches()) {
      byte[] bytes = BatchCodec.encode(batch);
      for (int i = 0; i < 50; i++) {
        byte[] spoilt = spoilt(bytes, random);
        readOrMalformed(() -> BatchCodec.decode(ByteBuffer.wrap(spoilt), null));
      }
    }
    byte[] tree = pieces(history.snapshots().getLast().root()).getFirst();
    for (int i = 0; i < 5_000; i++) {
      byte[] spoilt = spoilt(tree, random);
      readOrMalformed(() -> read(List.of(spoilt)));
    }
  }

  @Test
  void encode_tooLarge_isRefusedNamingTheLimit() {
    byte[] large = new byte[15 << 20];
    Batch.Builder builder = Batch.builder();
    for (int i = 0; i < 5; i++) {
      builder.set("", RegistryValue.binary("v" + i, large));
    }

    assertThatExceptionOfType(InvalidBatchException.class)
        .isThrownBy(() -> BatchCodec.encode(builder.build()))
        .withMessageContaining("67,108,864")
        .withMessageContaining("BATCH_BYTES_MAX");
  }

  private interface Reading {
    Object read() throws IOException;
  }

  private static void readOrMalformed(Reading reading) throws IOException {
    try {
      assertThat(reading.read()).isNotNull();
    } catch (MalformedEncodingException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }

  private static byte[] spoilt(byte[] bytes, Random random) {
    byte[] spoilt = bytes.clone();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt();
    }
    return spoilt;
  }

  private static List<byte[]> pieces(RegistryKey root) throws IOException {
    var pieces = new ArrayList<byte[]>();
    TreeCodec.write(
        root,
        piece -> {
          var bytes = new byte[piece.remaining()];
          piece.get(bytes);
          pieces.add(bytes);
        });
    return pieces;
  }

  private static RegistryKey read(List<byte[]> pieces) throws IOException {
    var reader = new TreeCodec.Reader();
    for (byte[] piece : pieces) {
      reader.read(ByteBuffer.wrap(piece));
    }
    return reader.root();
  }
}
