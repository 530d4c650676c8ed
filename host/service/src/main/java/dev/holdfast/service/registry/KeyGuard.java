package dev.holdfast.service.registry;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.handle.KeyHandle;
import dev.holdfast.registry.security.Access;
import dev.holdfast.registry.security.AccessCheck;
import dev.holdfast.registry.security.Ace;
import dev.holdfast.registry.security.Acl;
import dev.holdfast.registry.security.DefaultSecurity;
import dev.holdfast.registry.security.EffectiveSecurity;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.registry.security.MalformedDescriptorException;
import dev.holdfast.registry.security.SecurityDescriptor;
import dev.holdfast.registry.security.Sid;
import dev.holdfast.registry.security.Token;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.registry.KnownDescriptors.Known;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Whether a caller may do what it asks to with a key: by the key's descriptor, or by the handle
 * through which it asks. Thread-safe.
 */
final class KeyGuard {
  /** The same denial is told once in this time: who polls a closed door must not fill the log. */
  private static final Duration TOLD_AGAIN_AFTER = Duration.ofMinutes(1);

  private static final int TOLD_MAX = 10_000;

  /** So many denials of one user are told in that time: who tries every door must not fill it. */
  private static final int TOLD_OF_USER_MAX = 60;

  private final HomeOwner owner;

  /**
   * What counts for the tops of hives, and, below that, for all keys that have none of their own,
   * as those mostly have not: it is handed down once for each depth, and not for each question.
   */
  private final Known ofTopKeys;

  private final Known ofClusterDatabase;
  private final RegistryListener listener;
  private final Cache<Told, Boolean> told =
      CacheBuilder.newBuilder().expireAfterWrite(TOLD_AGAIN_AFTER).maximumSize(TOLD_MAX).build();

  private final Cache<Long, AtomicInteger> toldOfUsers =
      CacheBuilder.newBuilder().expireAfterWrite(TOLD_AGAIN_AFTER).maximumSize(TOLD_MAX).build();

  private record Told(long uid, String key, String reason) {}

  KeyGuard(HomeOwner owner, RegistryListener listener) {
    this.owner = owner;
    SecurityDescriptor ofTop = DefaultSecurity.ofTopKey(owner.uid(), owner.gid());
    this.ofTopKeys = new Known(ofTop);
    this.ofClusterDatabase = new Known(withoutEveryone(ofTop));
    this.listener = listener;
  }

  /** Tokens by which processes are known are in there, and not for everybody. */
  private static SecurityDescriptor withoutEveryone(SecurityDescriptor descriptor) {
    Acl dacl = descriptor.dacl();
    List<Ace> aces = dacl == null ? List.of() : dacl.aces();
    return new SecurityDescriptor(
        descriptor.control(),
        descriptor.resourceManager(),
        descriptor.owner(),
        descriptor.group(),
        descriptor.sacl(),
        Acl.of(
            aces.stream()
                .filter(
                    ace -> !(ace instanceof Ace.Entry entry && entry.sid().equals(Sid.EVERYONE)))
                .toList()));
  }

  /** What counts for a hive's top when nothing else is written there. */
  private Known ofTop(MountedHive hive) {
    return hive.ownKeys().isEmpty() ? ofTopKeys : ofClusterDatabase;
  }

  /**
   * Who the caller is to a descriptor. Everybody is in Builtin Users, and who may restore is in
   * Builtin Administrators, as those are on Windows: so hives that Windows wrote can be used.
   */
  Token token(Caller caller) {
    Token user =
        Token.ofUnix(caller.uid(), caller.gid(), caller.groups()).alsoIn(Sid.BUILTIN_USERS);
    return mayRestore(caller) ? user.alsoIn(Sid.BUILTIN_ADMINISTRATORS) : user;
  }

  /** Whether it may back up and restore: the home's owner, and root. */
  boolean mayRestore(Caller caller) {
    return caller.uid() == 0 || caller.uid() == owner.uid();
  }

  /** Refuses all others what passes the descriptors by. */
  void requireRestorer(Caller caller, String what) {
    if (!mayRestore(caller)) {
      throw new ApiException.NotPermitted(
          "NotPrivileged",
          "Only the owner of the home and root may %s, whatever the keys' security says; you are %s."
              .formatted(what, caller));
    }
  }

  /** What counts for a key, or would if it were there. */
  SecurityDescriptor descriptor(Place place) {
    try {
      return effective(place);
    } catch (MalformedDescriptorException e) {
      throw damaged(place, e);
    }
  }

  /** The same for who passes descriptors by; empty when it is damaged, or one above it. */
  Optional<Known> soundDescriptor(Place place) {
    try {
      return Optional.of(known(place, place.hive().snapshot()));
    } catch (MalformedDescriptorException e) {
      return Optional.empty();
    }
  }

  private SecurityDescriptor effective(Place place) throws MalformedDescriptorException {
    return known(place, place.hive().snapshot()).descriptor();
  }

  /**
   * What {@link EffectiveSecurity#of} finds, with what was found out about it before.
   *
   * @throws MalformedDescriptorException if it is damaged, or one above it
   */
  Known known(Place place, Snapshot snapshot) throws MalformedDescriptorException {
    @Nullable RegistryKey key = snapshot.root();
    DescriptorBytes ofRoot = key.options().security();
    Known effective = ofRoot == null ? ofTop(place.hive()) : decoded(ofRoot);
    for (String name : place.key().names()) {
      key = key == null ? null : key.subkey(name).orElse(null);
      DescriptorBytes own = key == null ? null : key.options().security();
      effective = own == null ? effective.inherited() : decoded(own);
    }
    return effective;
  }

  private static Known decoded(DescriptorBytes own) throws MalformedDescriptorException {
    return new Known(SecurityDescriptor.decode(own.bytes()));
  }

  private static ApiException damaged(Place place, MalformedDescriptorException e) {
    return new ApiException.NotPermitted(
        "BadDescriptor",
        "Nobody is let in to %s: its security descriptor, or one above it, is damaged (%s). Restore the key."
            .formatted(place.path(), e.getMessage()));
  }

  /**
   * Lets the caller do that with a key which is there, or throws.
   *
   * @return what it was granted
   */
  KeyAccess require(Caller caller, Place place, KeyAccess needed) {
    return require(caller, token(caller), place, needed);
  }

  /**
   * The same for who asks more than once.
   *
   * @param token the caller's
   */
  KeyAccess require(Caller caller, Token token, Place place, KeyAccess needed) {
    KeyHandle handle = place.handle();
    if (handle != null) {
      return granted(handle, needed.mapped());
    }
    return switch (AccessCheck.check(descriptor(place), token, needed)) {
      case Access.Granted(KeyAccess rights) -> rights;
      case Access.Denied denied -> throw denied(caller, place, denied);
    };
  }

  private static KeyAccess granted(KeyHandle handle, KeyAccess needed) {
    if (!handle.granted().contains(needed)) {
      throw new ApiException.NotPermitted(
          "RightNotGranted",
          "Handle %s to %s was opened with %s, and this takes %s, too; open the key again with that."
              .formatted(
                  handle.id(),
                  handle.opened(),
                  handle.granted(),
                  needed.without(handle.granted())));
    }
    return handle.granted();
  }

  /** The same at a key and at every one below it. */
  void requireAll(Caller caller, Place place, KeyAccess needed) {
    require(caller, place, needed);
    place
        .hive()
        .snapshot()
        .key(place.key())
        .ifPresent(
            key -> requireBelow(caller, place.hive(), key, place.key(), descriptor(place), needed));
  }

  private void requireBelow(
      Caller caller,
      MountedHive hive,
      RegistryKey key,
      KeyPath path,
      SecurityDescriptor above,
      KeyAccess needed) {
    for (RegistryKey subkey : key.subkeys()) {
      KeyPath subpath = path.child(subkey.name());
      var place = new Place(hive, subpath, subpath, null);
      try {
        SecurityDescriptor descriptor = EffectiveSecurity.ofSubkey(subkey, above);
        if (AccessCheck.check(descriptor, token(caller), needed) instanceof Access.Denied denied) {
          throw denied(caller, place, denied);
        }
        requireBelow(caller, hive, subkey, subpath, descriptor, needed);
      } catch (MalformedDescriptorException e) {
        throw damaged(place, e);
      }
    }
  }

  /** The same as a question, which is no event; empty when it may. */
  Optional<String> refusal(Caller caller, SecurityDescriptor descriptor, KeyAccess needed) {
    return AccessCheck.check(descriptor, token(caller), needed) instanceof Access.Denied denied
        ? Optional.of(denied.explanation())
        : Optional.empty();
  }

  private ApiException denied(Caller caller, Place place, Access.Denied denied) {
    String reason = denied.explanation();
    String resolved = place.resolvedPath();
    Told telling = new Told(caller.uid(), resolved, reason);
    if (told.asMap().putIfAbsent(telling, true) == null
        && toldOfUsers
                .asMap()
                .computeIfAbsent(caller.uid(), _ -> new AtomicInteger())
                .getAndIncrement()
            < TOLD_OF_USER_MAX) {
      listener.denied(caller, place.path(), resolved, reason);
    }
    return new ApiException.NotPermitted(
        "AccessDenied", Sentence.of("at %s %s".formatted(place.path(), reason)));
  }
}
