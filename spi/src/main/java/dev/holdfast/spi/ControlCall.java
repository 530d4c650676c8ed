package dev.holdfast.spi;

/**
 * A call of {@link Resource#control}. Its {@link #epoch} is the resource's: a remote system that is
 * changed by it is to be told, so that the late request of a life that is over is refused there.
 */
public interface ControlCall extends Call {
  /** What is asked for, as the type declares it. */
  Control control();

  /** With which parameters: checked against the declaration, defaults included. */
  Properties parameters();
}
