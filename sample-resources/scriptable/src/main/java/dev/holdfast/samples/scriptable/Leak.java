package dev.holdfast.samples.scriptable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What is taken and never let go of. */
final class Leak {
  private static final int PIECE_BYTES = 1 << 20;
  private static final Path NULL = Path.of("/dev/null");
  private static final List<Object> LEAKED = Collections.synchronizedList(new ArrayList<>());

  private Leak() {}

  static void of(Object object) {
    LEAKED.add(object);
  }

  static void memory(int bytes) {
    of(new byte[bytes]);
  }

  /** All of the heap, by pieces that fit. */
  static void everything() {
    while (true) {
      memory(PIECE_BYTES);
    }
  }

  static void descriptors(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      of(FileChannel.open(NULL));
    }
  }

  /** Threads that the host has not made and cannot name. */
  static void threads(int count, Runnable work) {
    for (int i = 0; i < count; i++) {
      var thread = new Thread(work, "scriptable-leak");
      thread.setDaemon(true);
      thread.start();
    }
  }
}
