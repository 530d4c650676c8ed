package dev.holdfast.service.archive;

import dev.holdfast.service.archive.ArchiveRefusedException.Reason;
import java.util.Locale;

/** The rules for names of entries in an archive. */
final class EntryName {
  private EntryName() {}

  /**
   * Refuses a name that could mean something else than a file or folder below the archive's root.
   */
  static void require(String name) throws ArchiveRefusedException {
    if (name.length() > ArchiveLimits.NAME_CHARS_MAX) {
      throw bad(name.substring(0, 64) + "…", "is too long");
    }
    if (name.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw bad(name.replaceAll("\\p{Cntrl}", "?"), "holds a control character");
    }
    if (name.indexOf('\\') >= 0 || name.indexOf(':') >= 0) {
      throw bad(name, "holds a backslash or a colon, which some read as a path of their own");
    }
    String path = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    for (String step : path.split("/", -1)) {
      if (step.isEmpty() || step.equals(".") || step.equals("..")) {
        throw bad(name, "leads out of the archive, or nowhere");
      }
    }
  }

  /** Refuses what a plugin's class loader would load from where nobody looked. */
  static void requirePlace(String name) throws ArchiveRefusedException {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("classes/") || lower.endsWith(".class")) {
      throw misplaced(name, "classes belong into a jar in lib/");
    }
    boolean directlyInLib = name.startsWith("lib/") && name.indexOf('/', 4) < 0;
    if (lower.endsWith(".jar") && !(directlyInLib && name.endsWith(".jar"))) {
      throw misplaced(name, "jars belong directly into lib/, with a name that ends in .jar");
    }
    if (name.startsWith(".")) {
      throw misplaced(name, "names at the top that begin with a dot are the host's");
    }
  }

  private static ArchiveRefusedException bad(String name, String why) {
    return new ArchiveRefusedException(
        Reason.BAD_ENTRY_NAME, "The archive has an entry '" + name + "', whose name " + why + ".");
  }

  private static ArchiveRefusedException misplaced(String name, String why) {
    return new ArchiveRefusedException(
        Reason.MISPLACED_ENTRY, "The archive has an entry '" + name + "': " + why + ".");
  }
}
