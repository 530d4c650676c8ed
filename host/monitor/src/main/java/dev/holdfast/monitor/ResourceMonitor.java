package dev.holdfast.monitor;

import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.failpoint.StoragePoint;
import dev.holdfast.monitor.log.MonitorLog;
import dev.holdfast.protocol.Link;
import dev.holdfast.protocol.MonitorCommand;
import dev.holdfast.protocol.StateBlock;
import dev.holdfast.protocol.StateBlockWriter;
import dev.holdfast.protocol.wire.LogLevel;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The resource monitor's main. Started by the cluster service with the command of {@link
 * MonitorCommand}, the nonce as the first line of its input; exit codes are there, too.
 */
public final class ResourceMonitor {
  /** A nonce is shorter. */
  private static final int NONCE_LIMIT_BYTES = 256;

  private ResourceMonitor() {}

  /** Runs a monitor, or trains for an AOT cache. */
  public static void main(String[] args) {
    long began = System.nanoTime();
    Thread.setDefaultUncaughtExceptionHandler(ResourceMonitor::strangeThreadDied);
    int code;
    try {
      code = run(MonitorArguments.parse(List.of(args)), began);
    } catch (IllegalArgumentException e) {
      MonitorOutput.say(String.valueOf(e.getMessage()));
      code = MonitorCommand.EXIT_USAGE;
    } catch (IOException e) {
      MonitorOutput.say(String.valueOf(e.getMessage()));
      code = MonitorCommand.EXIT_NO_SERVICE;
    } catch (Throwable thrown) {
      MonitorOutput.say("The monitor has a fault of its own and ends: " + thrown, thrown);
      code = MonitorCommand.EXIT_FAULT;
    }
    System.out.flush();
    // Not exit(): a plugin's shutdown hook could hold the process for ever.
    Runtime.getRuntime().halt(code);
  }

  private static int run(MonitorArguments arguments, long began)
      throws IOException, InterruptedException {
    if (arguments instanceof MonitorArguments.Serve serve) {
      return serve(serve, began);
    }
    Training.run(((MonitorArguments.Train) arguments).folders());
    System.exit(MonitorCommand.EXIT_DONE); // The JVM writes its cache on the way out.
    return MonitorCommand.EXIT_DONE;
  }

  private static int serve(MonitorArguments.Serve serve, long began)
      throws IOException, InterruptedException {
    var clock = InstantSource.system();
    long pid = ProcessHandle.current().pid();
    // The JVM's first socket takes a third of the time until Ready; the rest is done meanwhile.
    var connecting = connecting(serve.socket(), serve.name());
    var stateBlock = stateBlock(serve.stateBlock(), pid, clock);
    var self = new MonitorSession.Self(serve.name(), readNonce(System.in), version(), pid, began);
    MonitorSession.prepare();
    return new MonitorSession(self, connected(connecting), stateBlock, clock).run();
  }

  /** Connects on a thread of its own. */
  static FutureTask<Link<ToService, ToMonitor>> connecting(Path socket, String name) {
    var connecting = new FutureTask<>(() -> connect(socket, name));
    Thread.ofPlatform().daemon(true).name("connect").start(connecting);
    return connecting;
  }

  private static Link<ToService, ToMonitor> connect(Path socket, String name) throws IOException {
    StepPoint.MONITOR_CONNECT.before();
    Link<ToService, ToMonitor> link = Link.connect(socket, name);
    StepPoint.MONITOR_CONNECT.after();
    return link;
  }

  static Link<ToService, ToMonitor> connected(FutureTask<Link<ToService, ToMonitor>> connecting)
      throws IOException, InterruptedException {
    try {
      return connecting.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException unreachable) {
        throw unreachable;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  static StateBlockWriter stateBlock(Path file, long pid, InstantSource clock) {
    try {
      StoragePoint.MONITOR_STATE_BLOCK.before();
      var made = StateBlockWriter.create(file, pid, clock.instant(), StateBlock.ENTRY_LIMIT);
      StoragePoint.MONITOR_STATE_BLOCK.after();
      return made;
    } catch (IOException e) {
      MonitorOutput.say(
          "The state block %s of monitor process %d cannot be made (%s). It goes on without: should it die, nobody will know in which call."
              .formatted(file, pid, e));
      return StateBlockWriter.withoutFile(StateBlock.ENTRY_LIMIT);
    }
  }

  /** Reads the first line and not a byte more. */
  static String readNonce(InputStream in) throws IOException {
    var nonce = new byte[NONCE_LIMIT_BYTES];
    int length = 0;
    for (int read = in.read(); read != '\n' && read >= 0; read = in.read()) {
      if (length == nonce.length) {
        throw new IllegalArgumentException(
            "The first line of a monitor's input is its nonce; it was longer than %d bytes."
                .formatted(NONCE_LIMIT_BYTES));
      }
      nonce[length++] = (byte) read;
    }
    if (length == 0) {
      throw new IllegalArgumentException(
          "A resource monitor is started by the cluster service, which writes a nonce to its input;"
              + " there was none.");
    }
    return new String(nonce, 0, length, StandardCharsets.UTF_8);
  }

  /** The version in the jar; from a folder of classes there is none. */
  static String version() {
    String version = ResourceMonitor.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  /**
   * Every thread of ours handles what is thrown on it, so this one is a plugin's: its end is told,
   * and the monitor goes on.
   */
  private static void strangeThreadDied(Thread thread, Throwable thrown) {
    MonitorLog.write(
        LogLevel.ERROR,
        ResourceMonitor.class.getName(),
        "A thread that a plugin made, " + thread.getName() + ", died.",
        thrown);
  }
}
