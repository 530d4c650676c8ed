package dev.holdfast.registry.notify;

import dev.holdfast.registry.Effect;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NotifyFilter;
import dev.holdfast.registry.Origin;
import dev.holdfast.registry.Revision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The armed notifications of one hive, and which of them fire. Order of calls: {@link #committed}
 * for each commit, by revision, without a gap; or {@link #fellBehind} over one. {@link #arm} and
 * {@link #disarm} at any time between.
 *
 * <p>The promise: a notification armed from revision r has fired after commit c if, and unless
 * commits were left out only if, a commit after r up to c had an effect that it is for, of an
 * origin that it does not ignore.
 *
 * <p>Confined to one thread, or to one lock. It does not call anybody: who fired is the answer, in
 * the order of their ids, for the caller to tell after it let go of the lock.
 */
public final class Notifications {
  /** Armed notifications of one hive. */
  public static final int NOTIFICATIONS_MAX = 65_536;

  /** Effects of past commits that are kept; a commit with more is not kept at all. */
  public static final int EFFECTS_MAX = 65_536;

  private static final Comparator<Fired> BY_ID =
      Comparator.comparingLong(fired -> fired.notification().id());

  private record Armed(Notification notification, Revision from) {}

  private record Kept(Revision revision, List<Effect> effects, Optional<Origin> origin) {}

  private final int effectsMax;
  private final Map<Long, Armed> armed = new HashMap<>();
  private final NavigableMap<KeyPath, Map<Long, Armed>> byKey = new TreeMap<>();
  private final ArrayDeque<Kept> history = new ArrayDeque<>();
  private int historyEffects;
  private Revision current;

  /** Of commits after this one everything is known. */
  private Revision knownAfter;

  /** None armed, at that revision. */
  public Notifications(Revision current) {
    this(current, EFFECTS_MAX);
  }

  Notifications(Revision current, int effectsMax) {
    this.current = current;
    this.knownAfter = current;
    this.effectsMax = effectsMax;
  }

  /**
   * Arms it from that revision on; it fires once. One that is armed under the same id is replaced.
   *
   * @param from the revision that its owner has read. One that is yet to come is possible: then
   *     commits up to it do not count
   * @return that it fired at once, because of a commit since, and is not armed
   * @throws TooManyNotificationsException if there are {@link #NOTIFICATIONS_MAX} already
   */
  public Optional<Fired> arm(Notification notification, Revision from)
      throws TooManyNotificationsException {
    disarm(notification.id());
    if (knownAfter.isAfter(from)) {
      return Optional.of(new Fired(notification, from, current, Optional.empty()));
    }
    Optional<Fired> missed = firstSince(notification, from);
    if (missed.isPresent()) {
      return missed;
    }
    if (armed.size() >= NOTIFICATIONS_MAX) {
      throw new TooManyNotificationsException(armed.size());
    }
    var arming = new Armed(notification, from);
    armed.put(notification.id(), arming);
    byKey.computeIfAbsent(notification.key(), _ -> new HashMap<>()).put(notification.id(), arming);
    return Optional.empty();
  }

  /** Forgets it; nothing happens when it is not armed. */
  public void disarm(long id) {
    Armed ended = armed.remove(id);
    if (ended == null) {
      return;
    }
    KeyPath key = ended.notification().key();
    Map<Long, Armed> atKey = byKey.getOrDefault(key, Map.of());
    atKey.remove(id);
    if (atKey.isEmpty()) {
      byKey.remove(key);
    }
  }

  public int armedCount() {
    return armed.size();
  }

  /**
   * A batch was committed.
   *
   * @param effects what it did, as its {@link dev.holdfast.registry.Commit} says
   * @return those that fired, disarmed
   * @throws IllegalStateException if it is not the next revision: our own mistake
   */
  public List<Fired> committed(Revision revision, List<Effect> effects, Optional<Origin> origin) {
    if (!revision.equals(current.next())) {
      throw new IllegalStateException(
          "commit %s told where %s was due".formatted(revision, current.next()));
    }
    current = revision;
    keep(new Kept(revision, List.copyOf(effects), origin));
    var fired = new ArrayList<Fired>();
    for (Effect effect : effects) {
      for (Armed candidate : candidates(effect)) {
        if (revision.isAfter(candidate.from()) && isFor(candidate.notification(), effect, origin)) {
          disarm(candidate.notification().id());
          fired.add(
              new Fired(candidate.notification(), candidate.from(), revision, Optional.of(effect)));
        }
      }
    }
    fired.sort(BY_ID);
    return List.copyOf(fired);
  }

  /**
   * Some commits were left out, and the hive is at this revision now. What happened in them is not
   * known, so all fire that were armed from before it.
   */
  public List<Fired> fellBehind(Revision now) {
    current = now;
    knownAfter = now;
    history.clear();
    historyEffects = 0;
    var fired = new ArrayList<Fired>();
    for (Armed candidate : List.copyOf(armed.values())) {
      if (now.isAfter(candidate.from())) {
        disarm(candidate.notification().id());
        fired.add(new Fired(candidate.notification(), candidate.from(), now, Optional.empty()));
      }
    }
    fired.sort(BY_ID);
    return List.copyOf(fired);
  }

  private void keep(Kept commit) {
    // A commit without effects fires nobody, so it need not be kept to be known.
    if (commit.effects().isEmpty()) {
      return;
    }
    history.addLast(commit);
    historyEffects += commit.effects().size();
    while (historyEffects > effectsMax) {
      Kept dropped = history.removeFirst();
      historyEffects -= dropped.effects().size();
      knownAfter = dropped.revision();
    }
  }

  private Optional<Fired> firstSince(Notification notification, Revision from) {
    Optional<Fired> first = Optional.empty();
    // From the newest back, as who arms again has mostly read something new.
    Iterator<Kept> newestFirst = history.descendingIterator();
    while (newestFirst.hasNext()) {
      Kept commit = newestFirst.next();
      if (!commit.revision().isAfter(from)) {
        break;
      }
      Optional<Effect> cause =
          commit.effects().stream()
              .filter(effect -> isFor(notification, effect, commit.origin()))
              .findFirst();
      if (cause.isPresent()) {
        first = Optional.of(new Fired(notification, from, commit.revision(), cause));
      }
    }
    return first;
  }

  private static boolean isFor(Notification notification, Effect effect, Optional<Origin> origin) {
    return notification.isFor(effect)
        && (origin.isEmpty() || !notification.ignored().contains(origin.get()));
  }

  /** Armed ones that the effect may be for: at its key and above; of a deleted key, all within. */
  private List<Armed> candidates(Effect effect) {
    var candidates = new ArrayList<Armed>();
    switch (effect) {
      case Effect.Changed(KeyPath key, NotifyFilter _) -> {
        candidates.addAll(armedAt(key));
        for (KeyPath above = key; !above.isRoot(); ) {
          above = above.parent();
          candidates.addAll(armedAt(above));
        }
      }
      case Effect.Deleted(KeyPath key) -> {
        for (Map.Entry<KeyPath, Map<Long, Armed>> entry : byKey.tailMap(key, true).entrySet()) {
          if (!entry.getKey().isWithin(key)) {
            break;
          }
          candidates.addAll(entry.getValue().values());
        }
      }
    }
    return candidates;
  }

  private Collection<Armed> armedAt(KeyPath key) {
    return byKey.getOrDefault(key, Map.of()).values();
  }
}
