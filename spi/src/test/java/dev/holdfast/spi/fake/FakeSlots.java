package dev.holdfast.spi.fake;

import dev.holdfast.spi.ExternalSlot;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the cluster service keeps of one resource: its slots, whose processes are children of this
 * JVM, and its token. Closing it kills what runs. Users are not changed: a launch's user is
 * ignored.
 */
public final class FakeSlots implements AutoCloseable {
  private final Path directory;
  private final Map<String, FakeSlot> slots = new LinkedHashMap<>();
  private final FakeCommands commands;
  private final Map<String, ExternalSlot> externals = new LinkedHashMap<>();
  private String node = FakeContext.NODE;
  private byte @Nullable [] token;

  public FakeSlots(Path directory) {
    this.directory = directory;
    this.commands = new FakeCommands(directory);
  }

  /** What runs this resource's commands. */
  FakeCommands commands() {
    return commands;
  }

  Path directory() {
    return directory;
  }

  synchronized Slot occupy(String name, Launch launch) throws ResourceException {
    FakeSlot occupant = slots.get(name);
    if (occupant != null && occupant.alive()) {
      return occupant;
    }
    Path in = launch.directory();
    var builder =
        new ProcessBuilder(launch.command())
            .directory((in == null ? directory : in).toFile())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("output.log").toFile()));
    builder.environment().putAll(launch.environment());
    try {
      var slot = new FakeSlot(name, builder.start(), launch.stopSignal());
      slots.put(name, slot);
      return slot;
    } catch (IOException e) {
      throw new ResourceException(
          Responsibility.USER, Retry.NOWHERE, "CommandNotFound", String.valueOf(e.getMessage()), e);
    }
  }

  synchronized ExternalSlot external(String name, String kind, String key, long epoch)
      throws ResourceException {
    ExternalSlot known = externals.get(name);
    if (known != null && !(known.kind().equals(kind) && known.key().equals(key))) {
      throw new ResourceException(
          Responsibility.RESOURCE,
          Retry.HERE,
          "SlotTaken",
          "Slot %s is written down for %s %s.".formatted(name, known.kind(), known.key()));
    }
    String nonce = known == null ? UUID.randomUUID().toString() : known.nonce();
    var written = new ExternalSlot(name, kind, key, nonce, epoch, node);
    externals.put(name, written);
    return written;
  }

  /** From now on what is written down is by this node. */
  public synchronized void moveTo(String otherNode) {
    node = otherNode;
  }

  /** What is written down is removed, as after an offline that found nothing. */
  public synchronized void release() {
    externals.clear();
  }

  /** What is written down about things elsewhere, oldest first. */
  public synchronized List<ExternalSlot> externals() {
    return List.copyOf(externals.values());
  }

  synchronized List<Slot> all() {
    return List.copyOf(slots.values());
  }

  synchronized Optional<Slot> find(String name) {
    return Optional.ofNullable(slots.get(name));
  }

  synchronized void remember(byte[] bytes) {
    token = bytes;
  }

  synchronized Optional<byte[]> token() {
    return Optional.ofNullable(token);
  }

  @Override
  public void close() {
    for (Slot slot : all()) {
      ((FakeSlot) slot).killTree();
    }
    commands.endLeft();
  }
}
