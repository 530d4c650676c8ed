package dev.holdfast.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The floor for many writers: a buffer under a lock; who finds nobody syncing syncs for all. */
final class RawGroups {
  private final FileChannel file;
  private ByteBuffer filling;
  private ByteBuffer spare;
  private boolean syncing;
  private long group;
  private long synced = -1;

  /**
   * @param capacityBytes what all writers may have waiting at once
   */
  RawGroups(FileChannel file, int capacityBytes) {
    this.file = file;
    filling = ByteBuffer.allocateDirect(capacityBytes);
    spare = ByteBuffer.allocateDirect(capacityBytes);
  }

  /** Returns when the bytes are synced. */
  void write(byte[] bytes) throws IOException {
    long mine;
    synchronized (this) {
      filling.put(bytes);
      mine = group;
      while (synced < mine && syncing) {
        try {
          wait();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      if (synced >= mine) {
        return;
      }
      syncing = true;
      group++;
      ByteBuffer full = filling;
      filling = spare;
      spare = full;
    }
    file.write(spare.flip());
    file.force(false);
    synchronized (this) {
      spare.clear();
      synced = mine;
      syncing = false;
      notifyAll();
    }
  }
}
