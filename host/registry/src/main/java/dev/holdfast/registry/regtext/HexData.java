package dev.holdfast.registry.regtext;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Bytes in hexadecimal with commas between them, which may go on over several lines. */
final class HexData {
  private static final int BYTE_DIGITS_MAX = 8;
  private static final int BYTE_MAX = 0xFF;

  private final Lines lines;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Whether a line may end here and go on in the next: at the start, and after a comma. */
  private boolean mayGoOn = true;

  /** A line that was taken to go on with the data, and does not. */
  private @Nullable String swallowed;

  private enum Ending {
    FINISHED,
    GOES_ON,
    WRONG
  }

  HexData(Lines lines) {
    this.lines = lines;
  }

  /** The bytes from that place on, or null if they are not written as they should be. */
  byte @Nullable [] read(LineParser first) {
    Ending ending = line(first);
    while (ending == Ending.GOES_ON) {
      String next = lines.next();
      if (next == null) {
        ending = Ending.FINISHED;
        break;
      }
      var line = new LineParser(next);
      if (line.isAtEndOrComment()) {
        continue;
      }
      ending = line(line);
      if (ending == Ending.WRONG) {
        swallowed = next;
      }
    }
    return ending == Ending.WRONG ? null : bytes.toByteArray();
  }

  /** The line that was lost with the data; its number is that of the last one read. */
  @Nullable String swallowed() {
    return swallowed;
  }

  private Ending line(LineParser line) {
    while (!line.isAtEndOrComment()) {
      if (line.take("\\")) {
        return mayGoOn && line.isAtEndOrComment() ? Ending.GOES_ON : Ending.WRONG;
      }
      String digits = line.hexDigits(BYTE_DIGITS_MAX);
      if (digits == null || Long.parseLong(digits, 16) > BYTE_MAX) {
        return Ending.WRONG;
      }
      bytes.write(Integer.parseInt(digits, 16));
      mayGoOn = false;
      if (line.isAtEndOrComment()) {
        return Ending.FINISHED;
      }
      if (!line.take(",")) {
        return Ending.WRONG;
      }
      mayGoOn = true;
    }
    return Ending.FINISHED;
  }
}
