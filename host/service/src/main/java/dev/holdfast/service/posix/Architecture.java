package dev.holdfast.service.posix;

/** The machine we run on, as far as system interfaces differ by it. */
final class Architecture {
  static final boolean IS_AARCH64 = System.getProperty("os.arch", "").equals("aarch64");
  private static final boolean IS_X86_64 = System.getProperty("os.arch", "").equals("amd64");
  private static final boolean IS_LINUX = System.getProperty("os.name", "").equals("Linux");

  private Architecture() {}

  /**
   * Throws, with a sentence to show, anywhere but on the systems these bindings are written for.
   */
  static void requireSupported() {
    if (!IS_LINUX || !(IS_X86_64 || IS_AARCH64)) {
      throw new UnsupportedOperationException(
          "The cluster service runs on Linux on x86-64 and AArch64 only, this is %s on %s"
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
    }
  }
}
