package dev.holdfast.service.registry;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.security.Access;
import dev.holdfast.registry.security.Ace;
import dev.holdfast.registry.security.Acl;
import dev.holdfast.registry.security.EffectiveSecurity;
import dev.holdfast.registry.security.Inheritance;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.registry.security.MalformedDescriptorException;
import dev.holdfast.registry.security.Sddl;
import dev.holdfast.registry.security.SecurityDescriptor;
import dev.holdfast.registry.security.Sid;
import dev.holdfast.registry.security.Token;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.RegistryCommitView;
import dev.holdfast.service.api.RegistrySecurityView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may do what with keys: shows it, and changes it. */
final class KeySecurity {
  private final KeyGuard guard;

  KeySecurity(KeyGuard guard) {
    this.guard = guard;
  }

  RegistrySecurityView show(Caller caller, Place place) {
    guard.require(caller, place, KeyAccess.READ_CONTROL);
    RegistryKey key = RegistryTree.existing(place);
    SecurityDescriptor descriptor = guard.descriptor(place);
    Acl dacl = descriptor.dacl();
    return new RegistrySecurityView(
        place.path(),
        place.resolvedPath(),
        Principals.name(descriptor.owner()),
        Principals.name(descriptor.group()),
        key.security().isPresent(),
        !descriptor.has(SecurityDescriptor.DACL_PROTECTED),
        dacl == null,
        Sddl.format(descriptor),
        dacl == null ? List.of() : dacl.aces().stream().map(KeySecurity::view).toList());
  }

  private static RegistrySecurityView.Entry view(Ace ace) {
    boolean below = ace.has(Ace.CONTAINER_INHERIT);
    boolean here = !ace.has(Ace.INHERIT_ONLY);
    boolean inherited = ace.has(Ace.INHERITED);
    return switch (ace) {
      case Ace.Entry entry ->
          new RegistrySecurityView.Entry(
              switch (entry.kind()) {
                case ALLOW -> "Allow";
                case DENY -> "Deny";
                case AUDIT -> "Audit";
                case MANDATORY_LABEL -> "Label";
              },
              Principals.name(entry.sid()),
              entry.sid().toString(),
              new KeyAccess(entry.mask()).toString(),
              inherited,
              here,
              below);
      case Ace.Opaque opaque ->
          new RegistrySecurityView.Entry(
              "Type " + opaque.type(), "-", "-", opaque.toString(), inherited, here, below);
    };
  }

  /** What a restore of the key would take that the cluster service is not granted. */
  List<String> missingRights(Place place) {
    if (place.hive().snapshot().key(place.key()).isEmpty() || isServices(place)) {
      return List.of();
    }
    List<String> granting = new ArrayList<>();
    if (!place.key().isRoot()) {
      KeyPath above = place.key().parent();
      place
          .hive()
          .snapshot()
          .key(above)
          .ifPresent(
              parent ->
                  parent
                      .subkeys()
                      .forEach(
                          sibling -> {
                            KeyPath key = above.child(sibling.name());
                            if (!key.equals(place.key())
                                && isServices(new Place(place.hive(), key, key, null))) {
                              granting.add(sibling.name());
                            }
                          }));
    }
    String siblings =
        granting.isEmpty()
            ? ""
            : ", as its siblings do (%s)"
                .formatted(String.join(", ", granting.subList(0, Math.min(3, granting.size()))));
    return List.of(
        "%s does not grant the cluster service what a restore takes%s; it will fail with AccessDenied (Q192493). Grant it: holdfast registry acl grant '%s' cluster-service KEY_ALL_ACCESS, or add the checkpoint with --grant"
            .formatted(place.path(), siblings, place.path()));
  }

  private boolean isServices(Place place) {
    return guard
        .soundDescriptor(place)
        .filter(known -> known.forService(KeySource.REPLACE) instanceof Access.Granted)
        .isPresent();
  }

  RegistryCommitView grant(
      Caller caller, Place place, Sid principal, KeyAccess rights, boolean dryRun) {
    SecurityDescriptor before = writable(caller, place);
    Acl dacl = before.dacl();
    if (dacl == null) {
      throw new ApiException.Conflict(
          "OpenToAll",
          place.path(),
          "%s has no list of entries, and so everybody may do everything already."
              .formatted(place.path()));
    }
    List<Ace> aces = new ArrayList<>();
    KeyAccess wanted = rights.mapped();
    int at = 0;
    for (Ace ace : dacl.aces()) {
      if (ace instanceof Ace.Entry entry && isGrantHereAndBelow(entry, principal)) {
        wanted = wanted.with(new KeyAccess(entry.mask()).mapped());
        continue;
      }
      aces.add(ace);
      if (ace.isDenial() && !ace.has(Ace.INHERITED)) {
        at = aces.size();
      }
    }
    // In canonical order: what denies, what allows, what is inherited.
    aces.add(at, Ace.Entry.allow(Ace.CONTAINER_INHERIT, wanted, principal));
    return commit(place, withList(before, aces, 0), List.of(), dryRun);
  }

  private static boolean isGrantHereAndBelow(Ace.Entry entry, Sid principal) {
    return entry.kind() == Ace.Kind.ALLOW
        && entry.sid().equals(principal)
        && entry.flags() == Ace.CONTAINER_INHERIT;
  }

  RegistryCommitView revoke(
      Caller caller, Place place, Sid principal, KeyAccess rights, boolean dryRun) {
    SecurityDescriptor before = writable(caller, place);
    Acl dacl = before.dacl();
    List<Ace> aces = new ArrayList<>();
    boolean found = false;
    boolean inherited = false;
    for (Ace ace : dacl == null ? List.<Ace>of() : dacl.aces()) {
      KeyAccess mask = ace instanceof Ace.Entry entry ? given(entry, principal) : KeyAccess.NONE;
      KeyAccess rest = mask.without(rights.mapped());
      if (rest.equals(mask)) {
        aces.add(ace);
        continue;
      }
      found = true;
      inherited |= ace.has(Ace.INHERITED);
      if (!rest.isEmpty()) {
        aces.add(Ace.Entry.allow(ace.flags(), rest, principal));
      }
    }
    if (!found) {
      throw new ApiException.NotFound(
          "NotGranted",
          place.path(),
          "No entry of %s gives %s any of %s; see \"holdfast registry acl show\"."
              .formatted(place.path(), Principals.name(principal), rights));
    }
    if (!inherited) {
      return commit(place, withList(before, aces, 0), List.of(), dryRun);
    }
    List<Ace> own = aces.stream().map(KeySecurity::own).toList();
    return commit(
        place,
        withList(before, own, SecurityDescriptor.DACL_PROTECTED),
        List.of(
            "what was revoked came from above; %s inherits no more, and keeps copies of the rest"
                .formatted(place.path())),
        dryRun);
  }

  private static KeyAccess given(Ace.Entry entry, Sid principal) {
    return entry.kind() == Ace.Kind.ALLOW && entry.sid().equals(principal)
        ? new KeyAccess(entry.mask()).mapped()
        : KeyAccess.NONE;
  }

  private static Ace own(Ace ace) {
    int flags = ace.flags() & ~Ace.INHERITED;
    return switch (ace) {
      case Ace.Entry entry -> entry.withFlags(flags);
      case Ace.Opaque opaque -> opaque.withFlags(flags);
    };
  }

  private SecurityDescriptor writable(Caller caller, Place place) {
    KeyWriter.writable(place);
    guard.require(caller, place, KeyAccess.WRITE_DAC);
    var _ = RegistryTree.existing(place);
    return guard.descriptor(place);
  }

  private static SecurityDescriptor withList(
      SecurityDescriptor before, List<Ace> aces, int moreControl) {
    return new SecurityDescriptor(
        before.control() | moreControl,
        before.resourceManager(),
        before.owner(),
        before.group(),
        before.sacl(),
        Acl.of(aces));
  }

  /** Also what keys below with descriptors of their own inherit, as the tools of Windows do. */
  private static RegistryCommitView commit(
      Place place, SecurityDescriptor descriptor, List<String> notes, boolean dryRun) {
    Batch.Builder batch = Batch.builder();
    batch.setSecurity(place.key(), DescriptorBytes.of(descriptor.encode()));
    List<String> told = new ArrayList<>(notes);
    propagate(batch, RegistryTree.existing(place), place, place.key(), descriptor, told);
    return HiveCommits.commit(place.hive(), HiveCommits.build(batch), told, dryRun);
  }

  private static void propagate(
      Batch.Builder batch,
      RegistryKey key,
      Place place,
      KeyPath path,
      SecurityDescriptor above,
      List<String> notes) {
    for (RegistryKey subkey : key.subkeys()) {
      KeyPath subpath = path.child(subkey.name());
      try {
        SecurityDescriptor before = EffectiveSecurity.ofSubkey(subkey, above);
        SecurityDescriptor after = before;
        if (subkey.security().isPresent() && !before.has(SecurityDescriptor.DACL_PROTECTED)) {
          after = Inheritance.ofSubkey(above, before, ownerOf(before));
          if (!after.equals(before)) {
            batch.setSecurity(subpath, DescriptorBytes.of(after.encode()));
          }
        }
        propagate(batch, subkey, place, subpath, after, notes);
      } catch (MalformedDescriptorException e) {
        notes.add(
            "%s stays as it is, and all below it: its descriptor is damaged (%s)"
                .formatted(place.hive().path(subpath), e.getMessage()));
      }
    }
  }

  private static Token ownerOf(SecurityDescriptor descriptor) {
    return new Token(orService(descriptor.owner()), orService(descriptor.group()), Set.of());
  }

  private static Sid orService(@Nullable Sid sid) {
    return sid == null ? Sid.CLUSTER_SERVICE : sid;
  }
}
