package dev.holdfast.registry.security;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a caller may do what it asks to, by the key's descriptor. Pure.
 *
 * <p>The rules are those of MS-DTYP 2.5.3.2. Entries are read in their order, those that are only
 * to be inherited are left out, and for each right the first entry that speaks of it and of the
 * caller decides. Before all entries the owner has {@link KeyAccess#READ_CONTROL} and {@link
 * KeyAccess#WRITE_DAC}, unless an entry for {@link Sid#OWNER_RIGHTS} says otherwise. Without a list
 * everything is granted; with an empty one nothing but what the owner has.
 *
 * <p>There is no way around: no user, no group and no uid 0 is asked about by name. Where we differ
 * from MS-DTYP: there are no privileges, so nobody gets {@link KeyAccess#ACCESS_SYSTEM_SECURITY};
 * and an entry of a type that is not understood grants nothing, but if its type denies then it
 * denies its rights to everybody, as whom it means is not known.
 */
public final class AccessCheck {
  private static final KeyAccess OWNERS = KeyAccess.READ_CONTROL.with(KeyAccess.WRITE_DAC);

  /** They choose the view in which a key is opened (KEY_WOW64_64KEY and KEY_WOW64_32KEY). */
  private static final KeyAccess VIEW_FLAGS = new KeyAccess(0x0300);

  private final SecurityDescriptor descriptor;
  private final Token token;
  private final KeyAccess asked;
  private final boolean maximum;
  private final List<Access.Refusal> refusals = new ArrayList<>();
  private KeyAccess granted = KeyAccess.NONE;
  private KeyAccess undecided;

  private AccessCheck(SecurityDescriptor descriptor, Token token, KeyAccess desired) {
    this.descriptor = descriptor;
    this.token = token;
    this.maximum = desired.contains(KeyAccess.MAXIMUM_ALLOWED);
    this.asked = desired.without(KeyAccess.MAXIMUM_ALLOWED).without(VIEW_FLAGS).mapped();
    this.undecided = maximum ? asked.with(KeyAccess.KEY_ALL_ACCESS) : asked;
  }

  /**
   * What the caller gets: all that it asked for, or nothing. With {@link KeyAccess#MAXIMUM_ALLOWED}
   * all that it can be given, if what it asked for beside that is in it. To ask for nothing is
   * denied, as in Windows.
   */
  public static Access check(SecurityDescriptor descriptor, Token token, KeyAccess desired) {
    return new AccessCheck(descriptor, token, desired).decide();
  }

  private Access decide() {
    KeyAccess system = undecided.and(KeyAccess.ACCESS_SYSTEM_SECURITY);
    undecided = undecided.without(system);
    Acl dacl = descriptor.dacl();
    if (dacl == null) {
      grant(undecided);
    } else {
      if (isOwner() && !speaksOfTheOwner(dacl)) {
        grant(OWNERS);
      }
      for (int i = 0; i < dacl.aces().size(); i++) {
        apply(i + 1, dacl.aces().get(i));
      }
    }
    if (granted.contains(asked) && !granted.isEmpty()) {
      return new Access.Granted(granted);
    }
    return denied();
  }

  private void apply(int place, Ace ace) {
    if (ace.has(Ace.INHERIT_ONLY)) {
      return;
    }
    switch (ace) {
      case Ace.Entry(Ace.Kind kind, int _, int mask, Sid sid) -> {
        if (isMeant(sid)) {
          switch (kind) {
            case ALLOW -> grant(new KeyAccess(mask).mapped());
            case DENY -> deny(place, ace, new KeyAccess(mask).mapped());
            case AUDIT, MANDATORY_LABEL -> {
              // They neither grant nor deny, and belong into the other list.
            }
          }
        }
      }
      case Ace.Opaque opaque -> {
        if (opaque.isDenial()) {
          deny(place, ace, new KeyAccess(opaque.mask()).mapped());
        }
      }
    }
  }

  private void grant(KeyAccess rights) {
    granted = granted.with(rights.and(undecided));
    undecided = undecided.without(rights);
  }

  private void deny(int place, Ace ace, KeyAccess rights) {
    KeyAccess taken = rights.and(undecided);
    undecided = undecided.without(rights);
    // With MAXIMUM_ALLOWED a right that was not named is no reason for a denial.
    KeyAccess named = maximum && !asked.isEmpty() ? taken.and(asked) : taken;
    if (!named.isEmpty()) {
      refusals.add(new Access.Refusal(place, ace, named));
    }
  }

  private boolean isMeant(Sid sid) {
    return token.is(sid) || (sid.equals(Sid.OWNER_RIGHTS) && isOwner());
  }

  private boolean isOwner() {
    Sid owner = descriptor.owner();
    return owner != null && token.is(owner);
  }

  private static boolean speaksOfTheOwner(Acl dacl) {
    return dacl.aces().stream()
        .anyMatch(
            ace ->
                ace instanceof Ace.Entry entry
                    && entry.sid().equals(Sid.OWNER_RIGHTS)
                    && !entry.has(Ace.INHERIT_ONLY));
  }

  private Access.Denied denied() {
    KeyAccess missing = asked.without(granted);
    KeyAccess refused = KeyAccess.NONE;
    for (Access.Refusal refusal : refusals) {
      refused = refused.with(refusal.rights());
    }
    return new Access.Denied(
        token.user(),
        maximum ? asked.with(KeyAccess.MAXIMUM_ALLOWED) : asked,
        refusals,
        missing.without(refused),
        note(missing));
  }

  private String note(KeyAccess missing) {
    if (missing.contains(KeyAccess.ACCESS_SYSTEM_SECURITY)) {
      return "ACCESS_SYSTEM_SECURITY takes a privilege that nobody has";
    }
    Acl dacl = descriptor.dacl();
    if (dacl != null && dacl.aces().isEmpty()) {
      return "its list of entries is empty";
    }
    if (missing.isEmpty()) {
      return maximum ? "nothing can be given" : "no right was asked for";
    }
    return "";
  }
}
