package dev.holdfast.cli.command;

import dev.holdfast.backup.BackupFile;
import dev.holdfast.backup.BackupTarget;
import dev.holdfast.backup.Finding;
import dev.holdfast.backup.MalformedBackupException;
import dev.holdfast.backup.Manifest;
import dev.holdfast.backup.OfflineQuorum;
import dev.holdfast.backup.QuorumCheck;
import dev.holdfast.backup.QuorumFacts;
import dev.holdfast.backup.RefusedException;
import dev.holdfast.backup.Restoration;
import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.Interruption;
import dev.holdfast.cli.session.ServiceClient;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code holdfast quorum …}. The only commands that read what the service keeps by themselves. */
final class QuorumCommands {
  /** All blobs are read before the first byte comes. */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private static final int PIECE_BYTES = 1 << 16;
  private static final String INDENT = "    ";

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private QuorumCommands() {}

  /** A command about a quorum directory. */
  abstract static class OnQuorum extends Verb {
    @Option(
        names = "--quorum",
        paramLabel = "DIR",
        description =
            "The quorum directory; default: that of the home's service, else quorum in it.")
    @Nullable Path quorum;

    Path directory(Session session) {
      return (quorum == null ? session.home().path().resolve("quorum") : quorum)
          .toAbsolutePath()
          .normalize();
    }

    OfflineQuorum offline(Session session) {
      return new OfflineQuorum(directory(session), session.surroundings().clock());
    }

    /** The service that holds the directory; empty if none does. */
    Optional<ServiceClient> holder(Session session) throws IOException {
      if (quorum == null) {
        Optional<ServiceClient> ours = holderByStatus(session);
        if (ours.isPresent()) {
          return ours;
        }
      }
      OfflineQuorum offline = offline(session);
      if (!offline.exists() || !offline.isHeld()) {
        return Optional.empty();
      }
      return offline.holdersHome().map(session::serviceOf);
    }

    /** Of a service that waits, the one that it waits for. */
    private static Optional<ServiceClient> holderByStatus(Session session) {
      JsonNode waitsFor;
      try {
        waitsFor =
            service(session)
                .ask(Target.of("status"))
                .path("items")
                .path(0)
                .path("service")
                .path("waitsFor");
      } catch (Failure none) {
        if (none.exitCode() == ExitCode.UNREACHABLE.number()) {
          return Optional.empty();
        }
        throw none;
      }
      if (!waitsFor.isObject()) {
        return Optional.of(service(session));
      }
      String home = waitsFor.path("home").asString("");
      if (home.isEmpty()) {
        throw new Failure(
            ExitCode.CONFLICT,
            "This node waits for the quorum directory %s, and who holds it has not said where; ask there."
                .formatted(waitsFor.path("quorum").asString("?")));
      }
      session.narrate(
          "this node waits for the quorum; asking node "
              + waitsFor.path("node").asString("?")
              + ", which holds it");
      return Optional.of(session.serviceOf(Path.of(home)));
    }

    /** What went wrong, with its exit code; what was found of the quorum is said by the message. */
    static Failure failure(IOException e) {
      ExitCode code =
          switch (e) {
            case RefusedException _ -> ExitCode.CONFLICT;
            case MalformedBackupException _ -> ExitCode.NO;
            default -> ExitCode.FAILED;
          };
      String said = e.getMessage() == null ? e.toString() : e.getMessage();
      String sentence = said.substring(0, 1).toUpperCase(Locale.ROOT) + said.substring(1);
      return new Failure(code, sentence.endsWith(".") ? sentence : sentence + ".", e);
    }

    static Failure failure(Path file, MalformedBackupException e) {
      return new Failure(
          ExitCode.NO, "%s is no good backup: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private static ObjectNode manifest(Manifest manifest) {
    ObjectNode item = Json.object();
    item.put("cluster", manifest.cluster().toString());
    item.put("node", manifest.node());
    item.put("quorum", manifest.quorum());
    item.put("revision", manifest.revision());
    item.put("takenAt", time(manifest.takenAt()));
    item.put("contentBytes", manifest.contentBytes());
    item.put("blobs", count(manifest, "blobs/"));
    item.put("plugins", count(manifest, "plugins/"));
    ArrayNode lacking = item.putArray("lacking");
    manifest
        .lacking()
        .forEach(
            each ->
                lacking
                    .addObject()
                    .put("name", each.name())
                    .put("why", each.why())
                    .put("neededBy", each.neededBy()));
    return item;
  }

  private static String time(Instant at) {
    return DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
        .withZone(ZoneOffset.UTC)
        .format(at);
  }

  private static long count(Manifest manifest, String folder) {
    return manifest.members().stream().filter(each -> each.name().startsWith(folder)).count();
  }

  private static String content(Manifest manifest) {
    return "%,d bytes, %d blobs, %d plugin archives%s"
        .formatted(
            manifest.contentBytes(),
            count(manifest, "blobs/"),
            count(manifest, "plugins/"),
            manifest.lacking().isEmpty()
                ? ""
                : ", without %d that were missing or damaged".formatted(manifest.lacking().size()));
  }

  // ---- backup --------------------------------------------------------------------------------

  static final class BackUp extends OnQuorum {
    @Parameters(
        paramLabel = "FILE|DIR",
        description =
            "The file that is written; in a directory it gets a name with the time. It has"
                + " everything that the cluster keeps: keep it as you keep that.")
    Path target = Path.of("");

    @Option(names = "--force", description = "Replace a file that is there.")
    boolean force;

    @Override
    int run(Session session) {
      try (Interruption interruption = Interruption.watch(true)) {
        return run(session, file(session), interruption);
      }
    }

    private int run(Session session, Path file, Interruption interruption) {
      try {
        Optional<ServiceClient> holder = holder(session);
        if (holder.isEmpty() && !offline(session).exists()) {
          throw new Failure(
              ExitCode.NOT_FOUND,
              "No service runs on %s, and there is no quorum directory %s; name one with --quorum."
                  .formatted(session.home().path(), directory(session)));
        }
        if (session.flags().dryRun) {
          session.narrate("%s would be written".formatted(file));
          return ExitCode.OK.number();
        }
        return holder.isPresent()
            ? online(session, holder.get(), file, interruption)
            : offline(session, file, interruption);
      } catch (IOException e) {
        if (interruption.isAsked()) {
          throw new Failure(ExitCode.FAILED, "Interrupted: no backup was written.", e);
        }
        throw failure(e);
      }
    }

    private Path file(Session session) {
      Path file = target.toAbsolutePath().normalize();
      return Files.isDirectory(file)
          ? file.resolve(
              "holdfast-quorum-%s.tar"
                  .formatted(STAMP.format(session.surroundings().clock().instant())))
          : file;
    }

    private int offline(Session session, Path file, Interruption interruption) throws IOException {
      session.narrate("no service holds %s; backed up from the disk".formatted(directory(session)));
      try (BackupTarget written = BackupTarget.create(file, force, directory(session))) {
        OfflineQuorum.Written done =
            offline(session).backUp(written, new Pace(session, "backup", interruption));
        return told(session, done);
      }
    }

    private int online(Session session, ServiceClient service, Path file, Interruption interruption)
        throws IOException {
      Path there =
          Path.of(
              service.ask(Target.of("quorum")).path("items").path(0).path("path").asString("/"));
      try (BackupTarget written = BackupTarget.create(file, force, there)) {
        OfflineQuorum.Written done;
        try {
          done = write(session, service, written, interruption);
        } catch (IOException e) {
          report(session, service, Json.object().put("failure", String.valueOf(e.getMessage())));
          throw e;
        }
        Manifest manifest = done.manifest();
        report(
            session,
            service,
            Json.object()
                .put("revision", manifest.revision())
                .put("takenAt", manifest.takenAt().toString())
                .put("file", done.file().toString())
                .put("content", content(manifest)));
        return told(session, done);
      }
    }

    private static OfflineQuorum.Written write(
        Session session, ServiceClient service, BackupTarget target, Interruption interruption)
        throws IOException {
      var pace = new Pace(session, "written", interruption);
      service.stream(
          Target.of("quorum", "backup"),
          PATIENCE,
          (body, size, _) -> {
            try {
              target.requireRoom(size);
              var piece = new byte[PIECE_BYTES];
              long done = 0;
              for (int count = next(body, piece); count >= 0; count = next(body, piece)) {
                target.out().write(piece, 0, count);
                done += count;
                pace.at(done, size);
              }
            } catch (IOException e) {
              // Said while the service still waits for us, so that it knows why we leave.
              report(
                  session, service, Json.object().put("failure", String.valueOf(e.getMessage())));
              throw e;
            }
          });
      List<Finding> lacking = target.verify(new Pace(session, "read back", interruption));
      Manifest manifest;
      long size;
      try (BackupFile file = target.written()) {
        manifest = file.manifest();
        size = file.sizeBytes();
      }
      return new OfflineQuorum.Written(target.finish(), manifest, size, lacking);
    }

    private static int next(InputStream body, byte[] piece) throws IOException {
      try {
        return body.read(piece);
      } catch (IOException e) {
        throw new IOException(
            "no backup was written: the service broke off (%s); whether it still runs, says: holdfast service status"
                .formatted(e.getMessage()),
            e);
      }
    }

    /** What the service is told of it; that it cannot be told is no failure of the backup. */
    private static void report(Session session, ServiceClient service, ObjectNode report) {
      try {
        service.tell(Target.of("quorum", "backup"), Json.bytes(report), Duration.ofSeconds(30));
      } catch (Failure e) {
        if (report.path("failure").isMissingNode()) {
          session.narrate("the service was not told that there is a backup: " + e.getMessage());
        }
      }
    }

    private static int told(Session session, OfflineQuorum.Written done) {
      ObjectNode item = manifest(done.manifest());
      item.put("file", done.file().toString());
      item.put("sizeBytes", done.sizeBytes());
      session.print(Session.envelope("QuorumBackup", item), _ -> List.of(done.file().toString()));
      done.lacking().forEach(finding -> session.narrate("not in it: " + finding));
      session.narrate(
          "backed up at revision %d and read back: %s"
              .formatted(done.manifest().revision(), content(done.manifest())));
      session.narrate(
          "not in it: HKLM\\Software and HKLM\\System, which are each node's own; save them with:"
              + " holdfast registry save 'HKLM\\Software' software.hive");
      return (done.lacking().isEmpty() ? ExitCode.OK : ExitCode.NO).number();
    }
  }

  // ---- verify --------------------------------------------------------------------------------

  static final class Verify extends Verb {
    @Parameters(
        paramLabel = "FILE|DIR",
        description = "A backup; or a quorum directory that no service holds.")
    Path path = Path.of("");

    @Override
    int run(Session session) {
      Path object = path.toAbsolutePath().normalize();
      try (Interruption interruption = Interruption.watch(false)) {
        var pace = new Pace(session, "read", interruption);
        return Files.isDirectory(object)
            ? directory(session, object, pace)
            : file(session, object, pace);
      } catch (MalformedBackupException e) {
        throw OnQuorum.failure(object, e);
      } catch (IOException e) {
        throw OnQuorum.failure(e);
      }
    }

    private static int file(Session session, Path file, Pace pace) throws IOException {
      if (!Files.exists(file)) {
        throw new Failure(ExitCode.NOT_FOUND, "There is no file %s.".formatted(file));
      }
      try (BackupFile backup = BackupFile.open(file)) {
        ObjectNode item = manifest(backup.manifest());
        return told(session, item, file, backup.verify(pace));
      }
    }

    private static int directory(Session session, Path directory, Pace pace) throws IOException {
      QuorumCheck check = new OfflineQuorum(directory, session.surroundings().clock()).check(pace);
      ObjectNode item = Json.object();
      item.put("quorum", directory.toString());
      item.put("cluster", check.database().map(each -> each.cluster().toString()).orElse(null));
      check
          .database()
          .ifPresentOrElse(
              each -> item.put("revision", each.revision()), () -> item.putNull("revision"));
      return told(session, item, directory, check.findings());
    }

    private static int told(Session session, ObjectNode item, Path object, List<Finding> findings) {
      item.put("object", object.toString());
      item.put("ok", findings.isEmpty());
      ArrayNode found = item.putArray("findings");
      findings.forEach(
          each ->
              found
                  .addObject()
                  .put("kind", each.kind().name().toLowerCase(Locale.ROOT))
                  .put("object", each.object())
                  .put("what", each.what()));
      session.print(
          Session.envelope("QuorumVerification", item),
          _ -> findings.stream().map(each -> INDENT + each).toList());
      session.narrate(
          findings.isEmpty()
              ? "%s is good: revision %s".formatted(object, item.path("revision").asString("?"))
              : "%s is not good: %d found".formatted(object, findings.size()));
      return (findings.isEmpty() ? ExitCode.OK : ExitCode.NO).number();
    }
  }

  // ---- restore -------------------------------------------------------------------------------

  static final class Restore extends OnQuorum {
    @Parameters(paramLabel = "FILE", description = "The backup.")
    Path file = Path.of("");

    @Option(
        names = "--force",
        description = "Replace a quorum directory that is there; it is kept beside, and named.")
    boolean force;

    @Override
    int run(Session session) {
      boolean rehearse = session.flags().dryRun;
      try (Interruption interruption = Interruption.watch(false);
          BackupFile backup = BackupFile.open(file.toAbsolutePath().normalize())) {
        List<Finding> findings = backup.verify(new Pace(session, "verified", interruption));
        for (Finding finding : findings) {
          if (finding.kind() == Finding.Kind.BROKEN) {
            throw new Failure(
                ExitCode.NO,
                "%s was not restored: it is no good backup, %s.".formatted(file, finding));
          }
          session.narrate("not in it: " + finding);
        }
        Restoration.Outcome outcome =
            offline(session)
                .restore(backup, force, rehearse, new Pace(session, "restored", interruption));
        return told(session, backup.manifest(), outcome, rehearse);
      } catch (MalformedBackupException e) {
        throw failure(file, e);
      } catch (IOException e) {
        throw failure(e);
      }
    }

    private static int told(
        Session session, Manifest manifest, Restoration.Outcome outcome, boolean rehearse) {
      ObjectNode item = Json.object();
      item.put("quorum", outcome.quorum().toString());
      item.put("kept", outcome.kept().map(Path::toString).orElse(null));
      item.put("revision", outcome.revision());
      item.set("backup", manifest(manifest));
      ArrayNode missing = item.putArray("missing");
      outcome.missing().forEach(missing::add);
      session.print(
          Session.envelope("QuorumRestore", item), _ -> List.of(outcome.quorum().toString()));
      session.narrate(
          "%s %s restored from a backup of %s (revision %d)"
              .formatted(
                  outcome.quorum(),
                  rehearse ? "would be" : "is",
                  time(manifest.takenAt()),
                  manifest.revision()));
      outcome
          .replaced()
          .ifPresent(
              revision -> session.narrate("the one that was there came to revision " + revision));
      outcome.missing().forEach(each -> session.narrate("only there, not in the backup: " + each));
      outcome
          .kept()
          .ifPresent(
              kept ->
                  session.narrate(
                      "it %s kept as %s".formatted(rehearse ? "would be" : "is", kept)));
      session.narrate(
          "what ran when the backup was taken is looked for by the next serve: applications that"
              + " run are found by their tokens, and none is started twice");
      session.narrate(
          "HKLM\\Software and HKLM\\System of each node are what they were; they are in no backup"
              + " of the quorum");
      return ExitCode.OK.number();
    }
  }

  // ---- show ----------------------------------------------------------------------------------

  static final class Show extends OnQuorum {
    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "A backup, to see what it says of itself; without it, the quorum directory.")
    @Nullable Path file;

    @Override
    int run(Session session) {
      try {
        if (file != null) {
          return backup(session, file.toAbsolutePath().normalize());
        }
        Optional<ServiceClient> holder = holder(session);
        session.printDetails(
            holder.isPresent()
                ? holder.get().ask(Target.of("quorum"))
                : Session.envelope("Quorum", unheld(session)));
        return ExitCode.OK.number();
      } catch (IOException e) {
        throw failure(e);
      }
    }

    private int backup(Session session, Path backup) throws IOException {
      if (!Files.exists(backup)) {
        throw new Failure(ExitCode.NOT_FOUND, "There is no file %s.".formatted(backup));
      }
      try (BackupFile opened = BackupFile.open(backup)) {
        ObjectNode item = manifest(opened.manifest());
        item.put("file", backup.toString());
        item.put("sizeBytes", opened.sizeBytes());
        session.printDetails(Session.envelope("QuorumBackup", item));
        return ExitCode.OK.number();
      } catch (MalformedBackupException e) {
        throw failure(backup, e);
      }
    }

    /** The fields of the API, as far as the disk tells. */
    private ObjectNode unheld(Session session) throws IOException {
      Path directory = directory(session);
      if (!offline(session).exists()) {
        throw new Failure(
            ExitCode.NOT_FOUND,
            "No service runs on %s, and there is no quorum directory %s; name one with --quorum."
                .formatted(session.home().path(), directory));
      }
      OfflineQuorum.Known known = offline(session).known();
      QuorumFacts facts = QuorumFacts.of(directory);
      ObjectNode item = Json.object();
      item.put("path", directory.toString());
      item.put("cluster", known.cluster().toString());
      item.putNull("node");
      item.putNull("pid");
      item.putNull("home");
      item.put("revision", known.revision());
      item.put("databaseBytes", facts.databaseBytes());
      item.put("blobs", facts.blobs());
      item.put("blobBytes", facts.blobBytes());
      item.put("plugins", facts.plugins());
      item.put("pluginBytes", facts.pluginBytes());
      item.put("freeBytes", facts.freeBytes());
      item.putNull("lastBackup");
      known
          .lastBackup()
          .ifPresent(
              last ->
                  item.putObject("lastBackup")
                      .put("takenAt", time(last.at()))
                      .put("revision", last.revision())
                      .put("file", last.file()));
      item.putNull("restored");
      known
          .restored()
          .ifPresent(
              restored ->
                  item.putObject("restored")
                      .put("at", time(restored.at()))
                      .put("from", restored.from())
                      .put("takenAt", time(restored.takenAt()))
                      .put("revision", restored.revision()));
      return item;
    }
  }
}
