package dev.holdfast.registry.security;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The words of SDDL and what they stand for (MS-DTYP 2.5.1.1, and Sddl.h where it has more). */
final class SddlWords {
  /** Some bits, and how they are written. */
  record Word(String text, int bits) {}

  static final String NULL_ACL = "NO_ACCESS_CONTROL";

  static final List<Word> DACL_FLAGS =
      List.of(
          new Word("P", SecurityDescriptor.DACL_PROTECTED),
          new Word("AR", SecurityDescriptor.DACL_AUTO_INHERIT_REQUESTED),
          new Word("AI", SecurityDescriptor.DACL_AUTO_INHERITED));

  static final List<Word> SACL_FLAGS =
      List.of(
          new Word("P", SecurityDescriptor.SACL_PROTECTED),
          new Word("AR", SecurityDescriptor.SACL_AUTO_INHERIT_REQUESTED),
          new Word("AI", SecurityDescriptor.SACL_AUTO_INHERITED));

  /** All eight bits have a name, so each set of flags can be written. */
  static final List<Word> ACE_FLAGS =
      List.of(
          new Word("OI", Ace.OBJECT_INHERIT),
          new Word("CI", Ace.CONTAINER_INHERIT),
          new Word("NP", Ace.NO_PROPAGATE_INHERIT),
          new Word("IO", Ace.INHERIT_ONLY),
          new Word("ID", Ace.INHERITED),
          new Word("CR", 0x20),
          new Word("SA", 0x40),
          new Word("FA", 0x80));

  /** Masks that are written as one word. KX is the same as KR and is only read. */
  static final List<Word> WHOLE_RIGHTS =
      List.of(
          new Word("KA", KeyAccess.KEY_ALL_ACCESS.mask()),
          new Word("KR", KeyAccess.KEY_READ.mask()),
          new Word("KW", KeyAccess.KEY_WRITE.mask()));

  static final List<Word> STANDARD_RIGHTS =
      List.of(
          new Word("GA", KeyAccess.GENERIC_ALL.mask()),
          new Word("GR", KeyAccess.GENERIC_READ.mask()),
          new Word("GW", KeyAccess.GENERIC_WRITE.mask()),
          new Word("GX", KeyAccess.GENERIC_EXECUTE.mask()),
          new Word("SD", KeyAccess.DELETE.mask()),
          new Word("RC", KeyAccess.READ_CONTROL.mask()),
          new Word("WD", KeyAccess.WRITE_DAC.mask()),
          new Word("WO", KeyAccess.WRITE_OWNER.mask()));

  /** What integrity levels below may not do: write, read, execute. */
  static final List<Word> LABEL_RIGHTS =
      List.of(new Word("NW", 0x1), new Word("NR", 0x2), new Word("NX", 0x4));

  /** Only read: words for directory objects and files, with which Windows also writes keys. */
  private static final List<Word> FOREIGN_RIGHTS =
      List.of(
          new Word("KX", KeyAccess.KEY_EXECUTE.mask()),
          new Word("CC", 0x1),
          new Word("DC", 0x2),
          new Word("LC", 0x4),
          new Word("SW", 0x8),
          new Word("RP", 0x10),
          new Word("WP", 0x20),
          new Word("DT", 0x40),
          new Word("LO", 0x80),
          new Word("CR", 0x100),
          new Word("FA", 0x1F01FF),
          new Word("FR", 0x120089),
          new Word("FW", 0x120116),
          new Word("FX", 0x1200A0));

  private static final Map<String, Ace.Kind> TYPES =
      Map.of(
          "A", Ace.Kind.ALLOW,
          "D", Ace.Kind.DENY,
          "AU", Ace.Kind.AUDIT,
          "ML", Ace.Kind.MANDATORY_LABEL);

  private static final Map<String, Sid> ALIASES =
      Map.ofEntries(
          Map.entry("WD", Sid.EVERYONE),
          Map.entry("CO", Sid.CREATOR_OWNER),
          Map.entry("CG", Sid.CREATOR_GROUP),
          Map.entry("OW", Sid.OWNER_RIGHTS),
          Map.entry("NU", Sid.of(5, 2)),
          Map.entry("IU", Sid.of(5, 4)),
          Map.entry("SU", Sid.of(5, 6)),
          Map.entry("AN", Sid.ANONYMOUS),
          Map.entry("ED", Sid.of(5, 9)),
          Map.entry("PS", Sid.of(5, 10)),
          Map.entry("AU", Sid.AUTHENTICATED_USERS),
          Map.entry("RC", Sid.of(5, 12)),
          Map.entry("WR", Sid.of(5, 33)),
          Map.entry("SY", Sid.LOCAL_SYSTEM),
          Map.entry("LS", Sid.of(5, 19)),
          Map.entry("NS", Sid.of(5, 20)),
          Map.entry("BA", Sid.BUILTIN_ADMINISTRATORS),
          Map.entry("BU", Sid.BUILTIN_USERS),
          Map.entry("BG", Sid.of(5, 32, 546)),
          Map.entry("PU", Sid.of(5, 32, 547)),
          Map.entry("AO", Sid.of(5, 32, 548)),
          Map.entry("SO", Sid.of(5, 32, 549)),
          Map.entry("PO", Sid.of(5, 32, 550)),
          Map.entry("BO", Sid.of(5, 32, 551)),
          Map.entry("RE", Sid.of(5, 32, 552)),
          Map.entry("RU", Sid.of(5, 32, 554)),
          Map.entry("RD", Sid.of(5, 32, 555)),
          Map.entry("NO", Sid.of(5, 32, 556)),
          Map.entry("MU", Sid.of(5, 32, 558)),
          Map.entry("LU", Sid.of(5, 32, 559)),
          Map.entry("IS", Sid.of(5, 32, 568)),
          Map.entry("CY", Sid.of(5, 32, 569)),
          Map.entry("ER", Sid.of(5, 32, 573)),
          Map.entry("CD", Sid.of(5, 32, 574)),
          Map.entry("RA", Sid.of(5, 32, 575)),
          Map.entry("ES", Sid.of(5, 32, 576)),
          Map.entry("MS", Sid.of(5, 32, 577)),
          Map.entry("HA", Sid.of(5, 32, 578)),
          Map.entry("AA", Sid.of(5, 32, 579)),
          Map.entry("RM", Sid.of(5, 32, 580)),
          Map.entry("AC", Sid.of(15, 2, 1)),
          Map.entry("LW", Sid.of(16, 4096)),
          Map.entry("ME", Sid.of(16, 8192)),
          Map.entry("MP", Sid.of(16, 8448)),
          Map.entry("HI", Sid.of(16, 12_288)),
          Map.entry("SI", Sid.of(16, 16_384)));

  /** They stand for accounts of the domain, or of the machine, at which Windows happens to be. */
  static final Set<String> DOMAIN_ALIASES =
      Set.of(
          "DA", "DG", "DU", "DD", "DC", "LA", "LG", "EA", "SA", "CA", "PA", "RS", "RO", "CN", "AP",
          "UD");

  private static final Map<String, Integer> KEY_RIGHTS =
      bitsByText(WHOLE_RIGHTS, STANDARD_RIGHTS, FOREIGN_RIGHTS);
  private static final Map<String, Integer> LABEL_RIGHTS_BY_TEXT = bitsByText(LABEL_RIGHTS);
  private static final Map<Sid, String> ALIAS_OF = new HashMap<>();

  static {
    ALIASES.forEach((alias, sid) -> ALIAS_OF.put(sid, alias));
  }

  private SddlWords() {}

  static @Nullable Sid sidOf(String alias) {
    return ALIASES.get(alias);
  }

  static @Nullable String aliasOf(Sid sid) {
    return ALIAS_OF.get(sid);
  }

  static Ace.@Nullable Kind kindOf(String type) {
    return TYPES.get(type);
  }

  static String typeOf(Ace.Kind kind) {
    return switch (kind) {
      case ALLOW -> "A";
      case DENY -> "D";
      case AUDIT -> "AU";
      case MANDATORY_LABEL -> "ML";
    };
  }

  /** The bits of each word for rights that an entry of that kind can have. */
  static Map<String, Integer> rightsOf(Ace.Kind kind) {
    return kind == Ace.Kind.MANDATORY_LABEL ? LABEL_RIGHTS_BY_TEXT : KEY_RIGHTS;
  }

  @SafeVarargs
  private static Map<String, Integer> bitsByText(List<Word>... lists) {
    var bits = new HashMap<String, Integer>();
    for (List<Word> list : lists) {
      list.forEach(word -> bits.put(word.text(), word.bits()));
    }
    return Map.copyOf(bits);
  }
}
