package dev.holdfast.bench;

import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.registry.CommitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * Runs benchmarks and prints their tables.
 *
 * <p>Usage: {@code AllBenches [NAME[,NAME…]]}, of recovery, recovery-1000, restart, start, hive,
 * registry, checkpoint, checkpoint-1000, takeover, and of four that run only when they are named:
 * cycles, which takes hours, services, which installs SysV scripts for a while, regf, which wants
 * hivex and a script beside it, and ocf, which wants Debian's agents. System properties: {@code
 * holdfast.dist}, the distribution to measure; {@code holdfast.bench.directory}, where to write,
 * else the current one; {@code holdfast.bench.quick}, true for a few rounds only.
 */
public final class AllBenches {
  private static final String ALL =
      "recovery,recovery-1000,restart,start,hive,registry,checkpoint,checkpoint-1000,takeover";

  /** What is measured in this JVM alone. */
  private static final Set<String> WITHOUT_SERVICE =
      Set.of("hive", "registry", "regf", "checkpoint");

  private AllBenches() {}

  /** Runs them. */
  public static void main(String[] args) throws Exception {
    List<String> names = List.of((args.length == 0 ? ALL : args[0]).split(",", -1));
    Path parent = Path.of(System.getProperty("holdfast.bench.directory", ".")).toAbsolutePath();
    Path directory = Files.createTempDirectory(Files.createDirectories(parent), "bench");
    var ground =
        new Ground(
            Path.of(System.getProperty("holdfast.dist", "host/dist/target/holdfast"))
                .toAbsolutePath()
                .normalize(),
            directory,
            Boolean.getBoolean("holdfast.bench.quick"));
    var report = new Report(System.out, InstantSource.system());
    try {
      if (!WITHOUT_SERVICE.containsAll(names)) {
        ground.makeCaches();
      }
      for (String name : names) {
        run(name, ground, report);
      }
    } finally {
      Ground.remove(directory);
    }
    // Threads of parts that were measured may be left.
    System.exit(0);
  }

  private static void run(String name, Ground ground, Report report)
      throws IOException, InterruptedException, CommitException, SourceException {
    switch (name) {
      case "recovery" -> new RecoveryBench(ground, InstantSource.system(), 100, 250).run(report);
      case "recovery-1000" ->
          new RecoveryBench(ground, InstantSource.system(), 1_000, 500).run(report);
      case "cycles" -> new CyclesBench(ground).run(report);
      case "restart" -> new RestartBench(ground).run(report);
      case "start" -> new StartBench(ground).run(report);
      case "hive" -> new HiveBench(ground).run(report);
      case "registry" -> new RegistryBench(ground).run(report);
      case "checkpoint" -> new CheckpointBench(ground).run(report);
      case "checkpoint-1000" -> new ChangesBench(ground, 1_000).run(report);
      case "takeover" -> new TakeoverBench(ground).run(report);
      case "services" -> new ServicesBench(ground).run(report);
      case "ocf" -> new OcfBench(ground).run(report);
      case "regf" -> new RegfBench(ground).run(report);
      default ->
          throw new IllegalArgumentException(
              "There is no benchmark "
                  + name
                  + "; there are "
                  + ALL
                  + ",cycles,services,regf,ocf.");
    }
  }
}
