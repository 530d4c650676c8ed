package dev.holdfast.spi;

/** The version of this SPI: what an archive's {@code plugin.requires} is compared with. */
public final class SpiVersion {
  /** Three numbers; the first one changes when a type compiled against an older one may break. */
  public static final String CURRENT = "0.1.0";

  private SpiVersion() {}
}
