package dev.holdfast.service.storage;

import dev.holdfast.checkpoint.file.Steps;
import dev.holdfast.failpoint.FailPoints;
import dev.holdfast.failpoint.StoragePoint;
import java.io.IOException;
import java.util.Map;

/**
 * Fail points at the steps of saving and restoring file trees. Those that are taken after a death
 * or a refusal only, such as undoing a swap, have none; {@code CrashTest} dies there.
 *
 * <p>The checkpoint layer knows nothing of fail points: these are the steps it is given.
 */
public final class FailingSteps implements Steps {
  /** By the names that the layer has for its steps. */
  private static final Map<String, StoragePoint> POINTS =
      Map.ofEntries(
          Map.entry("make the tar", StoragePoint.TREE_SPOOL),
          Map.entry("begin", StoragePoint.TREE_BEGIN),
          Map.entry("unpack", StoragePoint.TREE_UNPACK),
          Map.entry("sync the staged tree", StoragePoint.TREE_SYNC),
          Map.entry("write the journal", StoragePoint.TREE_JOURNAL_WRITE),
          Map.entry("sync the journal", StoragePoint.TREE_JOURNAL_SYNC),
          Map.entry("name the journal", StoragePoint.TREE_JOURNAL_RENAME),
          Map.entry("swap", StoragePoint.TREE_SWAP),
          Map.entry("sync the swap", StoragePoint.TREE_SWAP_SYNC),
          Map.entry("carry over", StoragePoint.TREE_CARRY),
          Map.entry("sync what was carried over", StoragePoint.TREE_CARRY_SYNC),
          Map.entry("delete a tree", StoragePoint.TREE_DELETE),
          Map.entry("delete the journal", StoragePoint.TREE_JOURNAL_DELETE));

  FailingSteps() {}

  /** With the points that the environment asks for, if it asks for any. */
  public static Steps ofThisProcess() {
    return FailPoints.asked() ? new FailingSteps() : Steps.UNSEEN;
  }

  @Override
  public void at(String step) throws IOException {
    StoragePoint point = POINTS.get(step);
    if (point != null) {
      point.before();
    }
  }

  @Override
  public void done(String step) throws IOException {
    StoragePoint point = POINTS.get(step);
    if (point != null) {
      point.after();
    }
  }

  /** The steps that have a point. */
  static Iterable<String> names() {
    return POINTS.keySet();
  }
}
