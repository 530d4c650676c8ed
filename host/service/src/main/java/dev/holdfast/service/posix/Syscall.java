package dev.holdfast.service.posix;

/**
 * System calls made by number: those whose wrapper in the C library is variadic or missing from
 * older ones.
 */
enum Syscall {
  IOCTL(16, 29),
  PRCTL(157, 167),
  PIDFD_SEND_SIGNAL(424, 424),
  PIDFD_OPEN(434, 434);

  private static final NativeFunction FUNCTION = NativeFunction.variadic("syscall");

  private final int number;

  Syscall(int x86, int aarch64) {
    this.number = Architecture.IS_AARCH64 ? aarch64 : x86;
  }

  /** The result or, when it failed, the negative of errno. */
  int call(long a, long b, long c, long d) {
    return FUNCTION.call(number, a, b, c, d, 0);
  }
}
