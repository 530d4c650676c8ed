package dev.holdfast.registry.security;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Reads one text in SDDL, from left to right; used once. */
final class SddlParser {
  /** Characters of a text: the two largest lists there can be, with room to spare. */
  static final int TEXT_CHARS_MAX = 1 << 20;

  private static final int MASK_BITS = 32;

  /** Digits that surely fit into a long, in either base. */
  private static final int NUMBER_CHARS_MAX = 15;

  private final String text;

  /** The text in upper case, unit by unit, so that places in both are the same. */
  private final String upper;

  private int at;
  private int control;
  private @Nullable Sid owner;
  private @Nullable Sid group;
  private @Nullable Acl sacl;
  private @Nullable Acl dacl;

  SddlParser(String text) {
    this.text = text;
    var units = new StringBuilder(text);
    for (int i = 0; i < units.length(); i++) {
      char unit = units.charAt(i);
      if (unit >= 'a' && unit <= 'z') {
        units.setCharAt(i, (char) (unit - 'a' + 'A'));
      }
    }
    this.upper = units.toString();
  }

  SecurityDescriptor parse() throws MalformedSddlException {
    if (text.length() > TEXT_CHARS_MAX) {
      at = TEXT_CHARS_MAX;
      throw expected("at most %,d characters (TEXT_CHARS_MAX)".formatted(TEXT_CHARS_MAX));
    }
    while (at < text.length()) {
      part();
    }
    return new SecurityDescriptor(control, 0, owner, group, sacl, dacl);
  }

  private void part() throws MalformedSddlException {
    if (owner == null && skip("O:")) {
      owner = sid();
    } else if (group == null && skip("G:")) {
      group = sid();
    } else if ((control & SecurityDescriptor.DACL_PRESENT) == 0 && skip("D:")) {
      control |= SecurityDescriptor.DACL_PRESENT;
      dacl = acl(SddlWords.DACL_FLAGS);
    } else if ((control & SecurityDescriptor.SACL_PRESENT) == 0 && skip("S:")) {
      control |= SecurityDescriptor.SACL_PRESENT;
      sacl = acl(SddlWords.SACL_FLAGS);
    } else {
      throw expected("O:, G:, D: or S:, each once");
    }
  }

  private @Nullable Acl acl(List<SddlWords.Word> flags) throws MalformedSddlException {
    SddlWords.Word flag = flag(flags);
    while (flag != null) {
      control |= flag.bits();
      flag = flag(flags);
    }
    if (skip(SddlWords.NULL_ACL)) {
      return null;
    }
    int start = at;
    var aces = new ArrayList<Ace>();
    while (skip("(")) {
      aces.add(ace());
    }
    try {
      return Acl.of(aces);
    } catch (IllegalArgumentException e) {
      at = start;
      throw expected("a list that fits; " + e.getMessage());
    }
  }

  private Ace ace() throws MalformedSddlException {
    int typeAt = at;
    String type = field("a type of entry");
    if (type.startsWith("0X")) {
      return opaque(typeAt, type.substring(2));
    }
    Ace.Kind kind = SddlWords.kindOf(type);
    if (kind == null) {
      throw expectedAt(typeAt, "A, D, AU or ML as the type of an entry");
    }
    int flags = flags();
    int mask = mask(kind);
    empty("no type of object, as keys have none");
    empty("no type of inheriting object, as keys have none");
    Sid sid = sid();
    close();
    return new Ace.Entry(kind, flags, mask, sid);
  }

  /** Our own form, for an entry of a type that is not understood. */
  private Ace opaque(int typeAt, String typeHex) throws MalformedSddlException {
    int type = (int) number(typeAt + 2, typeHex, 16, 8, "the number of a type of entry");
    int flags = flags();
    int bodyAt = at;
    int end = text.indexOf(')', at);
    String hex = text.substring(at, end < 0 ? text.length() : end);
    try {
      byte[] body = HexFormat.of().parseHex(hex);
      at += hex.length();
      close();
      return Ace.Opaque.of(type, flags, body);
    } catch (IllegalArgumentException e) {
      throw expectedAt(
          bodyAt, "the bytes of an entry of unknown type, in hex (%s)".formatted(e.getMessage()));
    }
  }

  private int flags() throws MalformedSddlException {
    int flags = 0;
    while (!skip(";")) {
      SddlWords.Word flag = flag(SddlWords.ACE_FLAGS);
      if (flag == null) {
        throw expected("a flag of an entry (OI CI NP IO ID CR SA FA) or ;");
      }
      flags |= flag.bits();
    }
    return flags;
  }

  private int mask(Ace.Kind kind) throws MalformedSddlException {
    if (at < text.length() && isDigit(text.charAt(at), 10)) {
      int start = at;
      String number = field("rights");
      boolean hex = number.startsWith("0X");
      return (int)
          number(
              hex ? start + 2 : start,
              hex ? number.substring(2) : number,
              hex ? 16 : 10,
              MASK_BITS,
              "rights as a number of 32 bits");
    }
    Map<String, Integer> rights = SddlWords.rightsOf(kind);
    int mask = 0;
    while (!skip(";")) {
      Integer bits = at + 2 <= text.length() ? rights.get(upper.substring(at, at + 2)) : null;
      if (bits == null) {
        throw expected(
            kind == Ace.Kind.MANDATORY_LABEL
                ? "NW, NR, NX, a number, or ;"
                : "rights (such as KA KR KW KX GA GR GW GX SD RC WD WO), a number, or ;");
      }
      mask |= bits;
      at += 2;
    }
    return mask;
  }

  private Sid sid() throws MalformedSddlException {
    Matcher matcher = Sid.WRITTEN.matcher(text).region(at, text.length());
    if (matcher.lookingAt()) {
      try {
        Sid sid = Sid.parsed(matcher);
        at = matcher.end();
        return sid;
      } catch (IllegalArgumentException e) {
        throw expected("a SID (%s)".formatted(e.getMessage()));
      }
    }
    String alias = upper.substring(at, Math.min(text.length(), at + 2));
    Sid sid = SddlWords.sidOf(alias);
    if (sid == null) {
      throw expected(
          SddlWords.DOMAIN_ALIASES.contains(alias)
              ? "a SID that does not depend on a Windows domain, as there is none"
              : "a SID or its alias, such as S-1-22-1-1000, WD or BA");
    }
    at += 2;
    return sid;
  }

  /** What is before the next semicolon, in upper case; goes on after that. */
  private String field(String what) throws MalformedSddlException {
    int end = text.indexOf(';', at);
    if (end < 0) {
      throw expected(what + " and ;");
    }
    String field = upper.substring(at, end);
    at = end + 1;
    return field;
  }

  private void empty(String what) throws MalformedSddlException {
    if (!skip(";")) {
      throw expected(what + ": ;");
    }
  }

  private void close() throws MalformedSddlException {
    if (!skip(")")) {
      throw expected(")");
    }
  }

  private SddlWords.@Nullable Word flag(List<SddlWords.Word> flags) {
    for (SddlWords.Word flag : flags) {
      if (skip(flag.text())) {
        return flag;
      }
    }
    return null;
  }

  private boolean skip(String word) {
    boolean found = upper.startsWith(word, at);
    if (found) {
      at += word.length();
    }
    return found;
  }

  private long number(int start, String digits, int radix, int bits, String what)
      throws MalformedSddlException {
    boolean isNumber =
        !digits.isEmpty()
            && digits.length() <= NUMBER_CHARS_MAX
            && digits.chars().allMatch(unit -> isDigit((char) unit, radix));
    long number = isNumber ? Long.parseLong(digits, radix) : Long.MAX_VALUE;
    if (number >= 1L << bits) {
      throw expectedAt(start, what);
    }
    return number;
  }

  /** Only those of ASCII: others look like digits, too. */
  private static boolean isDigit(char unit, int radix) {
    return unit < 0x80 && Character.digit(unit, radix) >= 0;
  }

  private MalformedSddlException expected(String what) {
    return expectedAt(at, what);
  }

  private MalformedSddlException expectedAt(int index, String what) {
    return new MalformedSddlException(text, index, what);
  }
}
