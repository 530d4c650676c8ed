package dev.holdfast.protocol;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The command lines of a resource monitor. They stand here, and not in the monitor's module, so
 * that the service can start monitors without plugin code on its class path.
 *
 * <p>An AOT cache is good for one class path in one order and for one garbage collector: a training
 * run and the starts that use its cache must come from the same values of this record. A cache that
 * does not fit, or is missing, costs start-up time and nothing else.
 *
 * @param java the executable of the JDK to run
 * @param classPath explicit jars: the monitor's, the protocol's, the SPI's and what they need
 * @param aotCache the cache to use once the file is there
 * @param heapMegabytes {@code -Xmx}
 */
public record MonitorCommand(
    Path java, List<Path> classPath, @Nullable Path aotCache, int heapMegabytes) {
  /** The main class. */
  public static final String MAIN_CLASS = "dev.holdfast.monitor.ResourceMonitor";

  /** Held 1,000 toy resources; a type that needs more gets a monitor of its own. */
  public static final int DEFAULT_HEAP_MEGABYTES = 64;

  /** A monitor whose link closed, or that was told to shut down. */
  public static final int EXIT_DONE = 0;

  /** Called with arguments it does not understand, or without a nonce. */
  public static final int EXIT_USAGE = 2;

  /** The service was not there, or refused the monitor. */
  public static final int EXIT_NO_SERVICE = 69;

  /** The monitor itself has a fault (not a plugin). */
  public static final int EXIT_FAULT = 70;

  /** Copies the list. */
  public MonitorCommand {
    classPath = List.copyOf(classPath);
    if (classPath.isEmpty()) {
      throw new IllegalArgumentException("A monitor needs a class path.");
    }
  }

  /**
   * The command that starts a monitor. Its nonce is to be written as the first line of its stdin.
   *
   * @param name the monitor's, as in {@code shared-0}
   * @param socket where the service listens
   * @param stateBlock the file that will say what the monitor's threads do
   * @param errorFile where the JVM writes its report if native code kills it. Give each monitor a
   *     path of its own and see that it does not exist: without core dumps such a death has exit
   *     code 1, and only this file tells it from {@code exit(1)}
   */
  public List<String> start(String name, Path socket, Path stateBlock, Path errorFile) {
    var command = new ArrayList<String>();
    command.add(java.toString());
    if (aotCache != null && Files.isRegularFile(aotCache)) {
      command.add("-XX:AOTCache=" + aotCache);
    }
    command.addAll(flags());
    command.add("-XX:ErrorFile=" + errorFile);
    command.addAll(mainClass());
    command.addAll(List.of("--name", name));
    command.addAll(List.of("--socket", socket.toString()));
    command.addAll(List.of("--state", stateBlock.toString()));
    return List.copyOf(command);
  }

  /**
   * The command that makes an AOT cache and exits 0: it loads the plugins, runs what a find runs,
   * and lets the JVM write the cache. It talks to no service. Takes a few seconds of one core;
   * write to a path of its own and rename the result to {@link #aotCache()}.
   *
   * @param output the cache to write
   * @param pluginFolders unpacked plugins to load; may be empty
   */
  public List<String> train(Path output, List<Path> pluginFolders) {
    var command = new ArrayList<String>();
    command.add(java.toString());
    command.add("-XX:AOTCacheOutput=" + output);
    command.addAll(flags());
    command.addAll(mainClass());
    command.add("--train");
    pluginFolders.forEach(folder -> command.add(folder.toString()));
    return List.copyOf(command);
  }

  /**
   * What starts and training runs have in common. Scaling: a monitor that takes a hundred resources
   * over spent 200 ms of processor time on compiling what runs a few hundred times; so 120.
   */
  private List<String> flags() {
    var flags = new ArrayList<>(Flags.ALL);
    flags.add("-Xmx" + heapMegabytes + "m");
    return flags;
  }

  /**
   * The flags of the JVM, one a line of the file {@code monitor.flags}. The launcher, which trains
   * a monitor without a JVM at hand to ask, has a copy of the same file.
   */
  private static final class Flags {
    static final List<String> ALL = read();

    private static List<String> read() {
      try (var in = MonitorCommand.class.getResourceAsStream("monitor.flags")) {
        if (in == null) {
          throw new IllegalStateException("the jar of the protocol lacks monitor.flags");
        }
        return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
      } catch (IOException e) {
        throw new UncheckedIOException("monitor.flags cannot be read from the protocol's jar", e);
      }
    }
  }

  private List<String> mainClass() {
    return List.of(
        "-cp",
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
        MAIN_CLASS);
  }
}
