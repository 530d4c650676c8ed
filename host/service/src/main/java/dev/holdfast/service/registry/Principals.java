package dev.holdfast.service.registry;

import dev.holdfast.registry.security.Sid;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.posix.Accounts;
import dev.holdfast.service.posix.PosixException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Names for SIDs, and SIDs for names: users and groups of this machine, the cluster service, and
 * those that everybody knows. A look-up may ask a directory service, and then it blocks.
 */
final class Principals {
  private static final String GROUP = "group:";
  private static final String USER = "user:";
  private static final int UNIX_AUTHORITY = 22;
  private static final long UNIX_USER = 1;
  private static final long UNIX_GROUP = 2;

  private static final Map<Sid, String> WELL_KNOWN =
      Map.of(
          Sid.EVERYONE, "Everyone",
          Sid.AUTHENTICATED_USERS, "Authenticated Users",
          Sid.CREATOR_OWNER, "CREATOR OWNER",
          Sid.CREATOR_GROUP, "CREATOR GROUP",
          Sid.OWNER_RIGHTS, "OWNER RIGHTS",
          Sid.CLUSTER_SERVICE, "cluster-service",
          Sid.LOCAL_SYSTEM, "SYSTEM",
          Sid.BUILTIN_ADMINISTRATORS, "Administrators",
          Sid.BUILTIN_USERS, "Users",
          Sid.ANONYMOUS, "ANONYMOUS LOGON");

  private Principals() {}

  /** Its name where there is one, else the SID. */
  static String name(@Nullable Sid sid) {
    if (sid == null) {
      return "-";
    }
    String known = WELL_KNOWN.get(sid);
    if (known != null) {
      return known;
    }
    List<Long> numbers = sid.subAuthorities();
    if (sid.authority() != UNIX_AUTHORITY || numbers.size() != 2) {
      return sid.toString();
    }
    long number = numbers.getLast();
    try {
      if (numbers.getFirst() == UNIX_USER) {
        return Accounts.userName(number).orElse(USER + number);
      }
      return numbers.getFirst() == UNIX_GROUP
          ? GROUP + Accounts.groupName(number).orElse(Long.toString(number))
          : sid.toString();
    } catch (PosixException e) {
      return sid.toString(); // Its number says as much.
    }
  }

  /** The principal that is written so. */
  static Sid find(String text) {
    Optional<Sid> known =
        WELL_KNOWN.entrySet().stream()
            .filter(each -> each.getValue().equalsIgnoreCase(text))
            .map(Map.Entry::getKey)
            .findFirst();
    try {
      return known.or(() -> parsed(text)).orElseGet(() -> account(text));
    } catch (IllegalArgumentException e) {
      throw new ApiException.Usage("BadPrincipal", Sentence.of(e));
    }
  }

  private static Optional<Sid> parsed(String text) {
    return text.regionMatches(true, 0, "S-1-", 0, 4)
        ? Optional.of(Sid.parse(text))
        : Optional.empty();
  }

  private static Sid account(String text) {
    String small = text.toLowerCase(Locale.ROOT);
    try {
      if (small.startsWith(GROUP)) {
        String name = text.substring(GROUP.length());
        OptionalLong group = number(name).isPresent() ? number(name) : Accounts.findGroup(name);
        return Sid.ofGroup(group.orElseThrow(() -> unknown("group", name)));
      }
      String name = small.startsWith(USER) ? text.substring(USER.length()) : text;
      return number(name).isPresent()
          ? Sid.ofUser(number(name).getAsLong())
          : Accounts.find(name)
              .map(account -> Sid.ofUser(Integer.toUnsignedLong(account.user())))
              .orElseThrow(() -> unknown("user", name));
    } catch (PosixException e) {
      throw new ApiException.Failed(
          "AccountsUnreadable",
          null,
          "\"%s\" could not be looked up: %s.".formatted(text, e.getMessage()),
          e);
    }
  }

  private static OptionalLong number(String text) {
    return text.matches("[0-9]{1,10}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  private static ApiException unknown(String kind, String name) {
    return new ApiException.NotFound(
        "PrincipalNotFound",
        name,
        "There is no %s \"%s\" here; a principal is a user, group:NAME, cluster-service, Everyone, CREATOR OWNER, or a SID."
            .formatted(kind, name));
  }
}
