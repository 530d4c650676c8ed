package dev.holdfast.registry.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A set of rights to a key, as the 32-bit mask that Windows uses for them. Immutable.
 *
 * <p>There is no {@code SYNCHRONIZE} among the rights of a key. The flags that choose the 32-bit or
 * 64-bit view when a key is opened are in the same mask and are no rights; an access check leaves
 * them out.
 */
public record KeyAccess(int mask) {
  public static final KeyAccess NONE = new KeyAccess(0);

  public static final KeyAccess KEY_QUERY_VALUE = new KeyAccess(0x0001);
  public static final KeyAccess KEY_SET_VALUE = new KeyAccess(0x0002);
  public static final KeyAccess KEY_CREATE_SUB_KEY = new KeyAccess(0x0004);
  public static final KeyAccess KEY_ENUMERATE_SUB_KEYS = new KeyAccess(0x0008);
  public static final KeyAccess KEY_NOTIFY = new KeyAccess(0x0010);
  public static final KeyAccess KEY_CREATE_LINK = new KeyAccess(0x0020);

  public static final KeyAccess DELETE = new KeyAccess(0x0001_0000);
  public static final KeyAccess READ_CONTROL = new KeyAccess(0x0002_0000);
  public static final KeyAccess WRITE_DAC = new KeyAccess(0x0004_0000);
  public static final KeyAccess WRITE_OWNER = new KeyAccess(0x0008_0000);

  public static final KeyAccess KEY_READ = new KeyAccess(0x0002_0019);
  public static final KeyAccess KEY_WRITE = new KeyAccess(0x0002_0006);

  /** The same as {@link #KEY_READ}. */
  public static final KeyAccess KEY_EXECUTE = KEY_READ;

  public static final KeyAccess KEY_ALL_ACCESS = new KeyAccess(0x000F_003F);

  /** To read and set the system list: granted by no entry, only by a privilege nobody has here. */
  public static final KeyAccess ACCESS_SYSTEM_SECURITY = new KeyAccess(0x0100_0000);

  /** When asked for: all that the caller can be given. */
  public static final KeyAccess MAXIMUM_ALLOWED = new KeyAccess(0x0200_0000);

  public static final KeyAccess GENERIC_ALL = new KeyAccess(0x1000_0000);
  public static final KeyAccess GENERIC_EXECUTE = new KeyAccess(0x2000_0000);
  public static final KeyAccess GENERIC_WRITE = new KeyAccess(0x4000_0000);
  public static final KeyAccess GENERIC_READ = new KeyAccess(0x8000_0000);

  private static final Map<KeyAccess, KeyAccess> GENERIC_MAPPING =
      Map.of(
          GENERIC_ALL, KEY_ALL_ACCESS,
          GENERIC_EXECUTE, KEY_EXECUTE,
          GENERIC_WRITE, KEY_WRITE,
          GENERIC_READ, KEY_READ);

  private record Name(KeyAccess right, String text) {}

  private static final List<Name> NAMES =
      List.of(
          new Name(KEY_QUERY_VALUE, "KEY_QUERY_VALUE"),
          new Name(KEY_SET_VALUE, "KEY_SET_VALUE"),
          new Name(KEY_CREATE_SUB_KEY, "KEY_CREATE_SUB_KEY"),
          new Name(KEY_ENUMERATE_SUB_KEYS, "KEY_ENUMERATE_SUB_KEYS"),
          new Name(KEY_NOTIFY, "KEY_NOTIFY"),
          new Name(KEY_CREATE_LINK, "KEY_CREATE_LINK"),
          new Name(DELETE, "DELETE"),
          new Name(READ_CONTROL, "READ_CONTROL"),
          new Name(WRITE_DAC, "WRITE_DAC"),
          new Name(WRITE_OWNER, "WRITE_OWNER"),
          new Name(ACCESS_SYSTEM_SECURITY, "ACCESS_SYSTEM_SECURITY"),
          new Name(MAXIMUM_ALLOWED, "MAXIMUM_ALLOWED"),
          new Name(GENERIC_ALL, "GENERIC_ALL"),
          new Name(GENERIC_EXECUTE, "GENERIC_EXECUTE"),
          new Name(GENERIC_WRITE, "GENERIC_WRITE"),
          new Name(GENERIC_READ, "GENERIC_READ"));

  private static final List<Name> WHOLE =
      List.of(
          new Name(NONE, "no rights"),
          new Name(KEY_READ, "KEY_READ"),
          new Name(KEY_WRITE, "KEY_WRITE"),
          new Name(KEY_ALL_ACCESS, "KEY_ALL_ACCESS"));

  private static final List<Name> SHORT =
      List.of(
          new Name(KEY_READ, "read"),
          new Name(KEY_WRITE, "write"),
          new Name(KEY_EXECUTE, "execute"),
          new Name(KEY_ALL_ACCESS, "all"),
          new Name(KEY_READ, "KR"),
          new Name(KEY_WRITE, "KW"),
          new Name(KEY_EXECUTE, "KX"),
          new Name(KEY_ALL_ACCESS, "KA"),
          new Name(KEY_EXECUTE, "KEY_EXECUTE"));

  /**
   * The rights that are written so: names of Windows, those of SDDL for keys, or read, write,
   * execute and all; several with {@code ,} or {@code |} between them. Case does not matter.
   *
   * @throws IllegalArgumentException for a name that is none
   */
  public static KeyAccess parse(String text) {
    KeyAccess rights = NONE;
    for (String name : text.split("[,|]", -1)) {
      rights = rights.with(named(name.strip()));
    }
    return rights;
  }

  private static KeyAccess named(String text) {
    return Stream.of(SHORT, WHOLE, NAMES)
        .flatMap(List::stream)
        .filter(name -> name.text().equalsIgnoreCase(text) && !name.right().isEmpty())
        .map(Name::right)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\"%s\" is no right to a key; rights are read, write, all, or names as %s"
                        .formatted(
                            text,
                            String.join(
                                ", ", NAMES.subList(0, 10).stream().map(Name::text).toList()))));
  }

  /** With each generic right replaced by the rights to a key that it stands for. */
  public KeyAccess mapped() {
    KeyAccess mapped = this;
    for (Map.Entry<KeyAccess, KeyAccess> entry : GENERIC_MAPPING.entrySet()) {
      if (contains(entry.getKey())) {
        mapped = mapped.without(entry.getKey()).with(entry.getValue());
      }
    }
    return mapped;
  }

  public boolean isEmpty() {
    return mask == 0;
  }

  /** Whether all of those are in this set. */
  public boolean contains(KeyAccess others) {
    return (mask & others.mask) == others.mask;
  }

  public KeyAccess with(KeyAccess others) {
    return new KeyAccess(mask | others.mask);
  }

  public KeyAccess without(KeyAccess others) {
    return new KeyAccess(mask & ~others.mask);
  }

  /** Those that are in both. */
  public KeyAccess and(KeyAccess others) {
    return new KeyAccess(mask & others.mask);
  }

  /** Its names, like {@code KEY_READ} or {@code KEY_SET_VALUE|DELETE}; bits without one in hex. */
  @Override
  public String toString() {
    for (Name name : WHOLE) {
      if (name.right().equals(this)) {
        return name.text();
      }
    }
    var names = new ArrayList<String>();
    KeyAccess rest = this;
    for (Name name : NAMES) {
      if (contains(name.right())) {
        names.add(name.text());
        rest = rest.without(name.right());
      }
    }
    if (!rest.isEmpty()) {
      names.add("0x%x".formatted(rest.mask()));
    }
    return String.join("|", names);
  }
}
