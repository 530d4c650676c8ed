package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.OfflineCall;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.Resource;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The well-behaved resource in the monitor: a thread that waits for its end. */
final class BeatingThread implements Resource {
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private final Context context;
  private volatile @Nullable Thread thread;

  BeatingThread(Context context) {
    this.context = context;
  }

  @Override
  public Found find(Call call) {
    return isBeating()
        ? Found.running("a thread of this monitor")
        : Found.absent("no thread of this monitor");
  }

  @Override
  public void online(OnlineCall call) {
    Thread fresh = context.threads().newThread(BeatingThread::beat);
    fresh.start();
    thread = fresh;
  }

  @Override
  public void offline(OfflineCall call) throws InterruptedException {
    end();
  }

  @Override
  public void terminate(Call call) throws InterruptedException {
    end();
  }

  @Override
  public Health isAlive(Call call) {
    return isBeating() ? Health.alive() : Health.failed("its thread ended");
  }

  @Override
  public void close() {
    Thread beating = thread;
    if (beating != null) {
      beating.interrupt();
    }
  }

  private boolean isBeating() {
    Thread beating = thread;
    return beating != null && beating.isAlive();
  }

  private void end() throws InterruptedException {
    Thread beating = thread;
    if (beating != null) {
      beating.interrupt();
      beating.join(END_LIMIT.toMillis());
    }
  }

  private static void beat() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // That is how it ends.
    }
  }
}
