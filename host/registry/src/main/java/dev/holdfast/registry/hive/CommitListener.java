package dev.holdfast.registry.hive;

/**
 * Hears how long a hive's commits take. Called by whoever leads a group, while others wait: take
 * note and return, and throw nothing.
 */
public interface CommitListener {
  /** Nobody listens. */
  CommitListener NONE =
      new CommitListener() {
        @Override
        public void synced(long nanos) {
          // Nobody listens.
        }

        @Override
        public void committed(long nanos) {
          // Nobody listens.
        }
      };

  /** A group of batches was brought to the disk. */
  void synced(long nanos);

  /** A batch is durable, so long after it was submitted. */
  void committed(long nanos);
}
