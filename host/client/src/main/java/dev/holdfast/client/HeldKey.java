package dev.holdfast.client;

import dev.holdfast.client.transport.Body;
import dev.holdfast.client.transport.Target;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A key that this process holds open: while it does, a restore of the key by somebody else is
 * refused, and names us. What was granted when it was opened counts for it, whatever the key's
 * descriptor says later; keys below it are opened anew. It goes by the key that the path led to
 * then, also when a link on the way leads elsewhere by now.
 *
 * <p>The handle lasts as long as a connection of its own, and so no longer than this process.
 * Thread-safe; a daemon thread hears what becomes of it.
 */
public final class HeldKey implements AutoCloseable {
  /** Whether it is still worth something. */
  public enum State {
    OPEN,
    /** Its key was deleted or replaced by a restore; each use is a {@link ConflictException}. */
    KEY_DELETED,
    /** It was closed: here, or by somebody who may. */
    CLOSED,
    /** The service is gone, and the handle with it. */
    LOST
  }

  private final Service service;
  private final Stream stream;
  private final Handle handle;
  private final Consumer<HeldKey> whenEnded;
  private final CompletableFuture<State> over = new CompletableFuture<>();
  private volatile State state = State.OPEN;

  private HeldKey(Service service, Stream stream, Handle handle, Consumer<HeldKey> whenEnded) {
    this.service = service;
    this.stream = stream;
    this.handle = handle;
    this.whenEnded = whenEnded;
  }

  static HeldKey open(Service service, String path, String rights, Consumer<HeldKey> whenEnded) {
    Stream stream =
        Stream.open(
            service, Target.of("registry", "hold").with("path", path).with("rights", rights));
    try {
      JsonNode first = stream.next();
      if (first == null) {
        throw new IOException("the service ended before it said which handle that is");
      }
      return new HeldKey(service, stream, Documents.one(first, Documents::handle), whenEnded);
    } catch (IOException broken) {
      stream.close();
      throw Service.broken(broken, false);
    }
  }

  void start() {
    Thread thread = new Thread(this::run, "holdfast-hold " + handle.key());
    thread.setDaemon(true);
    thread.start();
  }

  /** As it was when it was opened. */
  public Handle handle() {
    return handle;
  }

  public State state() {
    return state;
  }

  /** Completed, by the thread that hears of it, when it is not {@code OPEN} any more. */
  public CompletionStage<State> over() {
    return over.minimalCompletionStage();
  }

  /** The key. */
  public Key key() {
    return key("");
  }

  /**
   * A key below it.
   *
   * @param below as {@code Parameters\Ports}; empty for the key itself
   */
  public Key key(String below) {
    Target target =
        Target.of("registry").with("handle", usable()).with("path", Registry.sayable(below));
    return Registry.onlyKey(service, target);
  }

  /** Makes changes whose paths go from the key on; durable when it returns. */
  public Commit apply(Changes changes) {
    return service.changeOne(
        "POST",
        Target.of("registry"),
        Body.of(changes.json(usable())),
        service.deadlines().call(),
        false);
  }

  /** Numbers are given again by a service that was started again: a lost one is never sent. */
  private long usable() {
    State now = state;
    if (now == State.CLOSED || now == State.LOST) {
      throw new NotFoundException(
          "HandleNotFound",
          "Handle " + handle.id() + " to " + handle.key() + " is not held any more: " + now);
    }
    return handle.id();
  }

  /** Lets go of it. The service notices within a second or two. */
  @Override
  public void close() {
    become(State.CLOSED);
    stream.close();
  }

  private void run() {
    try {
      @Nullable JsonNode next = stream.next();
      while (next != null) {
        become(State.valueOf(Documents.one(next, Documents::handle).state()));
        next = stream.next();
      }
      become(State.LOST);
    } catch (IOException | IllegalArgumentException broken) {
      become(State.LOST);
    } finally {
      stream.close();
      whenEnded.accept(this);
    }
  }

  /** Only ever towards less; what it was closed by first is what it stays. */
  private void become(State next) {
    synchronized (this) {
      if (next == State.OPEN || state == State.CLOSED || state == State.LOST) {
        return;
      }
      state = next;
    }
    over.complete(next);
  }
}
