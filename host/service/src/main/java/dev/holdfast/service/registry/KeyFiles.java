package dev.holdfast.service.registry;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.regf.HiveFormat;
import dev.holdfast.registry.regf.HiveFormatException;
import dev.holdfast.registry.regf.HiveReader;
import dev.holdfast.registry.regf.HiveReport;
import dev.holdfast.registry.regf.HiveWarning;
import dev.holdfast.registry.regf.HiveWriter;
import dev.holdfast.registry.regf.RegistryKeyBuilder;
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

/** Keys as files: hive files of Windows, and registry text. */
final class KeyFiles {
  private static final Set<RegTextLoss.Kind> IN_NO_TEXT =
      EnumSet.of(
          RegTextLoss.Kind.LAST_WRITTEN, RegTextLoss.Kind.CLASS_NAME, RegTextLoss.Kind.SECURITY);

  private final RegistryTree tree;
  private final KeyGuard guard;
  private final KeyHolds holds;
  private final InstantSource clock;

  KeyFiles(RegistryTree tree, KeyGuard guard, KeyHolds holds, InstantSource clock) {
    this.tree = tree;
    this.guard = guard;
    this.holds = holds;
    this.clock = clock;
  }

  // ---- writing -------------------------------------------------------------------------------

  RegistryFile export(Caller caller, Place place, RegistryFormat format) {
    if (format == RegistryFormat.HIVE) {
      guard.requireRestorer(caller, "save a key");
    } else {
      guard.requireAll(caller, place, KeyAccess.KEY_READ);
    }
    RegistryKey key = RegistryTree.existing(place);
    var view = new dev.holdfast.registry.regf.RegistryKeyView(RegistryTree.name(place, key));
    return switch (format) {
      case HIVE -> new RegistryFile(hive(key, place), List.of());
      case REG -> text(view, key, place, RegTextVersion.VERSION_5);
      case REGEDIT4 -> text(view, key, place, RegTextVersion.REGEDIT4);
    };
  }

  private byte[] hive(RegistryKey key, Place place) {
    try {
      return HiveWriter.write(
              new SecuredKey.View(RegistryTree.name(place, key)),
              SecuredKey.of(key, guard.descriptor(place)),
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
      dev.holdfast.registry.regf.RegistryKeyView view,
      RegistryKey key,
      Place place,
      RegTextVersion version) {
    var out = new ByteArrayOutputStream();
    String path = "HKEY_LOCAL_MACHINE" + place.path().substring(RegistryPath.ROOT.length());
    try {
      List<RegTextLoss> losses = RegTextWriter.write(view, key, path, version, out);
      return new RegistryFile(
          out.toByteArray(),
          losses.stream()
              .filter(loss -> !IN_NO_TEXT.contains(loss.kind()))
              .map(RegTextLoss::toString)
              .toList());
    } catch (IOException e) {
      throw new IllegalStateException("memory is written to without fail", e);
    }
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
    List<String> notes = read(place, file, contents);
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

  private static List<String> read(Place place, HiveUpload file, RegistryKeyBuilder contents) {
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
          "%s was not restored: %s.".formatted(place.path(), e.getMessage()),
          List.of());
    }
  }
}
