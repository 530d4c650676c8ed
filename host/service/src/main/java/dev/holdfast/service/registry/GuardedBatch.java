package dev.holdfast.service.registry;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.security.Inheritance;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.registry.security.SecurityDescriptor;
import dev.holdfast.registry.security.Token;
import dev.holdfast.service.api.Caller;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * A batch that a caller builds up: each change is checked when it is added, by the descriptors as
 * they were when the batch was begun. Who makes a key owns it, and may do everything with it for
 * the rest of the batch.
 *
 * <p>A key gets a descriptor of its own only where it would otherwise belong to somebody else than
 * its maker: what is inherited needs not be written down.
 */
final class GuardedBatch {
  private final KeyGuard guard;
  private final Caller caller;
  private final Token token;
  private final MountedHive hive;
  private final RegistryKey root;
  private final Batch.Builder batch = Batch.builder();
  private final NavigableMap<KeyPath, SecurityDescriptor> made = new TreeMap<>();
  private final Set<KeyPath> deleted = new HashSet<>();

  GuardedBatch(KeyGuard guard, Caller caller, MountedHive hive) {
    this.guard = guard;
    this.caller = caller;
    this.token = guard.token(caller);
    this.hive = hive;
    this.root = hive.snapshot().root();
  }

  MountedHive hive() {
    return hive;
  }

  /** For preconditions, of which there is nothing to be checked here. */
  Batch.Builder builder() {
    return batch;
  }

  Batch build() {
    return HiveCommits.build(batch);
  }

  /** Makes a key, and those above it that are missing; one that is there stays as it is. */
  void create(Place place, KeyOptions options) {
    KeyPath key = place.key();
    KeyPath above = key;
    while (!isThere(above)) {
      above = above.parent();
    }
    if (above.equals(key)) {
      batch.createKey(key, options);
      return;
    }
    SecurityDescriptor descriptor = made.get(above);
    if (descriptor == null) {
      Place parent = new Place(hive, above, above, null);
      guard.require(
          caller,
          token,
          parent,
          options.isLink()
              ? KeyAccess.KEY_CREATE_SUB_KEY.with(KeyAccess.KEY_CREATE_LINK)
              : KeyAccess.KEY_CREATE_SUB_KEY);
      descriptor = guard.descriptor(parent);
    }
    for (int depth = above.names().size() + 1; depth <= key.names().size(); depth++) {
      KeyPath each = KeyPath.of(String.join("\\", key.names().subList(0, depth)));
      KeyOptions itsOptions =
          depth == key.names().size()
              ? options
              : options.isVolatile() ? KeyOptions.VOLATILE : KeyOptions.PLAIN;
      boolean inherits = isMine(descriptor);
      descriptor = Inheritance.ofSubkey(descriptor, null, token);
      batch.createKey(
          each,
          inherits || itsOptions.security() != null
              ? itsOptions
              : itsOptions.withSecurity(DescriptorBytes.of(descriptor.encode())));
      made.put(each, descriptor);
    }
  }

  private boolean isMine(SecurityDescriptor descriptor) {
    return token.user().equals(descriptor.owner())
        && token.primaryGroup().equals(descriptor.group());
  }

  void set(Place place, RegistryValue value) {
    change(place, KeyAccess.KEY_SET_VALUE);
    batch.set(place.key(), value);
  }

  void deleteValue(Place place, String name) {
    if (isThere(place.key())) {
      change(place, KeyAccess.KEY_SET_VALUE);
    }
    batch.deleteValue(place.key(), name);
  }

  /** The key is there and may be changed so, or is made. */
  private void change(Place place, KeyAccess needed) {
    if (!isThere(place.key())) {
      create(place, KeyOptions.PLAIN);
    } else if (!made.containsKey(place.key())) {
      guard.require(caller, token, place, needed);
    }
  }

  void deleteKey(Place place) {
    delete(place);
    batch.deleteKey(place.key());
  }

  void deleteTree(Place place) {
    if (isThere(place.key()) && !made.containsKey(place.key())) {
      guard.requireAll(caller, place, KeyAccess.DELETE);
    }
    delete(place);
    batch.deleteTree(place.key());
  }

  private void delete(Place place) {
    KeyPath key = place.key();
    if (isThere(key) && !made.containsKey(key)) {
      guard.require(caller, token, place, KeyAccess.DELETE);
    }
    Iterator<KeyPath> after = made.tailMap(key, true).keySet().iterator();
    while (after.hasNext() && after.next().isWithin(key)) {
      after.remove();
    }
    deleted.add(key);
  }

  private boolean isThere(KeyPath key) {
    return key.isRoot() || made.containsKey(key) || (root.key(key).isPresent() && !isDeleted(key));
  }

  private boolean isDeleted(KeyPath key) {
    for (KeyPath at = key; !deleted.isEmpty() && !at.isRoot(); at = at.parent()) {
      if (deleted.contains(at)) {
        return true;
      }
    }
    return false;
  }
}
