package dev.holdfast.registry.security;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Security descriptors as text, in the security descriptor definition language of MS-DTYP 2.5.1:
 * {@code O:BAG:SYD:PAI(A;CI;KR;;;BU)(A;CI;KA;;;BA)}. Pure.
 *
 * <p>What it writes Windows reads, with one exception: an entry of a type that is not understood is
 * written {@code (0x<type>;<flags>;<hex>)}, with its bytes after the header, as nothing should be
 * hidden. Rights that have no abbreviation for keys are written in hex, and not with those that
 * mean something only for directory objects, which Windows then uses. A list that is null is {@code
 * NO_ACCESS_CONTROL}; an empty one has no entries.
 *
 * <p>It has no word for these, which are left out when written: flags of a list that is not there,
 * the flags that say that a part is a default, the resource manager's byte, and a list's revision,
 * which when read is the lowest that will do.
 */
public final class Sddl {
  private Sddl() {}

  /**
   * The descriptor that is written so. Parts may come in any order, each once, upper or lower case;
   * nothing between them. Aliases of accounts of a Windows domain are refused, as there is none.
   *
   * @throws MalformedSddlException if none is
   */
  public static SecurityDescriptor parse(String text) throws MalformedSddlException {
    return new SddlParser(text).parse();
  }

  public static String format(SecurityDescriptor descriptor) {
    var text = new StringBuilder();
    if (descriptor.owner() != null) {
      text.append("O:").append(format(descriptor.owner()));
    }
    if (descriptor.group() != null) {
      text.append("G:").append(format(descriptor.group()));
    }
    if (descriptor.has(SecurityDescriptor.DACL_PRESENT)) {
      append(text, "D:", descriptor.control(), SddlWords.DACL_FLAGS, descriptor.dacl());
    }
    if (descriptor.has(SecurityDescriptor.SACL_PRESENT)) {
      append(text, "S:", descriptor.control(), SddlWords.SACL_FLAGS, descriptor.sacl());
    }
    return text.toString();
  }

  private static void append(
      StringBuilder text,
      String start,
      int control,
      List<SddlWords.Word> flags,
      @Nullable Acl acl) {
    text.append(start).append(words(control, flags));
    if (acl == null) {
      text.append(SddlWords.NULL_ACL);
    } else {
      acl.aces().forEach(ace -> text.append(format(ace)));
    }
  }

  /** One entry, with its parentheses. */
  public static String format(Ace ace) {
    String flags = words(ace.flags(), SddlWords.ACE_FLAGS);
    return switch (ace) {
      case Ace.Entry entry ->
          "(%s;%s;%s;;;%s)"
              .formatted(SddlWords.typeOf(entry.kind()), flags, rights(entry), format(entry.sid()));
      case Ace.Opaque opaque ->
          "(0x%x;%s;%s)".formatted(ace.type(), flags, HexFormat.of().formatHex(opaque.body()));
    };
  }

  private static String format(Sid sid) {
    String alias = SddlWords.aliasOf(sid);
    return alias == null ? sid.toString() : alias;
  }

  private static String rights(Ace.Entry entry) {
    int mask = entry.mask();
    if (entry.kind() == Ace.Kind.MANDATORY_LABEL) {
      return composed(mask, SddlWords.LABEL_RIGHTS);
    }
    for (SddlWords.Word word : SddlWords.WHOLE_RIGHTS) {
      if (word.bits() == mask) {
        return word.text();
      }
    }
    return composed(mask, SddlWords.STANDARD_RIGHTS);
  }

  /** The words, if they say all of it. */
  private static String composed(int mask, List<SddlWords.Word> words) {
    int said = 0;
    for (SddlWords.Word word : words) {
      said |= word.bits();
    }
    return mask == 0 || (mask & ~said) != 0 ? "0x%x".formatted(mask) : words(mask, words);
  }

  private static String words(int bits, List<SddlWords.Word> words) {
    var said = new ArrayList<String>();
    for (SddlWords.Word word : words) {
      if ((bits & word.bits()) != 0) {
        said.add(word.text());
      }
    }
    return String.join("", said);
  }
}
