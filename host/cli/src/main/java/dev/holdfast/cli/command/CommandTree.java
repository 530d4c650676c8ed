package dev.holdfast.cli.command;

import static dev.holdfast.cli.command.Entry.both;
import static dev.holdfast.cli.command.Entry.noun;
import static dev.holdfast.cli.command.Entry.verb;

import dev.holdfast.cli.session.Surroundings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/**
 * All commands, noun first, then verb. Only those that stand in the line are made whole, with their
 * options read by reflection: that is most of the work of a short command's start.
 */
public final class CommandTree {
  private CommandTree() {}

  private static final String VERBOSE = "--verbose";
  private static final String CHECKPOINT = "checkpoint";
  private static final String ADD = "add";

  static final List<Entry> ENTRIES =
      List.of(
          verb(
              "serve",
              "Run the cluster service in the foreground.",
              "holdfast serve --http 127.0.0.1:7700",
              LaunchedCommands.Serve::new),
          verb(
              "demo",
              "Run the cluster service with a sample cluster of real processes; or play a tour.",
              "holdfast demo\nholdfast demo --tour Q316772",
              LaunchedCommands.Demo::new),
          noun(
              "service",
              "The cluster service itself.",
              "holdfast service status",
              verb(
                  "status",
                  "The service: pid, version, readiness.",
                  "holdfast service status -o json",
                  ServiceCommands.Status::new),
              verb(
                  "stop",
                  "Take everything offline in order, then end the service.",
                  "holdfast service stop --keep",
                  ServiceCommands.Stop::new)),
          verb(
              "status",
              "Groups, resources, monitors, last failures.",
              "holdfast status --watch",
              StatusCommand::new),
          verb(
              "why",
              "Why a resource or group is in its state, and what unblocks it.",
              "holdfast why web-app",
              WhyCommand::new),
          verb(
              "apply",
              "Make the cluster what a file says: groups, resources, properties, checkpoints.",
              "holdfast apply -f cluster.yaml\nholdfast apply -f cluster.yaml --prune --dry-run",
              ClusterFileCommands.Apply::new),
          verb(
              "diff",
              "Tell what apply would change; 3 when it would.",
              "holdfast diff -f cluster.yaml",
              ClusterFileCommands.Diff::new),
          verb(
              "export",
              "Write the cluster as a file that apply takes; or the JSON Schema of such files.",
              "holdfast export > cluster.yaml\nholdfast export --schema > cluster.schema.json",
              ClusterFileCommands.Export::new),
          noun(
              "type",
              "Resource types.",
              "holdfast type list",
              verb("list", "All types.", "holdfast type list -o wide", TypeCommands.ListAll::new),
              verb(
                  "show",
                  "One type.",
                  "holdfast type show 'Generic Application'",
                  TypeCommands.Show::new),
              verb(
                  "register",
                  "Register the types of a plugin archive; a newer version upgrades.",
                  "holdfast type register ticker-0.1.0.zip",
                  TypeCommands.Register::new),
              verb(
                  "unregister",
                  "Take a type out of the database.",
                  "holdfast type unregister Ticker --force",
                  TypeCommands.Unregister::new),
              verb(
                  "verify",
                  "Read every archive again and compare digests; 3 when one is wrong.",
                  "holdfast type verify",
                  TypeCommands.Verify::new)),
          noun(
              "group",
              "Groups of resources.",
              "holdfast group list",
              verb("list", "All groups.", "holdfast group list", GroupCommands.ListAll::new),
              verb("show", "One group.", "holdfast group show web", GroupCommands.Show::new),
              verb(
                  "create",
                  "Create a group.",
                  "holdfast group create web",
                  GroupCommands.Create::new),
              verb(
                  "delete",
                  "Delete an empty group.",
                  "holdfast group delete web",
                  GroupCommands.Delete::new),
              verb(
                  "online",
                  "Bring all its resources online.",
                  "holdfast group online web",
                  GroupCommands.Online::new),
              verb(
                  "offline",
                  "Take all its resources offline.",
                  "holdfast group offline web",
                  GroupCommands.Offline::new),
              verb(
                  "set",
                  "Set its properties.",
                  "holdfast group set web Description='the shop'",
                  GroupCommands.Set::new),
              verb(
                  "move",
                  "Move it, and all others, to a node that waits for the quorum.",
                  "holdfast group move web --to beta",
                  GroupCommands.Move::new)),
          noun(
              "node",
              "Nodes that share the quorum.",
              "holdfast node list",
              verb("list", "All nodes.", "holdfast node list", NodeCommands.ListAll::new),
              verb("show", "One node.", "holdfast node show beta", NodeCommands.Show::new)),
          quorum(),
          resource(),
          noun(
              "monitor",
              "Resource monitors.",
              "holdfast monitor list",
              verb("list", "All monitors.", "holdfast monitor list", MonitorCommands.ListAll::new),
              verb(
                  "show",
                  "One monitor.",
                  "holdfast monitor show shared-0",
                  MonitorCommands.Show::new),
              verb(
                  "kill",
                  "Send a signal to a monitor, to see that nothing is lost.",
                  "holdfast monitor kill shared-0 --signal STOP",
                  MonitorCommands.Kill::new),
              verb(
                  "restart",
                  "Replace a monitor in order.",
                  "holdfast monitor restart shared-0",
                  MonitorCommands.Restart::new),
              verb(
                  "threads",
                  "Its threads (a later release).",
                  "holdfast monitor threads shared-0",
                  LaterCommand::new)),
          checkpoint(),
          registry(),
          both(
              "events",
              "The event log.",
              "holdfast events -f --level error",
              EventCommands.Query::new,
              verb(
                  "show",
                  "One event.",
                  "holdfast events show 17 --format kb",
                  EventCommands.Show::new)),
          noun(
              "incident",
              "Deaths of monitors.",
              "holdfast incident list",
              verb(
                  "list",
                  "All incidents.",
                  "holdfast incident list",
                  IncidentCommands.ListAll::new),
              verb(
                  "show", "One incident.", "holdfast incident show 1", IncidentCommands.Show::new)),
          verb(
              "audit",
              "Check every invariant from outside: /proc, files, records; 3 when one is broken.",
              "holdfast audit --save-baseline before.json",
              AuditCommand::new),
          verb(
              "validate",
              "Look whether checkpoints could be restored and types loaded; 3 when not.",
              "holdfast validate --only checkpoints",
              ValidateCommand::new),
          noun(
              "debug",
              "For those who test crashes.",
              "holdfast debug failpoints",
              verb(
                  "failpoints",
                  "The places where service and monitors can be made to fail, and what each stands"
                      + " for.",
                  "holdfast debug failpoints\nHOLDFAST_FAILPOINT=hive.sync.before=halt holdfast"
                      + " serve",
                  DebugCommands.FailPointList::new)),
          verb("version", "The version.", "holdfast version", VersionCommand::new),
          verb(
              "exit-codes",
              "What commands end with.",
              "holdfast exit-codes",
              ExitCodesCommand::new));

  private static Entry quorum() {
    return noun(
        "quorum",
        "The quorum directory: what the cluster keeps; backup and restore. HKLM\\Software and"
            + " HKLM\\System are each node's own and not in it: registry save.",
        "holdfast quorum backup /var/backups",
        verb(
            "show",
            "Where it is, who holds it, how large it is, when it was backed up; or what a backup is"
                + " of.",
            "holdfast quorum show\nholdfast quorum show quorum.tar",
            QuorumCommands.Show::new),
        verb(
            "backup",
            "Write all of it to one file, while the cluster runs or without a service; it is read"
                + " back before it has its name. 3 when something is missing in it.",
            "holdfast quorum backup /var/backups\nholdfast quorum backup quorum.tar --force",
            QuorumCommands.BackUp::new),
        verb(
            "verify",
            "Read a backup, or a quorum directory that nobody holds; 3 when it is not good. Needs"
                + " no service.",
            "holdfast quorum verify quorum.tar",
            QuorumCommands.Verify::new),
        verb(
            "restore",
            "Make a quorum directory of a backup; no service may hold it. With --dry-run, say what"
                + " would be lost.",
            "holdfast quorum restore quorum.tar --quorum /srv/quorum --force",
            QuorumCommands.Restore::new));
  }

  private static Entry checkpoint() {
    return noun(
        CHECKPOINT,
        "What of a resource's configuration follows it: registry keys and files.",
        "holdfast checkpoint list web-app",
        verb(
            ADD,
            "Have a key below HKLM, or files, follow a resource; what is there is saved.",
            "holdfast checkpoint add web-app 'registry:Software\\Contoso'"
                + " --on-restore-failure retry\nholdfast checkpoint add web-app"
                + " file:/etc/contoso --exclude '*.log' --keep 20 --quiet 1s",
            CheckpointCommands.Add::new),
        verb(
            "list",
            "Checkpoints, of one resource or of all.",
            "holdfast checkpoint list web-app -o wide",
            CheckpointCommands.ListAll::new),
        verb(
            "remove",
            "Remove a checkpoint with its generations; what is live stays.",
            "holdfast checkpoint remove web-app 1",
            CheckpointCommands.Remove::new),
        verb(
            "save",
            "Save what is live as a new generation, of one checkpoint or of all of a resource.",
            "holdfast checkpoint save web-app",
            CheckpointCommands.Save::new),
        verb(
            "history",
            "Its generations, oldest first.",
            "holdfast checkpoint history web-app 1",
            CheckpointCommands.History::new),
        verb(
            "show",
            "A checkpoint, or one of its generations; or what was saved, as a file.",
            "holdfast checkpoint show web-app 1\nholdfast checkpoint show web-app 1 --generation 3"
                + " --format reg -f contoso.reg",
            CheckpointCommands.Show::new),
        verb(
            "diff",
            "What differs between generations, or from one to what is live.",
            "holdfast checkpoint diff web-app 1\nholdfast checkpoint diff web-app 1 3 4",
            CheckpointCommands.Diff::new),
        verb(
            "rollback",
            "Make an older generation the current one; it is restored before the next online.",
            "holdfast checkpoint rollback web-app 1 --to 3",
            CheckpointCommands.Rollback::new),
        verb(
            "verify",
            "Read every generation back; 3 when one is missing or damaged.",
            "holdfast checkpoint verify",
            CheckpointCommands.Verify::new));
  }

  private static Entry registry() {
    return noun(
        "registry",
        "Keys and values: HKLM\\Software, HKLM\\System, HKLM\\Cluster.",
        "holdfast registry query 'HKLM\\Software' -r",
        verb(
            "query",
            "A key: its values and subkeys.",
            "holdfast registry query 'HKLM\\System\\CurrentControlSet'",
            RegistryCommands.Query::new),
        verb(
            "add",
            "Make a key, or set one of its values; keys above it are made.",
            "holdfast registry add 'HKLM\\Software\\Contoso' -v Port -t REG_DWORD -d 8080",
            RegistryCommands.Add::new),
        verb(
            "delete",
            "Delete a key, or one of its values.",
            "holdfast registry delete 'HKLM\\Software\\Contoso' -v Port",
            RegistryCommands.Delete::new),
        verb(
            "export",
            "Write a key with all below it as registry text.",
            "holdfast registry export 'HKLM\\Software\\Contoso' contoso.reg",
            RegistryFileCommands.Export::new),
        verb(
            "import",
            "Do what a registry text says: hive by hive, all of it or nothing.",
            "holdfast registry import contoso.reg",
            RegistryFileCommands.Import::new),
        verb(
            "save",
            "Write a key with all below it as a hive file, as RegSaveKey does.",
            "holdfast registry save 'HKLM\\Software\\Contoso' contoso.hive",
            RegistryFileCommands.Save::new),
        verb(
            "restore",
            "Give a key the contents of a hive file, as RegRestoreKey does.",
            "holdfast registry restore 'HKLM\\Software\\Contoso' contoso.hive",
            RegistryFileCommands.Restore::new),
        verb(
            "watch",
            "Tell changes of a key as they are made.",
            "holdfast registry watch 'HKLM\\Software' -r",
            RegistryCommands.Watch::new),
        verb(
            "load",
            "Show a hive file as a key right below HKLM, until it is unloaded.",
            "holdfast registry load 'HKLM\\Offline' software.hive",
            RegistryFileCommands.Load::new),
        verb(
            "unload",
            "Let go of a loaded hive; with a file, save it there first.",
            "holdfast registry unload 'HKLM\\Offline' software.hive --force",
            RegistryFileCommands.Unload::new),
        verb(
            "hold",
            "Keep keys open until ended, for testers: who restores them is told who holds them.",
            "holdfast registry hold 'HKLM\\Software\\Contoso'",
            RegistryHandleCommands.Hold::new),
        verb(
            "handles",
            "Who holds which keys open, and since when.",
            "holdfast registry handles 'HKLM\\Software'",
            RegistryHandleCommands.Handles::new),
        noun(
            "acl",
            "Who may do what with a key.",
            "holdfast registry acl show 'HKLM\\Software'",
            verb(
                "show",
                "Its owner, and the entries of its security descriptor.",
                "holdfast registry acl show 'HKLM\\Software'",
                RegistryAclCommands.Show::new),
            verb(
                "grant",
                "Give a principal rights to a key and those below.",
                "holdfast registry acl grant 'HKLM\\Software\\Contoso' alice write",
                RegistryAclCommands.Grant::new),
            verb(
                "revoke",
                "Take rights from a principal; of inherited ones, copies stay of the rest.",
                "holdfast registry acl revoke 'HKLM\\Software\\Contoso' cluster-service all",
                RegistryAclCommands.Revoke::new)));
  }

  private static Entry resource() {
    return noun(
        "resource",
        "Resources.",
        "holdfast resource list",
        verb(
            "list",
            "All resources.",
            "holdfast resource list -o wide",
            ResourceCommands.ListAll::new),
        verb("show", "One resource.", "holdfast resource show web-app", ResourceCommands.Show::new),
        verb(
            "create",
            "Create a resource, Offline.",
            "holdfast resource create web-app -t 'Generic Application' -g web -p CommandLine='sleep"
                + " 1000'",
            ResourceCommands.Create::new),
        verb(
            "delete",
            "Delete a resource that is offline.",
            "holdfast resource delete web-app",
            ResourceCommands.Delete::new),
        verb(
            "online",
            "Bring it online, its providers first.",
            "holdfast resource online web-app\nholdfast resource online nginx --adopt",
            ResourceCommands.Online::new),
        verb(
            "offline",
            "Take it offline, its dependents first.",
            "holdfast resource offline web-app",
            ResourceCommands.Offline::new),
        verb(
            "restart",
            "Offline, then online.",
            "holdfast resource restart web-app",
            ResourceCommands.Restart::new),
        verb(
            "fail",
            "Have it fail; the restart policy does the rest.",
            "holdfast resource fail web-app",
            ResourceCommands.Fail::new),
        verb(
            "set",
            "Set properties; all of them or none. 'Name=' goes back to the default.",
            "holdfast resource set web-app RestartDelay=0",
            ResourceCommands.Set::new),
        verb(
            "maintenance",
            "While on, it is not polled and its end is no failure.",
            "holdfast resource maintenance on web-app",
            ResourceCommands.Maintenance::new),
        verb(
            "reset-failures",
            "Forget its failures.",
            "holdfast resource reset-failures web-app",
            ResourceCommands.ResetFailures::new),
        verb(
            "logs",
            "What its application has written.",
            "holdfast resource logs web-app -f",
            ResourceCommands.Logs::new),
        verb(
            "control",
            "Ask it to do something that its type declares; without a name, what that is.",
            "holdfast resource control data\nholdfast resource control data Snapshot name=before",
            ResourceCommands.Control::new),
        verb(
            "patch",
            "Repair it while offline, and keep what that changed of its checkpoints.",
            """
            holdfast resource patch mail-store -- isinteg -patch
            holdfast resource patch mail-store --begin
            holdfast resource patch mail-store --abort\
            """,
            ResourceCommands.Patch::new));
  }

  /**
   * Whether -v names a value, as it does for reg.exe, and --verbose alone asks for more words: the
   * noun is registry.
   */
  public static boolean namesValues(List<String> args) {
    return first(ENTRIES, args).filter("registry"::equals).isPresent();
  }

  /** Whether --quiet is a time, and -q alone asks for fewer words: a checkpoint is added. */
  private static boolean namesQuietTime(List<String> args) {
    return first(ENTRIES, args).filter(CHECKPOINT::equals).isPresent()
        && first(checkpoint().children(), args.subList(args.indexOf(CHECKPOINT) + 1, args.size()))
            .filter(ADD::equals)
            .isPresent();
  }

  /** The first word that is a command. */
  private static Optional<String> first(List<Entry> commands, List<String> args) {
    Set<String> names = commands.stream().map(Entry::name).collect(Collectors.toSet());
    return args.stream().filter(names::contains).findFirst();
  }

  /**
   * Leaves commands the free use of one of an option's names.
   *
   * @param freed the name that only {@code holdfast} itself goes on to know, before any command
   * @param kept the option's other name
   */
  private static void free(CommandSpec root, String freed, String kept) {
    OptionSpec option = root.findOption(freed);
    root.remove(option);
    root.addOption(OptionSpec.builder(option).names(kept).build());
    root.addOption(
        OptionSpec.builder(option).names(freed).scopeType(ScopeType.LOCAL).hidden(true).build());
  }

  /** The command line for these arguments. */
  public static CommandLine of(Surroundings surroundings, List<String> args) {
    CommandSpec root = CommandSpec.forAnnotatedObject(new Root(surroundings));
    if (namesValues(args)) {
      OptionSpec verbose = root.findOption(VERBOSE);
      root.remove(verbose);
      root.addOption(OptionSpec.builder(verbose).names(VERBOSE).build());
    }
    if (namesQuietTime(args)) {
      free(root, "--quiet", "-q");
    }
    var line = new CommandLine(root);
    line.getCommandSpec()
        .usageMessage()
        .description("Hosts resource types written as plugins, and keeps their resources alive.");
    Set<String> wanted = Set.copyOf(args);
    for (Entry entry : ENTRIES) {
      line.addSubcommand(entry.name(), make(entry, wanted));
    }
    line.setExpandAtFiles(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    return line;
  }

  private static CommandLine make(Entry entry, Set<String> wanted) {
    boolean whole = wanted.contains(entry.name());
    Object worker = whole && entry.maker() != null ? entry.maker().get() : null;
    CommandSpec spec =
        worker == null ? CommandSpec.create() : CommandSpec.forAnnotatedObject(worker);
    spec.usageMessage()
        .description(entry.description())
        .footer(footer(entry))
        .synopsisSubcommandLabel(entry.maker() == null ? "COMMAND" : "[COMMAND]");
    if (worker instanceof LaterCommand) {
      spec.parser().unmatchedArgumentsAllowed(true).unmatchedOptionsArePositionalParams(true);
    }
    var line = new CommandLine(spec);
    if (whole) {
      for (Entry child : entry.children()) {
        line.addSubcommand(child.name(), make(child, wanted));
      }
    }
    return line;
  }

  private static String[] footer(Entry entry) {
    List<String> lines = new ArrayList<>(List.of("", "Example:"));
    entry.example().lines().forEach(line -> lines.add("  " + line.replace("%", "%%")));
    return lines.toArray(String[]::new);
  }
}
