package dev.holdfast.registry.security;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An access control list: entries, of which the first that speaks of a right and of the caller
 * decides. Immutable.
 *
 * <p>The revision says which types of entry there may be: 2, or 4 when there are entries for types
 * of objects (MS-DTYP 2.4.5). It is kept as found.
 */
public record Acl(int revision, List<Ace> aces) {
  /** Bytes of the binary form: its size is a 16-bit number. */
  public static final int ACL_BYTES_MAX = 0xFFFF;

  /** No entry: grants nothing to anybody. */
  public static final Acl EMPTY = of(List.of());

  static final int REVISION_MIN = 2;
  static final int REVISION_MAX = 4;

  private static final int FIRST_OBJECT_TYPE = 0x05;
  private static final int LAST_OBJECT_TYPE = 0x08;
  private static final int FIRST_CALLBACK_OBJECT_TYPE = 0x0B;
  private static final int LAST_CALLBACK_OBJECT_TYPE = 0x10;

  /**
   * A list of these.
   *
   * @throws IllegalArgumentException if it is larger than {@link #ACL_BYTES_MAX} or of a revision
   *     that is not 2, 3 or 4
   */
  public Acl {
    aces = List.copyOf(aces);
    if (revision < REVISION_MIN || revision > REVISION_MAX) {
      throw new IllegalArgumentException("the revision of an ACL is 2, 3 or 4, found " + revision);
    }
    int size = sizeBytes(aces);
    if (size > ACL_BYTES_MAX) {
      throw new IllegalArgumentException(
          "bytes of an ACL: found %,d, at most %,d allowed (ACL_BYTES_MAX)"
              .formatted(size, ACL_BYTES_MAX));
    }
  }

  /** A list of the lowest revision that has such entries. */
  public static Acl of(List<? extends Ace> aces) {
    return new Acl(aces.stream().anyMatch(Acl::isForObjectTypes) ? 4 : 2, List.copyOf(aces));
  }

  public static Acl of(Ace... aces) {
    return of(Arrays.asList(aces));
  }

  /**
   * The same entries in the order in which Windows's own editors leave them: what denies, what
   * allows, what was inherited. Entries of one sort stay in their order; what was inherited stays
   * as it is, the nearest ancestor's first. Only for lists that are put together piece by piece: in
   * one that somebody wrote, another order can be meant.
   */
  public Acl inCanonicalOrder() {
    var ordered = new ArrayList<Ace>();
    aces.stream().filter(ace -> !ace.has(Ace.INHERITED) && ace.isDenial()).forEach(ordered::add);
    aces.stream().filter(ace -> !ace.has(Ace.INHERITED) && !ace.isDenial()).forEach(ordered::add);
    aces.stream().filter(ace -> ace.has(Ace.INHERITED)).forEach(ordered::add);
    return new Acl(revision, ordered);
  }

  int sizeBytes() {
    return sizeBytes(aces);
  }

  private static int sizeBytes(List<Ace> aces) {
    return 8 + aces.stream().mapToInt(Ace::sizeBytes).sum();
  }

  private static boolean isForObjectTypes(Ace ace) {
    int type = ace.type();
    return (type >= FIRST_OBJECT_TYPE && type <= LAST_OBJECT_TYPE)
        || (type >= FIRST_CALLBACK_OBJECT_TYPE && type <= LAST_CALLBACK_OBJECT_TYPE);
  }
}
