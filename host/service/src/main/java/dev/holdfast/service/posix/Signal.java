package dev.holdfast.service.posix;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The signals of Linux and their numbers, the same on x86-64 and AArch64. */
public enum Signal {
  HUP(1),
  INT(2),
  QUIT(3),
  ILL(4),
  TRAP(5),
  ABRT(6),
  BUS(7),
  FPE(8),
  KILL(9),
  USR1(10),
  SEGV(11),
  USR2(12),
  PIPE(13),
  ALRM(14),
  TERM(15),
  STKFLT(16),
  CHLD(17),
  CONT(18),
  STOP(19),
  TSTP(20),
  TTIN(21),
  TTOU(22),
  URG(23),
  XCPU(24),
  XFSZ(25),
  VTALRM(26),
  PROF(27),
  WINCH(28),
  IO(29),
  PWR(30),
  SYS(31);

  private static final Map<Integer, Signal> BY_NUMBER =
      Arrays.stream(values()).collect(Collectors.toMap(Signal::number, signal -> signal));

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  /** Its number. */
  public int number() {
    return number;
  }

  /**
   * The signal of a name such as {@code TERM}, {@code SIGTERM} or {@code 15}, in any case.
   *
   * @throws IllegalArgumentException when there is none, with a sentence to show
   */
  public static Signal of(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT);
    String bare = name.startsWith("SIG") ? name.substring(3) : name;
    return Arrays.stream(values())
        .filter(s -> s.name().equals(bare) || Integer.toString(s.number).equals(bare))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + text
                        + "' is no signal; known are "
                        + Arrays.stream(values())
                            .map(Signal::name)
                            .collect(Collectors.joining(" "))));
  }

  /** The signal of a number; empty for real-time signals, which have none here. */
  public static Optional<Signal> ofNumber(int number) {
    return Optional.ofNullable(BY_NUMBER.get(number));
  }

  /**
   * What to call a signal in a sentence: {@code SIGTERM}, or {@code signal 40} for one without a
   * name.
   */
  public static String nameOf(int number) {
    return ofNumber(number).map(s -> "SIG" + s.name()).orElse("number " + number);
  }
}
