package dev.holdfast.protocol;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.holdfast.failpoint.FramePoint;
import dev.holdfast.protocol.LinkClosed.Cause;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One end of the connection between the cluster service and one monitor.
 *
 * <p>Order of calls: construct (through {@link LinkServer} or {@link #connect}), {@link #start},
 * then {@link #send} from any threads, {@link #close} at any time. Frames arrive at the other side
 * in the order in which {@code send} returned. A frame that was sent is not known to have arrived:
 * what matters is answered by a frame of the other side.
 *
 * <p>Each link has two platform threads, a reader and a writer. They are not virtual because the
 * service's virtual threads share carriers with code that may spin, and because a platform reader
 * halves the round trip (20 µs against 43).
 *
 * @param <S> what this end sends
 * @param <R> what it receives
 */
public final class Link<S extends MessageLite, R extends MessageLite> implements AutoCloseable {
  /** A longer frame is neither sent nor read. */
  public static final int FRAME_LIMIT_BYTES = 16 * 1024 * 1024;

  /** More than this may not wait to be sent (one single frame may be larger). */
  public static final int SEND_QUEUE_LIMIT_BYTES = 8 * 1024 * 1024;

  /** So long does {@link #send} wait for room in the queue before it gives the other side up. */
  public static final Duration SEND_WAIT_LIMIT = Duration.ofSeconds(2);

  /** So long does {@link #close} wait for what was sent before to leave. */
  public static final Duration CLOSE_FLUSH_LIMIT = Duration.ofSeconds(1);

  private final String name;
  private final SocketChannel channel;
  private final FrameReader<R> reader;
  private final FrameWriter writer;
  private final FramePoints<S> sending;
  private final FramePoints<R> receiving;
  private final SendQueue queue = new SendQueue();
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicReference<@Nullable LinkClosed> ended = new AtomicReference<>();
  private final CountDownLatch flushed = new CountDownLatch(1);
  private final CountDownLatch readToEnd = new CountDownLatch(1);
  private final AtomicLong framesSent = new AtomicLong();
  private final AtomicLong framesReceived = new AtomicLong();

  private Link(
      String name,
      SocketChannel channel,
      Parser<R> parser,
      Predicate<R> known,
      FramePoints<S> sending,
      FramePoints<R> receiving) {
    this.name = name;
    this.channel = channel;
    this.sending = sending;
    this.receiving = receiving;
    this.reader = new FrameReader<>(channel, parser, known);
    this.writer = new FrameWriter(channel);
  }

  /**
   * Connects a monitor to the service's socket.
   *
   * @throws IOException nobody listens there, or the path cannot be used
   */
  public static Link<ToService, ToMonitor> connect(Path socket, String name) throws IOException {
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      channel.close();
      throw new IOException(
          "The service's socket %s cannot be reached: %s".formatted(socket, e.getMessage()), e);
    }
    return ofMonitor(channel, name);
  }

  /** The monitor's end over a connected channel. */
  static Link<ToService, ToMonitor> ofMonitor(SocketChannel channel, String name) {
    return new Link<>(
        name,
        channel,
        ToMonitor.parser(),
        frame -> frame.getFrameCase() != ToMonitor.FrameCase.FRAME_NOT_SET,
        FramePoints.SENT_TO_SERVICE,
        FramePoints.RECEIVED_BY_MONITOR);
  }

  /** The service's end over a connected channel. */
  static Link<ToMonitor, ToService> ofService(SocketChannel channel, String name) {
    return new Link<>(
        name,
        channel,
        ToService.parser(),
        frame -> frame.getFrameCase() != ToService.FrameCase.FRAME_NOT_SET,
        FramePoints.SENT_TO_MONITOR,
        FramePoints.RECEIVED_BY_SERVICE);
  }

  /** The name used in thread names and sentences. */
  public String name() {
    return name;
  }

  /** Begins to read and write. Once. */
  public void start(LinkListener<R> listener) {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("The link " + name + " was started before.");
    }
    thread("link-writer-" + name, this::writeAll).start();
    thread("link-reader-" + name, () -> readAll(listener)).start();
  }

  /**
   * Queues a frame and returns; waits at most {@link #SEND_WAIT_LIMIT} when the other side does not
   * keep up, and closes the link if that does not help.
   *
   * @return false: the link is closed and the frame goes nowhere; the listener hears or has heard
   *     of it, so most callers need not look
   * @throws FrameTooLargeException the frame is over the limit; the link goes on
   */
  public boolean send(S frame) {
    return send(frame, false);
  }

  /**
   * As {@link #send}, but the frame may wait for the next one that is sent, in its place before it:
   * a write of its own would wake a thread here and one there. For who sends something else soon,
   * as a monitor its heartbeats, what the other side can do without until then.
   *
   * @return false: the link is closed and the frame goes nowhere
   * @throws FrameTooLargeException the frame is over the limit; the link goes on
   */
  public boolean sendWithNext(S frame) {
    return send(frame, true);
  }

  private boolean send(S frame, boolean waits) {
    int size = frame.getSerializedSize();
    if (size > FRAME_LIMIT_BYTES) {
      throw new FrameTooLargeException(frame.getClass().getSimpleName(), size);
    }
    var outgoing = new Outgoing(frame.toByteArray(), sending.of(frame), waits);
    return switch (queue.put(outgoing, SEND_QUEUE_LIMIT_BYTES, SEND_WAIT_LIMIT)) {
      case QUEUED -> {
        framesSent.incrementAndGet();
        yield true;
      }
      case CLOSED -> false;
      case FULL -> {
        end(
            Cause.PEER_NOT_READING,
            "more than %,d bytes waited to be sent for %s"
                .formatted(SEND_QUEUE_LIMIT_BYTES, SEND_WAIT_LIMIT),
            null);
        closeChannel();
        yield false;
      }
    };
  }

  /** Whether frames can still be sent. */
  public boolean isOpen() {
    return ended.get() == null;
  }

  /** Frames taken by {@link #send} so far. */
  public long framesSent() {
    return framesSent.get();
  }

  /** Frames given to the listener so far. */
  public long framesReceived() {
    return framesReceived.get();
  }

  /**
   * Ends the link once what was sent before has left, or after {@link #CLOSE_FLUSH_LIMIT}. May be
   * called from anywhere, any number of times. The listener hears {@code CLOSED_HERE}, unless the
   * link had ended otherwise.
   */
  @Override
  public void close() {
    end(Cause.CLOSED_HERE, "it was closed on this side", null);
    if (started.get()) {
      awaitQuietly(flushed, CLOSE_FLUSH_LIMIT);
    }
    closeChannel();
  }

  private void writeAll() {
    try {
      for (List<Outgoing> batch = queue.takeAll(); !batch.isEmpty(); batch = queue.takeAll()) {
        if (FramePoints.ARMED) {
          writeEach(batch);
        } else {
          writer.write(batch);
        }
      }
    } catch (IOException e) {
      queue.close();
      // The peer may have said something before it went: the reader gets time to find that out.
      awaitQuietly(readToEnd, CLOSE_FLUSH_LIMIT);
      end(Cause.LOST, "writing failed: " + e.getMessage(), e);
      closeChannel();
    } finally {
      flushed.countDown();
    }
  }

  /** One by one, so that a fail point is between two of them and not between two batches. */
  private void writeEach(List<Outgoing> batch) throws IOException {
    for (Outgoing frame : batch) {
      FramePoints.before(frame.point());
      writer.write(List.of(frame));
      FramePoints.after(frame.point());
    }
  }

  private void readAll(LinkListener<R> listener) {
    try {
      R frame;
      while ((frame = reader.next()) != null) {
        framesReceived.incrementAndGet();
        if (!deliver(listener, frame)) {
          return;
        }
      }
      end(Cause.PEER_CLOSED, "the other side closed it", null);
    } catch (BadFrameException e) {
      end(Cause.BAD_FRAME, String.valueOf(e.getMessage()), e);
    } catch (EOFException e) {
      end(Cause.PEER_CLOSED, "the other side closed it: " + e.getMessage(), e);
    } catch (IOException e) {
      end(Cause.LOST, "reading failed: " + e, e);
    } catch (OutOfMemoryError e) {
      end(Cause.LOST, "no memory for a frame", e);
      throw e;
    } finally {
      readToEnd.countDown();
      closeChannel();
      listener.onClosed(whyEnded());
    }
  }

  private boolean deliver(LinkListener<R> listener, R frame) {
    try {
      FramePoint point = receiving.of(frame);
      FramePoints.before(point);
      listener.onFrame(frame);
      FramePoints.after(point);
      return true;
    } catch (Throwable thrown) {
      end(Cause.LISTENER_FAILED, "the listener failed on a frame: " + thrown, thrown);
      return false;
    }
  }

  private LinkClosed whyEnded() {
    var why = ended.get();
    if (why == null) {
      throw new IllegalStateException("The link " + name + " ended without a reason.");
    }
    return why;
  }

  /** The first reason stays. */
  private void end(Cause cause, String reason, @Nullable Throwable thrown) {
    ended.compareAndSet(
        null, new LinkClosed(cause, "The link " + name + " ended: " + reason + ".", thrown));
    queue.close();
  }

  private void closeChannel() {
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is gone either way, and the reason of the end is recorded already.
      end(Cause.LOST, "closing failed: " + e.getMessage(), e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch, Duration limit) {
    try {
      if (!latch.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        return; // The wait is a courtesy; the caller goes on closing.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread thread(String name, Runnable work) {
    return Thread.ofPlatform().name(name).daemon(true).unstarted(work);
  }
}
