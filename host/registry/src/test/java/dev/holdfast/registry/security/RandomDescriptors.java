package dev.holdfast.registry.security;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors of all sorts, drawn from few SIDs so that they meet; the same generator, the same.
 */
final class RandomDescriptors {
  static final List<Sid> SIDS =
      List.of(
          Sid.EVERYONE,
          Sid.CREATOR_OWNER,
          Sid.CREATOR_GROUP,
          Sid.OWNER_RIGHTS,
          Sid.LOCAL_SYSTEM,
          Sid.BUILTIN_ADMINISTRATORS,
          Sid.CLUSTER_SERVICE,
          Sid.ofUser(0),
          Sid.ofUser(1000),
          Sid.ofGroup(100),
          Sid.of(0xFFFF_FFFF_FFFFL, 0xFFFF_FFFFL),
          Sid.of(16, 4096),
          Sid.of(5));

  private static final int[] BITS = {
    0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x10000, 0x20000, 0x40000, 0x80000, 0x10000000, 0x80000000
  };

  private final RandomGenerator random;

  RandomDescriptors(RandomGenerator random) {
    this.random = random;
  }

  /** Of which SDDL can say all. */
  SecurityDescriptor sayable() {
    int control = 0;
    Acl dacl = null;
    if (random.nextInt(5) > 0) {
      control |= SecurityDescriptor.DACL_PRESENT | flags(0x1500);
      dacl = acl();
    }
    Acl sacl = null;
    if (random.nextInt(3) == 0) {
      control |= SecurityDescriptor.SACL_PRESENT | flags(0x2A00);
      sacl = acl();
    }
    return new SecurityDescriptor(control, 0, sidOrNone(), sidOrNone(), sacl, dacl);
  }

  SecurityDescriptor any() {
    SecurityDescriptor sayable = sayable();
    Acl dacl = sayable.dacl();
    return new SecurityDescriptor(
        sayable.control() | flags(0xFFFF & ~0x8014),
        random.nextInt(256),
        sayable.owner(),
        sayable.group(),
        sayable.sacl(),
        dacl == null ? null : new Acl(2 + random.nextInt(3), dacl.aces()));
  }

  private int flags(int mask) {
    return random.nextInt() & mask;
  }

  private @Nullable Acl acl() {
    if (random.nextInt(6) == 0) {
      return null;
    }
    var aces = new ArrayList<Ace>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      aces.add(random.nextInt(8) == 0 ? opaque() : entry());
    }
    return Acl.of(aces);
  }

  Ace.Entry entry() {
    Ace.Kind[] kinds = Ace.Kind.values();
    Ace.Kind kind = kinds[random.nextInt(kinds.length)];
    return new Ace.Entry(kind, random.nextInt(256), mask(), sid());
  }

  private Ace.Opaque opaque() {
    var body = new byte[4 * random.nextInt(8)];
    random.nextBytes(body);
    int[] types = {0x04, 0x05, 0x06, 0x09, 0x0A, 0x0C, 0x12, 0xFF};
    return Ace.Opaque.of(types[random.nextInt(types.length)], random.nextInt(256), body);
  }

  int mask() {
    return switch (random.nextInt(6)) {
      case 0 -> KeyAccess.KEY_ALL_ACCESS.mask();
      case 1 -> KeyAccess.KEY_READ.mask();
      case 2 -> random.nextInt();
      default -> {
        int mask = 0;
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
          mask |= BITS[random.nextInt(BITS.length)];
        }
        yield mask;
      }
    };
  }

  Sid sid() {
    return SIDS.get(random.nextInt(SIDS.size()));
  }

  private @Nullable Sid sidOrNone() {
    return random.nextInt(5) == 0 ? null : sid();
  }
}
