package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Holder;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One restore of one tree: checks, stages, verifies, swaps and cleans up. */
final class Restoration {
  private final Root root;
  private final Excludes excludes;
  private final Machine machine;
  private final Watches watches;
  private final Checks checks;
  private final String fileName;

  Restoration(Root root, Excludes excludes, Machine machine, Watches watches)
      throws SourceException {
    this.root = root;
    this.excludes = excludes;
    this.machine = machine;
    this.watches = watches;
    this.checks = new Checks(root, excludes, machine);
    this.fileName = FileTree.fileName(root);
  }

  /** Makes all checks. */
  void rehearse(Path tar) throws SourceException {
    check(tar, false);
  }

  /** Restores. Returns what should be said. */
  List<String> run(Path tar, boolean force) throws SourceException {
    Checked checked = check(tar, force);
    var notes = new ArrayList<String>();
    for (Holder holder : checked.holders) {
      notes.add(holder + " open, and goes on writing to the file that was replaced");
    }
    if (isAlready(checked)) {
      return List.of();
    }
    Work work;
    try {
      work = Work.begin(root, machine.steps());
    } catch (IOException e) {
      throw Failures.of(e, "write beside", root.path());
    }
    TreeScan staged;
    try {
      staged = stage(checked.saved, work);
      commit(work, staged, notes);
    } catch (IOException e) {
      SourceException failure = Failures.of(e, "restore", root.path());
      abandon(work, failure);
      throw failure;
    } catch (SourceException e) {
      abandon(work, e);
      throw e;
    }
    return notes;
  }

  private record Checked(Saved saved, @Nullable TreeScan live, List<Holder> holders) {}

  private Checked check(Path tar, boolean force) throws SourceException {
    checks.mountsForRestore();
    Saved saved = Saved.read(tar, fileName, excludes);
    TreeScan live = checks.live();
    if (live != null) {
      checks.placesOfExcluded(saved, live);
    }
    checks.permissions(saved, live);
    List<Holder> holders = checks.holders();
    if (!holders.isEmpty() && !force) {
      throw new SourceException(
          Obstacle.HANDLE_HELD,
          "%d open for writing in %s, the first by %s"
              .formatted(holders.size(), root.path(), holders.getFirst()),
          holders,
          null);
    }
    checks.room(saved);
    return new Checked(saved, live, holders);
  }

  /** Whether there is nothing to do. The content is read only where all else is the same. */
  private boolean isAlready(Checked checked) throws SourceException {
    return checked.live != null
        && checked.live.nodes().equals(checked.saved.nodes())
        && fingerprint(root.path()).equals(checked.saved.fingerprint());
  }

  private String fingerprint(Path tree) throws SourceException {
    try (Spool spool = Spool.ofNothing()) {
      new TreeTaker(tree, fileName, excludes, Steps.UNSEEN).take(spool);
      return spool.fingerprint();
    } catch (IOException e) {
      throw Failures.of(e, "read", tree);
    }
  }

  private TreeScan stage(Saved saved, Work work) throws IOException, SourceException {
    Staging.unpack(saved, excludes, work.staged(), machine.steps());
    if (!fingerprint(work.staged()).equals(saved.fingerprint())) {
      throw new SourceException(
          Obstacle.IO,
          "what was unpacked beside %s is not what was saved: the file system does not keep all of it"
              .formatted(root.path()));
    }
    work.seal(excludes);
    return TreeScan.of(work.staged(), excludes);
  }

  /** From the swap on there is no way back: what fails then is told, and finished another time. */
  private void commit(Work work, TreeScan staged, List<String> notes) throws IOException {
    watches.suspend();
    boolean swapped = false;
    try {
      try {
        work.swap(machine.exchanges());
        swapped = true;
      } catch (IOException e) {
        if (!work.isSwapped()) {
          throw e;
        }
        swapped = true;
        notes.add("the restored tree may not outlive a loss of power yet: " + e.getMessage());
      }
      finish(work, notes);
    } finally {
      if (swapped) {
        notes.addAll(watches.renew(staged));
      } else {
        watches.resume();
      }
    }
  }

  private static void finish(Work work, List<String> notes) {
    try {
      notes.addAll(work.finish());
    } catch (IOException e) {
      notes.add(
          "what was there before is still in %s and will be cleaned up later: %s"
              .formatted(work.directory(), e.getMessage()));
    }
  }

  private static void abandon(Work work, SourceException because) {
    try {
      work.undo();
    } catch (IOException e) {
      because.addSuppressed(e); // the next restore or save finds it
    }
  }
}
