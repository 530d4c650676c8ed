package dev.holdfast.monitor.plugin;

/**
 * What a plugin sees of the host: the JDK and the SPI, and nothing else. The monitor's own classes
 * and its libraries (protobuf, PF4J, SLF4J) cannot be named through it, so a plugin brings the
 * versions it likes.
 */
final class HostWindow extends ClassLoader {
  private static final String SPI = "dev.holdfast.spi.";
  private static final String ANNOTATIONS = "org.jspecify.annotations.";

  static {
    registerAsParallelCapable();
  }

  private final ClassLoader host;

  HostWindow(ClassLoader host) {
    super("holdfast-window", ClassLoader.getPlatformClassLoader());
    this.host = host;
  }

  /** Asked only for what the JDK does not have. */
  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (isShared(name)) {
      return host.loadClass(name);
    }
    throw new ClassNotFoundException(name);
  }

  /** Whether a class always comes from the host, whatever a plugin brings along. */
  static boolean isShared(String name) {
    return name.startsWith(SPI) || name.startsWith(ANNOTATIONS);
  }
}
