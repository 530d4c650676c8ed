package dev.holdfast.checkpoint.file;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The watches of one tree, and what a restore does with them. Between {@link #suspend} and one of
 * the others they tell nothing; both are called by one thread.
 */
final class Watches {
  private final List<TreeWatch> watches = new CopyOnWriteArrayList<>();

  /** One that comes while others are suspended is none of these. */
  private List<TreeWatch> suspended = List.of();

  void add(TreeWatch watch) {
    watches.add(watch);
  }

  void remove(TreeWatch watch) {
    watches.remove(watch);
  }

  void suspend() {
    suspended = List.copyOf(watches);
    suspended.forEach(TreeWatch::suspend);
  }

  /** The tree is the same as before: what happened to it meanwhile is told now. */
  void resume() {
    suspended.forEach(TreeWatch::resume);
  }

  /**
   * The tree is another one.
   *
   * @param expected what it was before it came to its place; if it is different by now, that is
   *     told
   * @return what should be said
   */
  List<String> renew(TreeScan expected) {
    var notes = new ArrayList<String>();
    for (TreeWatch watch : suspended) {
      watch.renew(expected).ifPresent(notes::add);
    }
    return notes;
  }
}
