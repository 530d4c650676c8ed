package dev.holdfast.registry.security;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The descriptor that a new key gets. Pure.
 *
 * <p>The rules are those of MS-DTYP 2.5.3.4 for a container, merging as with DACL_AUTO_INHERIT and
 * SACL_AUTO_INHERIT, as keys of Windows have been since it shows which entries were inherited:
 *
 * <ul>
 *   <li>What was given explicitly comes first and in its own order, what is inherited after it;
 *       with denials first in what was given, that is the canonical order. Entries in what was
 *       given that say they were inherited are left out.
 *   <li>An entry of the parent is inherited if subkeys are to; one that is not to be propagated
 *       then ends there; one only for objects that contain nothing is passed on without effect.
 *   <li>{@link Sid#CREATOR_OWNER} and {@link Sid#CREATOR_GROUP} become owner and group of the new
 *       key, and generic rights become those of keys. If the entry is to be inherited further, it
 *       is kept beside that as it was, only to be inherited.
 *   <li>A protected list inherits nothing.
 * </ul>
 *
 * <p>When nothing is given and nothing inherited, the owner and the cluster service may do
 * everything, as with the default list of a Windows token, which names the user and Local System.
 */
public final class Inheritance {
  private static final SecurityDescriptor NOTHING =
      new SecurityDescriptor(0, 0, null, null, null, null);

  private Inheritance() {}

  /**
   * The descriptor of a key that this caller creates; owner and group are the caller's unless
   * given. Whether it may give them away (in Windows only to its own groups, unless it may restore)
   * is for whoever calls to ask.
   *
   * <p>After the parent's descriptor has changed, the same function gives the child's new one: its
   * own descriptor is then what is given.
   *
   * @param parent the descriptor of the key right above
   * @param given what the caller wants the key to have; null for only what is inherited
   * @throws IllegalArgumentException if given and inherited entries together are more than {@link
   *     Acl#ACL_BYTES_MAX}
   */
  public static SecurityDescriptor ofSubkey(
      SecurityDescriptor parent, @Nullable SecurityDescriptor given, Token creator) {
    SecurityDescriptor wanted = given == null ? NOTHING : given;
    Sid wantedOwner = wanted.owner();
    Sid wantedGroup = wanted.group();
    Sid owner = wantedOwner == null ? creator.user() : wantedOwner;
    Sid group = wantedGroup == null ? creator.primaryGroup() : wantedGroup;
    var discretionary =
        new ListOfNewKey(
            parent.dacl(),
            wanted.dacl(),
            wanted.has(SecurityDescriptor.DACL_PRESENT),
            wanted.has(SecurityDescriptor.DACL_PROTECTED),
            owner,
            group);
    var system =
        new ListOfNewKey(
            parent.sacl(),
            wanted.sacl(),
            wanted.has(SecurityDescriptor.SACL_PRESENT),
            wanted.has(SecurityDescriptor.SACL_PROTECTED),
            owner,
            group);
    Acl dacl = discretionary.compute();
    if (dacl == null && !discretionary.isGivenAsNull()) {
      dacl =
          Acl.of(
              Ace.Entry.allow(0, KeyAccess.KEY_ALL_ACCESS, owner),
              Ace.Entry.allow(0, KeyAccess.KEY_ALL_ACCESS, Sid.CLUSTER_SERVICE));
    }
    Acl sacl = system.compute();
    int control =
        SecurityDescriptor.DACL_PRESENT
            | (discretionary.isProtected()
                ? SecurityDescriptor.DACL_PROTECTED
                : SecurityDescriptor.DACL_AUTO_INHERITED);
    if (system.isProtected()) {
      control |= SecurityDescriptor.SACL_PROTECTED;
    }
    if (sacl != null || system.isGivenAsNull()) {
      control |= SecurityDescriptor.SACL_PRESENT;
      control |= system.isProtected() ? 0 : SecurityDescriptor.SACL_AUTO_INHERITED;
    }
    return new SecurityDescriptor(control, wanted.resourceManager(), owner, group, sacl, dacl);
  }

  /** One of the two lists of a new key, of what its parent has and what was given. */
  private record ListOfNewKey(
      @Nullable Acl parent,
      @Nullable Acl given,
      boolean isGiven,
      boolean isProtected,
      Sid owner,
      Sid group) {
    boolean isGivenAsNull() {
      return isGiven && given == null;
    }

    /** Null when nothing was given and nothing is inherited, or null was given. */
    @Nullable Acl compute() {
      if (isGivenAsNull()) {
        return null;
      }
      var aces = new ArrayList<Ace>();
      if (given != null) {
        given.aces().stream().filter(ace -> !ace.has(Ace.INHERITED)).forEach(ace -> add(aces, ace));
      }
      if (parent != null && !isProtected) {
        parent.aces().forEach(ace -> inherit(aces, ace));
      }
      return aces.isEmpty() && !isGiven ? null : Acl.of(aces);
    }

    private void inherit(List<Ace> aces, Ace ace) {
      int kept = (ace.flags() & ~Ace.INHERITANCE) | Ace.INHERITED;
      if (ace.has(Ace.CONTAINER_INHERIT)) {
        int further = ace.flags() & (Ace.CONTAINER_INHERIT | Ace.OBJECT_INHERIT);
        add(aces, ace.withFlags(ace.has(Ace.NO_PROPAGATE_INHERIT) ? kept : kept | further));
      } else if (ace.has(Ace.OBJECT_INHERIT) && !ace.has(Ace.NO_PROPAGATE_INHERIT)) {
        add(aces, ace.withFlags(kept | Ace.OBJECT_INHERIT | Ace.INHERIT_ONLY));
      }
    }

    /** Adds it, and before it what it means for this key when it means something else below. */
    private void add(List<Ace> aces, Ace ace) {
      if (!(ace instanceof Ace.Entry entry) || entry.has(Ace.INHERIT_ONLY)) {
        aces.add(ace);
        return;
      }
      var here = new Ace.Entry(entry.kind(), entry.flags(), mapped(entry), named(entry.sid()));
      if (here.equals(entry)) {
        aces.add(entry);
        return;
      }
      aces.add(here.withFlags(entry.flags() & ~Ace.INHERITANCE));
      if (entry.has(Ace.CONTAINER_INHERIT | Ace.OBJECT_INHERIT)) {
        aces.add(entry.withFlags(entry.flags() | Ace.INHERIT_ONLY));
      }
    }

    private static int mapped(Ace.Entry entry) {
      return new KeyAccess(entry.mask()).mapped().mask();
    }

    private Sid named(Sid sid) {
      if (sid.equals(Sid.CREATOR_OWNER)) {
        return owner;
      }
      return sid.equals(Sid.CREATOR_GROUP) ? group : sid;
    }
  }
}
