package dev.holdfast.service.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.spi.CommandResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a looking command writes: two files of the resource, begun anew by each command. Not pipes:
 * what a command leaves for a moment would be killed by writing into one that nobody reads.
 */
final class LookOutput {
  /** What a file may grow to between two looks at it is not bounded; after one it is this. */
  private static final long LIMIT_BYTES = 8L << 20;

  private static final String OUTPUT = "command.out";
  private static final byte[] NOTHING = new byte[0];

  private final Path output;
  private final Path errors;
  private volatile boolean cut;

  LookOutput(Path directory) {
    this.output = directory.resolve(OUTPUT);
    this.errors = directory.resolve("command.err");
  }

  /** Whether a command may ever have looked for the resource of this directory. */
  static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(OUTPUT));
  }

  Path output() {
    return output;
  }

  Path errors() {
    return errors;
  }

  /** Cuts what has grown too long: of the output the beginning stays, of the errors nothing. */
  void trim() throws IOException {
    trim(output, CommandResult.OUTPUT_BYTES_MAX);
    trim(errors, 0);
  }

  private void trim(Path file, long keep) throws IOException {
    if (Files.exists(file) && Files.size(file) > LIMIT_BYTES) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        cut = true;
        channel.truncate(keep);
      }
    }
  }

  /** Reads what was written. */
  Captured read() throws IOException {
    byte[] out = bytes(output, CommandResult.OUTPUT_BYTES_MAX, false);
    byte[] err = bytes(errors, CommandResult.ERROR_BYTES_MAX, true);
    return new Captured(new String(out, UTF_8), new String(err, UTF_8), cut);
  }

  /** What is kept of what was written. */
  record Captured(String output, String errors, boolean cut) {}

  /** Most looks write nothing, and to ask for a size costs less than to open, read and close. */
  private byte[] bytes(Path file, int limitBytes, boolean last) throws IOException {
    try {
      return Files.size(file) == 0 ? NOTHING : written(file, limitBytes, last);
    } catch (NoSuchFileException neverWritten) {
      return NOTHING;
    }
  }

  private byte[] written(Path file, int limitBytes, boolean last) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      int length = (int) Math.min(size, limitBytes);
      cut |= size > limitBytes;
      ByteBuffer buffer = ByteBuffer.allocate(length);
      long position = last ? size - length : 0;
      while (buffer.hasRemaining()) {
        int read = channel.read(buffer, position + buffer.position());
        if (read < 0) {
          break;
        }
      }
      return java.util.Arrays.copyOf(buffer.array(), buffer.position());
    }
  }
}
