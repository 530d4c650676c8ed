package dev.holdfast.service.record;

import dev.holdfast.spi.Exit;

/** How a process ended, as a value: {@code code 7}, {@code signal 9}, {@code unknown}. */
final class ExitText {
  private ExitText() {}

  static String of(Exit exit) {
    return switch (exit) {
      case Exit.Code(int code) -> "code " + code;
      case Exit.Signal(int signal) -> "signal " + signal;
      case Exit.Unknown() -> "unknown";
    };
  }

  static Exit parse(String text) {
    if (text.startsWith("code ")) {
      return new Exit.Code(Integer.parseInt(text.substring(5)));
    }
    return text.startsWith("signal ")
        ? new Exit.Signal(Integer.parseInt(text.substring(7)))
        : new Exit.Unknown();
  }
}
