package dev.holdfast.service.registry;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.regf.HiveFormat;
import dev.holdfast.registry.regf.HiveFormatException;
import dev.holdfast.registry.regf.HiveReader;
import dev.holdfast.registry.regf.HiveReport;
import dev.holdfast.registry.regf.HiveWarning;
import dev.holdfast.registry.regf.HiveWriter;
import dev.holdfast.registry.regf.RegistryKeyBuilder;
import dev.holdfast.registry.regf.RegistryKeyView;
import dev.holdfast.registry.regf.Strictness;
import dev.holdfast.registry.regtext.RegOperation;
import dev.holdfast.registry.regtext.RegText;
import dev.holdfast.registry.regtext.RegTextException;
import dev.holdfast.registry.regtext.RegTextLoss;
import dev.holdfast.registry.regtext.RegTextParser;
import dev.holdfast.registry.regtext.RegTextVersion;
import dev.holdfast.registry.regtext.RegTextWriter;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.RegistryApi.HiveUpload;
import dev.holdfast.service.api.RegistryCommitView;
import dev.holdfast.service.api.RegistryFile;
import dev.holdfast.service.api.RegistryFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys as files: hive files of Windows, and registry text. */
final class KeyFiles {
  private static final Set<RegTextLoss.Kind> IN_NO_TEXT =
      EnumSet.of(
          RegTextLoss.Kind.LAST_WRITTEN, RegTextLoss.Kind.CLASS_NAME, RegTextLoss.Kind.SECURITY);

  private final RegistryTree tree;
  private final KeyGuard guard;
  private final KeyHolds holds;
  private final Followers followers;
  private final LoadedHives loaded;
  private final InstantSource clock;

  KeyFiles(
      RegistryTree tree,
      KeyGuard guard,
      KeyHolds holds,
      Followers followers,
      LoadedHives loaded,
      InstantSource clock) {
    this.tree = tree;
    this.guard = guard;
    this.holds = holds;
    this.followers = followers;
    this.loaded = loaded;
    this.clock = clock;
  }

  // ---- writing -------------------------------------------------------------------------------

  RegistryFile export(Caller caller, Place place, RegistryFormat format) {
    if (format == RegistryFormat.HIVE) {
      guard.requireRestorer(caller, "save a key");
    } else {
      guard.requireAll(caller, place, KeyAccess.KEY_READ);
    }
    Snapshot snapshot = place.hive().snapshot();
    RegistryKey key = snapshot.key(place.key()).orElseThrow(() -> RegistryTree.noKey(place));
    long revision = snapshot.revision().number();
    return switch (format) {
      case HIVE -> new RegistryFile(hive(key, place), List.of(), revision);
      case REG -> text(key, place, RegTextVersion.VERSION_5, revision);
      case REGEDIT4 -> text(key, place, RegTextVersion.REGEDIT4, revision);
    };
  }

  private byte[] hive(RegistryKey key, Place place) {
    try {
      return HiveWriter.write(
              new SecuredKey.View(RegistryTree.name(place, key)),
              SecuredKey.of(key, guard.soundDescriptor(place)),
              HiveFormat.STANDARD,
              Filetime.of(clock.instant()).ticks())
          .bytes();
    } catch (IllegalArgumentException e) {
      throw new ApiException.Failed(
          "NotExportable",
          place.path(),
          "%s cannot be a hive file: %s.".formatted(place.path(), e.getMessage()),
          e);
    }
  }

  private static RegistryFile text(
      RegistryKey key, Place place, RegTextVersion version, long revision) {
    var view = new RegistryKeyView(RegistryTree.name(place, key));
    var out = new ByteArrayOutputStream();
    String path = "HKEY_LOCAL_MACHINE" + place.path().substring(RegistryPath.ROOT.length());
    try {
      List<RegTextLoss> losses = RegTextWriter.write(view, key, path, version, out);
      return new RegistryFile(
          out.toByteArray(),
          losses.stream()
              .filter(loss -> !IN_NO_TEXT.contains(loss.kind()))
              .map(RegTextLoss::toString)
              .toList(),
          revision);
    } catch (IOException e) {
      throw new IllegalStateException("memory is written to without fail", e);
    }
  }

  /** A key that was saved, as a text; it is shown where it was saved from. */
  byte[] textOf(Place place, byte[] hive) {
    var contents = new RegistryKeyBuilder();
    read(place.path(), new HiveUpload("saved", hive, false), contents);
    return text(contents.root(), place, RegTextVersion.VERSION_5, 0).bytes();
  }

  // ---- reading -------------------------------------------------------------------------------

  List<RegistryCommitView> importText(Caller caller, String name, byte[] bytes, boolean dryRun) {
    RegText text;
    try {
      text = RegTextParser.parse(name, bytes);
    } catch (RegTextException e) {
      throw new ApiException.Invalid("BadRegText", name, String.valueOf(e.getMessage()), List.of());
    }
    Map<MountedHive, GuardedBatch> batches = new LinkedHashMap<>();
    for (RegOperation operation : text.operations()) {
      if (!RegistryPath.isRoot(operation.root())) {
        throw new ApiException.Invalid(
            "BadRegText",
            name,
            "%s, line %d: %s is not kept here; only HKEY_LOCAL_MACHINE is. Nothing was changed."
                .formatted(name, operation.line(), operation.root()),
            List.of());
      }
      Place place = KeyWriter.writable(tree.place(new RegistryPath(operation.key())));
      GuardedBatch batch =
          batches.computeIfAbsent(place.hive(), hive -> new GuardedBatch(guard, caller, hive));
      switch (operation) {
        case RegOperation.CreateKey _ -> batch.create(place, KeyOptions.PLAIN);
        case RegOperation.DeleteKey _ -> batch.deleteTree(place);
        case RegOperation.SetValue set -> batch.set(place, set.value());
        case RegOperation.DeleteValue delete -> batch.deleteValue(place, delete.name());
      }
    }
    List<String> skipped = text.skipped().stream().map(RegText.Skipped::toString).toList();
    List<RegistryCommitView> commits = new ArrayList<>();
    batches.forEach(
        (hive, batch) -> commits.add(HiveCommits.commit(hive, batch.build(), skipped, dryRun)));
    return commits;
  }

  RegistryCommitView restore(
      Caller caller, Place place, HiveUpload file, boolean force, boolean dryRun) {
    guard.requireRestorer(caller, "restore a key");
    KeyWriter.writable(place);
    var contents = new RegistryKeyBuilder();
    List<String> notes = read(place.path(), file, contents);
    Batch.Builder builder = Batch.builder();
    if (!place.key().isRoot()) {
      builder.createKey(place.key());
    }
    builder.replaceContents(place.key(), contents.root());
    Batch batch = HiveCommits.build(builder);
    return holds.replacing(
        caller,
        place,
        force,
        () -> HiveCommits.commit(place.hive(), batch, notes, dryRun),
        commit -> dryRun ? Optional.empty() : Optional.of(new Revision(commit.revision())));
  }

  /** Shows a hive file as a key of the top level. */
  RegistryCommitView load(Caller caller, String path, HiveUpload file, boolean dryRun) {
    guard.requireRestorer(caller, "load a hive file");
    String name = topName(path);
    if (!LoadedHives.NAME.matcher(name).matches()) {
      throw new ApiException.Usage(
          "BadPath",
          "A loaded hive has a name of up to 64 letters, digits, blanks, dots, - and _, as HKLM\\Offline; found \"%s\"."
              .formatted(name));
    }
    var contents = new RegistryKeyBuilder();
    List<String> notes = read(RegistryPath.ROOT + "\\" + name, file, contents);
    synchronized (loaded) {
      if (tree.find(name).isPresent()) {
        throw new ApiException.Conflict(
            "HiveThere", path, "There is a hive %s already; unload it first.".formatted(path));
      }
      if (!dryRun) {
        try {
          tree.mount(loaded.load(name, contents.root()));
        } catch (IOException | CommitException e) {
          throw new ApiException.Failed(
              "NotLoaded", path, "%s was not loaded: %s.".formatted(path, e.getMessage()), e);
        }
      }
      return new RegistryCommitView(RegistryPath.ROOT + "\\" + name, 1, 1, notes);
    }
  }

  /** Lets go of a hive that was loaded. */
  RegistryCommitView unload(
      Caller caller,
      String path,
      boolean force,
      @Nullable Long saved,
      boolean discard,
      boolean dryRun) {
    guard.requireRestorer(caller, "unload a hive");
    MountedHive hive = tree.place(topOf(path)).hive();
    synchronized (loaded) {
      if (!loaded.isLoaded(hive.name())) {
        throw new ApiException.Conflict(
            "NotLoaded",
            hive.path(),
            "%s was not loaded from a file; it stays.".formatted(hive.path()));
      }
      Revision revision = hive.snapshot().revision();
      Revision last = saved == null ? LoadedHives.LOADED : new Revision(saved);
      if (!discard && !revision.equals(last)) {
        throw changed(hive);
      }
      if (!dryRun) {
        holds.unloading(
            hive,
            force,
            () -> {
              try {
                letGo(hive, discard ? null : last);
              } finally {
                followers.unloaded(hive); // Also when it is open again: that is another opening.
              }
            });
      }
      return new RegistryCommitView(hive.path(), revision.number(), 0, List.of());
    }
  }

  private static ApiException changed(MountedHive hive) {
    return new ApiException.Conflict(
        "HiveChanged",
        hive.path(),
        "%s was changed since it was loaded or saved, and the changes would be lost; name a file to save it to, or ask with --discard."
            .formatted(hive.path()));
  }

  private void letGo(MountedHive hive, @Nullable Revision last) {
    tree.unmount(hive);
    try {
      Optional<MountedHive> changed = loaded.unload(hive.name(), last);
      if (changed.isPresent()) {
        tree.mount(changed.get());
        throw changed(hive);
      }
    } catch (IOException e) {
      throw new ApiException.Failed(
          "NotUnloaded",
          hive.path(),
          "%s was let go of, and its file not deleted: %s. It is there again after the next start."
              .formatted(hive.path(), e.getMessage()),
          e);
    }
  }

  private static String topName(String path) {
    return RegistryPath.of(topOf(path)).below().toString();
  }

  /** A path of one name below the root. */
  private static String topOf(String path) {
    if (RegistryPath.of(path).below().names().size() != 1) {
      throw new ApiException.Usage(
          "BadPath", "A hive is loaded right below HKLM, as HKLM\\Offline; found " + path + ".");
    }
    return path;
  }

  private static List<String> read(String path, HiveUpload file, RegistryKeyBuilder contents) {
    try {
      HiveReport report =
          HiveReader.read(
              file.name(),
              file.bytes(),
              file.salvage() ? Strictness.SALVAGE : Strictness.LENIENT,
              contents);
      return report.warnings().stream().map(HiveWarning::toString).toList();
    } catch (HiveFormatException | IllegalArgumentException e) {
      throw new ApiException.Invalid(
          "BadHive",
          file.name(),
          "%s was not restored: %s.".formatted(path, e.getMessage()),
          List.of());
    }
  }
}
