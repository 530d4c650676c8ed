package dev.holdfast.registry.security;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * A security identifier: who somebody is. Written {@code S-1-<authority>-<sub-authority>-…}; at
 * most {@value #SUB_AUTHORITIES_MAX} sub-authorities, each an unsigned 32-bit number. Immutable.
 *
 * <p>Users and groups of Unix are written as Samba writes those that no Windows domain knows:
 * {@code S-1-22-1-<uid>} and {@code S-1-22-2-<gid>}.
 */
public record Sid(long authority, List<Long> subAuthorities) {
  /** Sub-authorities of one SID (MS-DTYP 2.4.2). */
  public static final int SUB_AUTHORITIES_MAX = 15;

  public static final Sid EVERYONE = of(1, 0);

  /** In an entry to inherit: whoever comes to own the new key. */
  public static final Sid CREATOR_OWNER = of(3, 0);

  /** In an entry to inherit: the group of the new key. */
  public static final Sid CREATOR_GROUP = of(3, 1);

  /** The owner, whoever it is; an entry for it replaces what an owner may without any entry. */
  public static final Sid OWNER_RIGHTS = of(3, 4);

  public static final Sid ANONYMOUS = of(5, 7);
  public static final Sid AUTHENTICATED_USERS = of(5, 11);
  public static final Sid LOCAL_SYSTEM = of(5, 18);
  public static final Sid BUILTIN_ADMINISTRATORS = of(5, 32, 544);
  public static final Sid BUILTIN_USERS = of(5, 32, 545);

  /**
   * The cluster service, whatever user it runs as, so that a key can grant to it and not to that
   * user, or the other way round.
   *
   * <p>It is the identifier that Windows gives its own cluster service, <code>
   * NT&nbsp;SERVICE\ClusSvc</code>: S-1-5-80 and the SHA-1 of the name in upper case, UTF-16LE, as
   * five little-endian numbers. So Windows shows a name for it in a hive that was written here. Not
   * Local System: real hives grant all to that one nearly everywhere, and then no key could leave
   * the cluster service out.
   */
  public static final Sid CLUSTER_SERVICE =
      of(5, 80, 3_686_368_352L, 2_818_529_501L, 1_460_576_502L, 2_564_618_696L, 351_529_990L);

  static final Pattern WRITTEN =
      Pattern.compile("[Ss]-1-(0[xX][0-9a-fA-F]{12}|[0-9]{1,15})((?:-[0-9]{1,10})*)");

  private static final long AUTHORITY_MAX = 0xFFFF_FFFF_FFFFL;
  private static final long SUB_AUTHORITY_MAX = 0xFFFF_FFFFL;
  private static final int UNIX_AUTHORITY = 22;

  /**
   * A SID of these parts.
   *
   * @throws IllegalArgumentException if the authority has more than 48 bits, a sub-authority more
   *     than 32, or there are too many of them
   */
  public Sid {
    subAuthorities = List.copyOf(subAuthorities);
    if (authority < 0 || authority > AUTHORITY_MAX) {
      throw new IllegalArgumentException(
          "the authority of a SID has at most 48 bits, found " + authority);
    }
    if (subAuthorities.size() > SUB_AUTHORITIES_MAX) {
      throw new IllegalArgumentException(
          "sub-authorities of a SID: found %d, at most %d allowed (SUB_AUTHORITIES_MAX)"
              .formatted(subAuthorities.size(), SUB_AUTHORITIES_MAX));
    }
    for (long subAuthority : subAuthorities) {
      if (subAuthority < 0 || subAuthority > SUB_AUTHORITY_MAX) {
        throw new IllegalArgumentException(
            "a sub-authority of a SID has at most 32 bits, found " + subAuthority);
      }
    }
  }

  public static Sid of(long authority, long... subAuthorities) {
    return new Sid(authority, LongStream.of(subAuthorities).boxed().toList());
  }

  /** The user of Unix with that number. */
  public static Sid ofUser(long uid) {
    return of(UNIX_AUTHORITY, 1, uid);
  }

  /** The group of Unix with that number. */
  public static Sid ofGroup(long gid) {
    return of(UNIX_AUTHORITY, 2, gid);
  }

  /**
   * The SID that is written so; an authority may be decimal or {@code 0x} and twelve digits.
   *
   * @throws IllegalArgumentException if none is; the message says what was found
   */
  public static Sid parse(String text) {
    Matcher matcher = WRITTEN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "expected a SID like S-1-5-18 or S-1-22-1-1000, found \"" + text + "\"");
    }
    return parsed(matcher);
  }

  /** The SID of a match of {@link #WRITTEN}. */
  static Sid parsed(Matcher matcher) {
    String authority = matcher.group(1);
    boolean hex = authority.startsWith("0x") || authority.startsWith("0X");
    var subAuthorities = new ArrayList<Long>();
    for (String number : matcher.group(2).split("-", -1)) {
      if (!number.isEmpty()) {
        subAuthorities.add(Long.parseLong(number));
      }
    }
    return new Sid(
        hex ? Long.parseLong(authority.substring(2), 16) : Long.parseLong(authority),
        subAuthorities);
  }

  /** Bytes of its binary form. */
  int sizeBytes() {
    return 8 + 4 * subAuthorities.size();
  }

  @Override
  public String toString() {
    var text = new StringBuilder("S-1-");
    text.append(
        authority <= SUB_AUTHORITY_MAX ? Long.toString(authority) : "0x%012x".formatted(authority));
    subAuthorities.forEach(subAuthority -> text.append('-').append(subAuthority));
    return text.toString();
  }
}
