package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * As whom this process touches files.
 *
 * @param user for the file system
 * @param groups all that it is in
 * @param capabilities the effective ones, a bit each
 */
record Credentials(long user, Set<Long> groups, long capabilities) {
  private static final int CAP_CHOWN = 0;
  private static final int CAP_FOWNER = 3;

  static Credentials own(Path proc) throws IOException {
    long user = 0;
    long capabilities = 0;
    var groups = new HashSet<Long>();
    Path status = proc.resolve("self/status");
    for (String line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
      List<String> words = Arrays.asList(line.trim().split("\\s+"));
      switch (words.getFirst()) {
        // Real, effective, saved, and that for the file system.
        case "Uid:" -> user = Long.parseLong(words.getLast());
        case "Gid:" -> groups.add(Long.parseLong(words.getLast()));
        case "Groups:" -> words.stream().skip(1).map(Long::valueOf).forEach(groups::add);
        case "CapEff:" -> capabilities = Long.parseUnsignedLong(words.getLast(), 16);
        default -> {}
      }
    }
    return new Credentials(user, Set.copyOf(groups), capabilities);
  }

  /** Whether a file that this process made may be given this owner and group. */
  boolean mayGiveTo(long owner, long group) {
    return has(CAP_CHOWN) || (owner == user && groups.contains(group));
  }

  /** Whether a file may be renamed in a sticky directory. */
  boolean mayRenameOf(long owner, long directoryOwner) {
    return has(CAP_FOWNER) || owner == user || directoryOwner == user;
  }

  private boolean has(int capability) {
    return (capabilities >>> capability & 1) != 0;
  }
}
