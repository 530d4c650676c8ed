package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Undoes or finishes the restores that a process did not end. See {@link Work}. */
final class Recovery {
  private Recovery() {}

  /** Returns what should be said. */
  static List<String> run(Root root, Steps steps) throws SourceException {
    var notes = new ArrayList<String>();
    try {
      if (!Files.isDirectory(root.parent())) {
        return notes;
      }
      for (Work work : Work.left(root, steps)) {
        notes.addAll(work.recover());
      }
    } catch (IOException e) {
      throw Failures.of(e, "finish the restore that was under way of", root.path());
    }
    return notes;
  }
}
