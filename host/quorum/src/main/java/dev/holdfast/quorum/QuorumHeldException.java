package dev.holdfast.quorum;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A quorum directory is held by another process; wait for it, or end that process. */
public final class QuorumHeldException extends IOException {
  private final transient Optional<Holder> holder;

  QuorumHeldException(Path directory, Optional<Holder> holder) {
    super(
        "quorum directory %s not opened: it is held by %s"
            .formatted(
                directory,
                holder.map(Holder::toString).orElse("a process that has not said who it is")));
    this.holder = holder;
  }

  /** Who holds it; empty for the moment between taking the lock and writing that down. */
  public Optional<Holder> holder() {
    return holder;
  }
}
