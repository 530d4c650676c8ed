package dev.holdfast.registry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every security descriptor of the hives in {@code HOLDFAST_TEST_HIVES}, which Windows wrote: the
 * cells that begin with {@code sk} are looked for in the bins, without reading the hive.
 */
class RealHivesTest {
  private static final int FIRST_BIN = 4_096;
  private static final int BIN_HEADER = 32;
  private static final int BIN = 0x6E69_6268;
  private static final short SECURITY_KEY = 0x6B73;
  private static final int DESCRIPTORS_MIN = 300;

  /**
   * Eleven have room at the end of a list, and one hive is of a tool that lays them out otherwise.
   */
  private static final int LAID_OUT_OTHERWISE_MAX = 12;

  @Test
  void whatWindowsWroteComesBackToTheByte() throws Exception {
    List<byte[]> found = descriptors();
    int identical = 0;
    for (byte[] bytes : found) {
      SecurityDescriptor descriptor = SecurityDescriptor.decode(bytes);
      byte[] encoded = descriptor.encode();

      assertThat(SecurityDescriptor.decode(encoded)).isEqualTo(descriptor);
      identical += Arrays.equals(encoded, bytes) ? 1 : 0;
    }
    assertThat(found).hasSizeGreaterThan(DESCRIPTORS_MIN);
    assertThat(identical).isGreaterThanOrEqualTo(found.size() - LAID_OUT_OTHERWISE_MAX);
  }

  @Test
  void whatWindowsWroteCanBeSaidInSddl() throws Exception {
    for (byte[] bytes : descriptors()) {
      SecurityDescriptor descriptor = SecurityDescriptor.decode(bytes);
      SecurityDescriptor said = Sddl.parse(Sddl.format(descriptor));

      assertThat(said.owner()).isEqualTo(descriptor.owner());
      assertThat(said.group()).isEqualTo(descriptor.group());
      assertThat(aces(said.dacl())).isEqualTo(aces(descriptor.dacl()));
      assertThat(aces(said.sacl())).isEqualTo(aces(descriptor.sacl()));
    }
  }

  private static @Nullable List<Ace> aces(@Nullable Acl acl) {
    return acl == null ? null : acl.aces();
  }

  private static List<byte[]> descriptors() throws IOException {
    String directory = System.getenv("HOLDFAST_TEST_HIVES");
    assumeThat(directory).as("HOLDFAST_TEST_HIVES, the folder of real hives").isNotNull();
    var found = new ArrayList<byte[]>();
    Path valid = Path.of(Objects.requireNonNull(directory)).resolve("valid");
    try (Stream<Path> files = Files.list(valid)) {
      for (Path file : files.sorted().toList()) {
        addOf(Files.readAllBytes(file), found);
      }
    }
    return found;
  }

  private static void addOf(byte[] hive, List<byte[]> found) {
    ByteBuffer buffer = ByteBuffer.wrap(hive).order(ByteOrder.LITTLE_ENDIAN);
    int bin = FIRST_BIN;
    while (bin + BIN_HEADER <= hive.length && buffer.getInt(bin) == BIN) {
      int end = bin + buffer.getInt(bin + 8);
      for (int cell = bin + BIN_HEADER; cell < end; cell += Math.abs(buffer.getInt(cell))) {
        if (buffer.getInt(cell) < 0 && buffer.getShort(cell + 4) == SECURITY_KEY) {
          var bytes = new byte[buffer.getInt(cell + 20)];
          buffer.get(cell + 24, bytes);
          found.add(bytes);
        }
      }
      bin = end;
    }
  }
}
