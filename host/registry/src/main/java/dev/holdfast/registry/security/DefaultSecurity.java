package dev.holdfast.registry.security;

/** What the top keys of a node's own hives begin with. */
public final class DefaultSecurity {
  private DefaultSecurity() {}

  /**
   * For the root of {@code HKLM\Software} and of {@code HKLM\System}, by who owns the home. The
   * reason, part by part:
   *
   * <ul>
   *   <li>{@code P}: nothing is above a hive.
   *   <li>The home's owner may do everything: it could write the hive's files anyway.
   *   <li>The cluster service may do everything by an entry of its own, so that an administrator
   *       can take it away from a key, and can see that somebody did (Q192493).
   *   <li>Everyone reads, as on Windows, where applications find their settings whoever runs them.
   *       A key with a secret gets a list of its own.
   *   <li>Whoever is allowed to create a key below owns it and may do everything with it, as on
   *       Windows.
   *   <li>No entry for Builtin Administrators or Local System: nobody here is either, and an entry
   *       that never applies misleads.
   * </ul>
   */
  public static SecurityDescriptor ofTopKey(long homeOwnerUid, long homeOwnerGid) {
    String text =
        "O:%1$sG:%2$sD:P(A;CI;KA;;;%1$s)(A;CI;KA;;;%3$s)(A;CI;KR;;;WD)(A;CIIO;KA;;;CO)"
            .formatted(Sid.ofUser(homeOwnerUid), Sid.ofGroup(homeOwnerGid), Sid.CLUSTER_SERVICE);
    try {
      return Sddl.parse(text);
    } catch (MalformedSddlException e) {
      throw new IllegalStateException("our own default does not parse: " + text, e);
    }
  }
}
