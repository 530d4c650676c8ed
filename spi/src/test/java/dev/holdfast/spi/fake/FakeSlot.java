package dev.holdfast.spi.fake;

import dev.holdfast.spi.Exit;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.Slot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A slot whose process is a child of this JVM. */
final class FakeSlot implements Slot {
  /** A shell says 128 and more for a signal, and so does the JDK. */
  private static final int SIGNAL_BASE = 128;

  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final String stopSignal;
  private final String nonce = UUID.randomUUID().toString();

  FakeSlot(String name, Process process, String stopSignal) {
    this.name = name;
    this.process = process;
    this.stopSignal = stopSignal;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String nonce() {
    return nonce;
  }

  @Override
  public boolean alive() {
    return process.isAlive();
  }

  @Override
  public OptionalLong pid() {
    return OptionalLong.of(process.pid());
  }

  @Override
  public Optional<Exit> exit() {
    if (process.isAlive()) {
      return Optional.empty();
    }
    int code = process.exitValue();
    return Optional.of(
        code > SIGNAL_BASE ? new Exit.Signal(code - SIGNAL_BASE) : new Exit.Code(code));
  }

  @Override
  public void stop(Duration grace) throws ResourceException {
    List<ProcessHandle> descendants = process.descendants().toList();
    if (process.isAlive()) {
      send();
      await(grace);
    }
    descendants.forEach(ProcessHandle::destroyForcibly);
    kill();
  }

  @Override
  public void kill() throws ResourceException {
    killTree();
    if (!await(KILL_LIMIT)) {
      throw new ResourceException(
          Responsibility.ENVIRONMENT,
          Retry.HERE,
          "StillThere",
          "pid " + process.pid() + " stands.");
    }
  }

  void killTree() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private void send() throws ResourceException {
    try {
      new ProcessBuilder("kill", "-" + stopSignal, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new ResourceException(
          Responsibility.ENVIRONMENT, Retry.HERE, "NoKill", "The command kill cannot be run.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean await(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }
}
