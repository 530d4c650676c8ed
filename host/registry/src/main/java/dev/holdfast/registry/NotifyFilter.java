package dev.holdfast.registry;

/** What kinds of change a notification is for: the flags of RegNotifyChangeKeyValue. Immutable. */
public record NotifyFilter(int mask) {
  /** A subkey was created or deleted. */
  public static final NotifyFilter NAME = new NotifyFilter(0x1);

  /** Something about the key itself was changed that is neither value nor security. */
  public static final NotifyFilter ATTRIBUTES = new NotifyFilter(0x2);

  /** A value was set or deleted, also when it was set to what it was. */
  public static final NotifyFilter LAST_SET = new NotifyFilter(0x4);

  /** The security descriptor was set. */
  public static final NotifyFilter SECURITY = new NotifyFilter(0x8);

  public static final NotifyFilter ALL = new NotifyFilter(0xF);

  /**
   * A filter of these flags.
   *
   * @throws IllegalArgumentException if there is none, or one that is not one of the four
   */
  public NotifyFilter {
    if (mask == 0 || (mask & ~0xF) != 0) {
      throw new IllegalArgumentException(
          "a filter has at least one of name 1, attributes 2, last-set 4, security 8; found 0x%x"
              .formatted(mask));
    }
  }

  public NotifyFilter with(NotifyFilter others) {
    return new NotifyFilter(mask | others.mask);
  }

  /** Whether all of those are in this one. */
  public boolean contains(NotifyFilter others) {
    return (mask & others.mask) == others.mask;
  }
}
