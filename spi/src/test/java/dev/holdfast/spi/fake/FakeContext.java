package dev.holdfast.spi.fake;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Health;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;

/** A context over a directory; remembers what was signalled. */
public final class FakeContext implements Context {
  /** The node that it is on unless another is given. */
  public static final String NODE = "fake-node";

  private final Path directory;
  private final String node;
  private final List<Health> signalled = new CopyOnWriteArrayList<>();

  public FakeContext(Path directory) {
    this(directory, NODE);
  }

  /** On a node of another name. */
  public FakeContext(Path directory, String node) {
    this.directory = directory;
    this.node = node;
  }

  /** What was signalled so far, oldest first. */
  public List<Health> signalled() {
    return List.copyOf(signalled);
  }

  @Override
  public String resourceName() {
    return "fake-resource";
  }

  @Override
  public String resourceId() {
    return "00000000-0000-4000-8000-000000000001";
  }

  @Override
  public String groupName() {
    return "fake-group";
  }

  @Override
  public String nodeName() {
    return node;
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public System.Logger logger() {
    return System.getLogger("fake-resource");
  }

  @Override
  public ThreadFactory threads() {
    return task -> {
      var thread = new Thread(task, "fake-resource");
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public InstantSource clock() {
    return InstantSource.system();
  }

  @Override
  public void signal(Health health) {
    signalled.add(health);
  }
}
