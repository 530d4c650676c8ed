package dev.holdfast.cli.session;

import dev.holdfast.cli.output.Format;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The flags that every command has. They may stand anywhere in the line. */
public final class Flags {
  /** The value that {@code --wait} has when it is typed without one. */
  public static final String UNTIL_SETTLED = "settled";

  @Option(
      names = "--home",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "Data directory of the local node; or HOLDFAST_HOME.")
  public @Nullable String home;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      scope = ScopeType.INHERIT,
      description = "table (default), wide, json, jsonl, yaml or name.")
  public Format format = Format.table;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      scope = ScopeType.INHERIT,
      description = "Wait until a change has settled: the default, without limit; or --wait=60s.")
  public String wait = UNTIL_SETTLED;

  @Option(
      names = "--no-wait",
      scope = ScopeType.INHERIT,
      description = "Do not wait until a change has settled.")
  public boolean noWait;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "No narration.")
  public boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Say more; an error with its stack trace.")
  public boolean verbose;

  @Option(
      names = "--dry-run",
      scope = ScopeType.INHERIT,
      description = "Check, say what would happen, change nothing.")
  public boolean dryRun;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "This help.")
  boolean help;
}
