package dev.holdfast.service.registry;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.BatchRefusedException;
import dev.holdfast.registry.Commit;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.Effect;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.NotifyFilter;
import dev.holdfast.registry.PreconditionFailedException;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.Watcher;
import dev.holdfast.registry.regf.HiveFormat;
import dev.holdfast.registry.regf.HiveFormatException;
import dev.holdfast.registry.regf.HiveImage;
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
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.RegistryBatch;
import dev.holdfast.service.api.RegistryChangeView;
import dev.holdfast.service.api.RegistryCommitView;
import dev.holdfast.service.api.RegistryFile;
import dev.holdfast.service.api.RegistryFormat;
import dev.holdfast.service.api.RegistryKeyView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The tree below {@code HKLM}: keys read, changed in batches, written to files and read from text.
 * Thread-safe. Reading answers from memory; a change returns when it is durable.
 */
public final class Registry {
  /** So many keys are told in one answer; an export has no such limit. */
  static final int KEYS_MAX = 100_000;

  private static final String SYSTEM = "System";

  private static final Set<RegTextLoss.Kind> IN_NO_TEXT =
      EnumSet.of(
          RegTextLoss.Kind.LAST_WRITTEN, RegTextLoss.Kind.CLASS_NAME, RegTextLoss.Kind.SECURITY);

  private final List<MountedHive> hives;
  private final InstantSource clock;

  /**
   * @param hives in the order in which they are shown
   */
  public Registry(List<MountedHive> hives, InstantSource clock) {
    this.hives = List.copyOf(hives);
    this.clock = clock;
  }

  /**
   * Where a path leads.
   *
   * @param key within the hive, links followed
   * @param asked within the hive, as it was asked for
   */
  private record Place(MountedHive hive, KeyPath key, KeyPath asked) {
    String path() {
      return path(asked);
    }

    String resolvedPath() {
      return path(key);
    }

    private String path(KeyPath within) {
      return within.isRoot() ? hive.path() : hive.path() + "\\" + within;
    }
  }

  // ---- reading -----------------------------------------------------------------------------

  /** A key; with all below it when asked. */
  public List<RegistryKeyView> keys(String path, boolean recursive) {
    RegistryPath parsed = RegistryPath.of(path);
    List<RegistryKeyView> views = new ArrayList<>();
    if (parsed.below().isRoot()) {
      views.add(root());
      if (recursive) {
        hives.forEach(hive -> add(new Place(hive, KeyPath.ROOT, KeyPath.ROOT), hive, true, views));
      }
      return views;
    }
    Place place = place(parsed);
    add(place, place.hive(), recursive, views);
    return views;
  }

  private RegistryKeyView root() {
    return new RegistryKeyView(
        RegistryPath.ROOT,
        RegistryPath.ROOT,
        RegistryPath.ROOT,
        0,
        List.of(),
        hives.stream().map(MountedHive::name).toList());
  }

  private void add(Place place, MountedHive hive, boolean recursive, List<RegistryKeyView> views) {
    RegistryKey key = existing(place);
    String name = key.name().isEmpty() ? hive.name() : key.name();
    add(key, name, place.path(), place.resolvedPath(), recursive, views);
  }

  private static void add(
      RegistryKey key,
      String name,
      String path,
      String resolvedPath,
      boolean recursive,
      List<RegistryKeyView> views) {
    if (views.size() >= KEYS_MAX) {
      throw new ApiException.Usage(
          "TooManyKeys",
          "There are more than %,d keys to be told in one answer; export the key, or ask for less."
              .formatted(KEYS_MAX));
    }
    views.add(
        new RegistryKeyView(
            name,
            path,
            resolvedPath,
            key.revision().number(),
            stream(key.values()).map(ValueText::view).toList(),
            stream(key.subkeys()).map(RegistryKey::name).toList()));
    if (recursive) {
      for (RegistryKey subkey : key.subkeys()) {
        add(
            subkey,
            subkey.name(),
            path + "\\" + subkey.name(),
            resolvedPath + "\\" + subkey.name(),
            true,
            views);
      }
    }
  }

  private static <T> Stream<T> stream(Iterable<T> items) {
    return StreamSupport.stream(items.spliterator(), false);
  }

  private static RegistryKey existing(Place place) {
    return place
        .hive()
        .snapshot()
        .key(place.key())
        .orElseThrow(
            () ->
                new ApiException.NotFound(
                    "KeyNotFound",
                    place.path(),
                    place.path().equals(place.resolvedPath())
                        ? "There is no key %s.".formatted(place.path())
                        : "There is no key %s, which is %s now."
                            .formatted(place.path(), place.resolvedPath())));
  }

  private Place place(RegistryPath path) {
    if (path.below().isRoot()) {
      throw new ApiException.Usage(
          "BadPath", "%s is the root of all hives; name one, as HKLM\\Software.".formatted(path));
    }
    List<String> names = path.below().names();
    MountedHive hive =
        findHive(names.getFirst())
            .orElseThrow(
                () ->
                    new ApiException.NotFound(
                        "KeyNotFound",
                        path.toString(),
                        "There is no hive %s\\%s; there are %s."
                            .formatted(
                                RegistryPath.ROOT,
                                names.getFirst(),
                                String.join(
                                    ", ", hives.stream().map(MountedHive::path).toList()))));
    KeyPath asked = KeyPath.ROOT;
    for (String name : names.subList(1, names.size())) {
      asked = asked.child(name);
    }
    return new Place(hive, resolve(hive, asked), asked);
  }

  private static KeyPath resolve(MountedHive hive, KeyPath asked) {
    return NameOrder.same(hive.name(), SYSTEM)
        ? ControlSets.resolve(hive.snapshot(), asked)
        : asked;
  }

  private Optional<MountedHive> findHive(String name) {
    return hives.stream().filter(hive -> NameOrder.same(hive.name(), name)).findFirst();
  }

  // ---- files -------------------------------------------------------------------------------

  /** A key with all below it, as a file has it. */
  public RegistryFile export(String path, RegistryFormat format) {
    Place place = place(RegistryPath.of(path));
    RegistryKey key = existing(place);
    String name = key.name().isEmpty() ? place.hive().name() : key.name();
    var view = new dev.holdfast.registry.regf.RegistryKeyView(name);
    return switch (format) {
      case HIVE -> new RegistryFile(hive(view, key, place), List.of());
      case REG -> text(view, key, place, RegTextVersion.VERSION_5);
      case REGEDIT4 -> text(view, key, place, RegTextVersion.REGEDIT4);
    };
  }

  private byte[] hive(
      dev.holdfast.registry.regf.RegistryKeyView view, RegistryKey key, Place place) {
    try {
      HiveImage image =
          HiveWriter.write(view, key, HiveFormat.STANDARD, Filetime.of(clock.instant()).ticks());
      return image.bytes();
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

  /** Does what a registry text says. */
  public List<RegistryCommitView> importText(String name, byte[] bytes, boolean dryRun) {
    RegText text;
    try {
      text = RegTextParser.parse(name, bytes);
    } catch (RegTextException e) {
      throw new ApiException.Invalid("BadRegText", name, String.valueOf(e.getMessage()), List.of());
    }
    Map<MountedHive, Batch.Builder> batches = new LinkedHashMap<>();
    for (RegOperation operation : text.operations()) {
      if (!RegistryPath.isRoot(operation.root())) {
        throw new ApiException.Invalid(
            "BadRegText",
            name,
            "%s, line %d: %s is not kept here; only HKEY_LOCAL_MACHINE is. Nothing was changed."
                .formatted(name, operation.line(), operation.root()),
            List.of());
      }
      Place place = writable(new RegistryPath(operation.key()));
      Batch.Builder batch = batches.computeIfAbsent(place.hive(), _ -> Batch.builder());
      switch (operation) {
        case RegOperation.CreateKey _ -> batch.createKey(place.key());
        case RegOperation.DeleteKey _ -> batch.deleteTree(place.key());
        case RegOperation.SetValue set -> batch.set(place.key(), set.value());
        case RegOperation.DeleteValue delete -> batch.deleteValue(place.key(), delete.name());
      }
    }
    List<String> skipped = text.skipped().stream().map(RegText.Skipped::toString).toList();
    List<RegistryCommitView> commits = new ArrayList<>();
    batches.forEach((hive, batch) -> commits.add(commit(hive, build(batch), skipped, dryRun)));
    return commits;
  }

  /** Gives a key the contents of a hive file. */
  public RegistryCommitView restore(
      String path, String name, byte[] file, boolean salvage, boolean dryRun) {
    Place place = writable(RegistryPath.of(path));
    var contents = new RegistryKeyBuilder();
    HiveReport report;
    try {
      report =
          HiveReader.read(name, file, salvage ? Strictness.SALVAGE : Strictness.LENIENT, contents);
    } catch (HiveFormatException | IllegalArgumentException e) {
      throw new ApiException.Invalid(
          "BadHive",
          name,
          "%s was not restored: %s.".formatted(place.path(), e.getMessage()),
          List.of());
    }
    Batch.Builder batch = Batch.builder();
    if (!place.key().isRoot()) {
      batch.createKey(place.key());
    }
    batch.replaceContents(place.key(), contents.root());
    return commit(
        place.hive(),
        build(batch),
        report.warnings().stream().map(HiveWarning::toString).toList(),
        dryRun);
  }

  // ---- watching ----------------------------------------------------------------------------

  /**
   * Tells changes at a key, and below it when asked.
   *
   * @param taker takes a change; false when it takes no more
   * @param end called when no more will come
   * @return ends it
   */
  public Runnable follow(
      String path,
      boolean recursive,
      @Nullable Long after,
      Predicate<RegistryChangeView> taker,
      Runnable end) {
    Place place = place(RegistryPath.of(path));
    MountedHive hive = place.hive();
    Revision from = after == null ? hive.snapshot().revision() : new Revision(after);
    var executor = Executors.newVirtualThreadPerTaskExecutor();
    Watch watch =
        hive.watching().watch(from, executor, new Follower(place, recursive, clock, taker, end));
    return () -> {
      watch.close();
      executor.shutdown();
    };
  }

  private record Follower(
      Place place,
      boolean recursive,
      InstantSource clock,
      Predicate<RegistryChangeView> taker,
      Runnable end)
      implements Watcher {
    @Override
    public void committed(Commit commit) {
      for (Effect effect : commit.effects()) {
        if (isFor(effect)) {
          tell(commit.revision(), commit.time().toInstant(), effect.key(), what(effect));
        }
      }
    }

    @Override
    public void fellBehind(Snapshot current) {
      tell(current.revision(), clock.instant(), place.key(), "missed");
    }

    private boolean isFor(Effect effect) {
      return switch (effect) {
        case Effect.Changed(KeyPath key, NotifyFilter _) ->
            recursive ? key.isWithin(place.key()) : key.equals(place.key());
        case Effect.Deleted(KeyPath key) ->
            place.key().isWithin(key) || (recursive && key.isWithin(place.key()));
      };
    }

    private static String what(Effect effect) {
      return switch (effect) {
        case Effect.Deleted _ -> "deleted";
        case Effect.Changed(KeyPath _, NotifyFilter kind) ->
            kind.equals(NotifyFilter.NAME)
                ? "name"
                : kind.equals(NotifyFilter.LAST_SET)
                    ? "value"
                    : kind.equals(NotifyFilter.SECURITY) ? "security" : "attributes";
      };
    }

    private void tell(Revision revision, Instant time, KeyPath key, String what) {
      String path = key.isRoot() ? place.hive().path() : place.hive().path() + "\\" + key;
      if (!taker.test(
          new RegistryChangeView(place.hive().path(), revision.number(), time, path, what))) {
        end.run();
      }
    }
  }

  // ---- changing ----------------------------------------------------------------------------

  /** Makes changes to keys of one hive. */
  public RegistryCommitView change(RegistryBatch asked, boolean dryRun) {
    Batch.Builder batch = Batch.builder();
    @Nullable MountedHive hive = null;
    for (RegistryBatch.Precondition precondition : asked.preconditions()) {
      Place place = place(RegistryPath.of(required(precondition.path(), "path")));
      hive = same(hive, place);
      require(batch, precondition, place.key());
    }
    for (RegistryBatch.Change change : asked.changes()) {
      Place place = writable(RegistryPath.of(required(change.path(), "path")));
      hive = same(hive, place);
      add(batch, change, place.key());
    }
    if (hive == null || asked.changes().isEmpty()) {
      throw new ApiException.Usage("EmptyBatch", "The batch has no change; it has at least one.");
    }
    return commit(hive, build(batch), List.of(), dryRun);
  }

  private static MountedHive same(@Nullable MountedHive before, Place place) {
    if (before != null && !before.name().equals(place.hive().name())) {
      throw new ApiException.Usage(
          "SeveralHives",
          "A batch is of one hive; this one is of %s and %s."
              .formatted(before.path(), place.hive().path()));
    }
    return place.hive();
  }

  private static void require(
      Batch.Builder batch, RegistryBatch.Precondition precondition, KeyPath key) {
    switch (required(precondition.kind(), "kind")) {
      case KEY_EXISTS -> batch.ifKeyExists(key);
      case KEY_ABSENT -> batch.ifKeyAbsent(key);
      case VALUE_EQUALS ->
          batch.ifValue(key, ValueText.value(required(precondition.value(), "value")));
      case VALUE_ABSENT -> batch.ifValueAbsent(key, name(precondition.value()));
      case KEY_REVISION ->
          batch.ifKeyRevision(key, new Revision(required(precondition.revision(), "revision")));
    }
  }

  private static void add(Batch.Builder batch, RegistryBatch.Change change, KeyPath key) {
    switch (required(change.kind(), "kind")) {
      case CREATE_KEY -> batch.createKey(key);
      case SET_VALUE -> {
        RegistryValue value = ValueText.value(required(change.value(), "value"));
        batch.createKey(key).set(key, value);
      }
      case DELETE_VALUE -> batch.deleteValue(key, name(change.value()));
      case DELETE_KEY -> batch.deleteKey(key);
      case DELETE_TREE -> batch.deleteTree(key);
    }
  }

  private static String name(RegistryBatch.@Nullable Value value) {
    return value == null || value.name() == null ? "" : value.name();
  }

  private static <T> T required(@Nullable T value, String field) {
    if (value == null) {
      throw new ApiException.Usage("MissingField", "The batch lacks a \"" + field + "\".");
    }
    return value;
  }

  /** What the cluster service keeps in its database is changed through its commands alone. */
  private Place writable(RegistryPath path) {
    Place place = place(path);
    if (isOwnKey(place)) {
      throw new ApiException.NotPermitted(
          "OwnKey",
          "%s is written by the cluster service alone; change what it says by its commands, such as \"holdfast resource set\"."
              .formatted(place.path()));
    }
    return place;
  }

  private static boolean isOwnKey(Place place) {
    Set<String> own = place.hive().ownKeys();
    return place.key().isRoot()
        ? !own.isEmpty()
        : own.contains(place.key().names().getFirst().toLowerCase(Locale.ROOT));
  }

  private static Batch build(Batch.Builder batch) {
    try {
      return batch.build();
    } catch (IllegalArgumentException e) {
      throw new ApiException.Usage("BadBatch", "The batch is refused: " + e.getMessage() + ".");
    }
  }

  private static RegistryCommitView commit(
      MountedHive hive, Batch batch, List<String> skipped, boolean dryRun) {
    try {
      Revision revision =
          dryRun ? hive.snapshot().apply(batch).revision() : hive.submitter().apply(batch).join();
      return new RegistryCommitView(
          hive.path(), revision.number(), batch.changes().size(), skipped);
    } catch (BatchRefusedException e) {
      throw refused(hive, e);
    } catch (CompletionException e) {
      throw failed(hive, e.getCause() == null ? e : e.getCause());
    }
  }

  private static ApiException failed(MountedHive hive, Throwable cause) {
    return cause instanceof BatchRefusedException refused
        ? refused(hive, refused)
        : new ApiException.Failed(
            cause instanceof CommitException ? "NotCommitted" : "Internal",
            hive.path(),
            "%s was not changed: %s.".formatted(hive.path(), cause.getMessage()),
            cause);
  }

  private static ApiException refused(MountedHive hive, BatchRefusedException e) {
    String message = "%s was not changed: %s.".formatted(hive.path(), e.getMessage());
    return e instanceof PreconditionFailedException
        ? new ApiException.Conflict("PreconditionFailed", hive.path(), message)
        : new ApiException.Conflict("BatchRefused", hive.path(), message);
  }
}
