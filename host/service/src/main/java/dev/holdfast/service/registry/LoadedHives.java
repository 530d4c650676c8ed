package dev.holdfast.service.registry;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Hive;
import dev.holdfast.registry.hive.HiveSettings;
import dev.holdfast.registry.hive.OpeningReport;
import dev.holdfast.registry.hive.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hives that somebody loaded from a file. Each is a durable hive of its own in a directory, so it
 * stays loaded, with what was changed since, until it is unloaded, over deaths of the service too;
 * the file that it came from is left alone. Confined to one lock.
 */
public final class LoadedHives implements AutoCloseable {
  /** What can be a key's and a file's name, whatever the file system thinks of case and letters. */
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}");

  private static final String HIVE = ".hive";

  /** Of a loading that did not come to its end. */
  private static final String PART = ".part";

  /** What a hive calls a file that is to take its own file's place. */
  private static final String NEW = ".new";

  /** The one commit that a hive has when it is loaded. */
  static final Revision LOADED = new Revision(1);

  private final Storage storage;
  private final InstantSource clock;
  private final Map<String, Hive> hives = new LinkedHashMap<>();

  private LoadedHives(Storage storage, InstantSource clock) {
    this.storage = storage;
    this.clock = clock;
  }

  /**
   * Opens what is loaded.
   *
   * @param directory made when it is not there
   * @param through stands between a hive and its directory; the identity for nothing there
   * @throws IOException one of them cannot be used; it is left as it is
   */
  public static LoadedHives open(
      Path directory, InstantSource clock, UnaryOperator<Storage> through) throws IOException {
    Files.createDirectories(directory);
    var loaded = new LoadedHives(through.apply(new DirectoryStorage(directory)), clock);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        loaded.take(file.getFileName().toString());
      }
      return loaded;
    } catch (IOException | RuntimeException | Error e) {
      loaded.close();
      throw e;
    }
  }

  private void take(String file) throws IOException {
    if (file.endsWith(HIVE)) {
      String name = file.substring(0, file.length() - HIVE.length());
      hives.put(name, Hive.open(storage, file, settings(name)));
    } else if (file.endsWith(PART) || file.endsWith(PART + NEW)) {
      storage.delete(file);
    }
  }

  private HiveSettings settings(String name) {
    return HiveSettings.named(name, clock);
  }

  /** Where they are in the tree. */
  List<MountedHive> mounted() {
    return hives.keySet().stream().map(this::mounted).toList();
  }

  /** What opening each of them found, by the path where it is in the tree. */
  public Map<String, OpeningReport> reports() {
    Map<String, OpeningReport> reports = new LinkedHashMap<>();
    hives.forEach((name, hive) -> reports.put(LocalHives.path(name), hive.report()));
    return reports;
  }

  private MountedHive mounted(String name) {
    return LocalHives.mounted(name, hive(name));
  }

  private Hive hive(String name) {
    return hives.entrySet().stream()
        .filter(each -> NameOrder.same(each.getKey(), name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no loaded hive has the name " + name));
  }

  boolean isLoaded(String name) {
    return hives.keySet().stream().anyMatch(each -> NameOrder.same(each, name));
  }

  /** Makes a hive with these contents; when it returns, it is on the disk. */
  MountedHive load(String name, RegistryKey contents) throws IOException, CommitException {
    String part = name + PART;
    if (storage.exists(part)) {
      storage.delete(part);
    }
    // Its log is to get another name, to which no snapshot would belong.
    HiveSettings usual = settings(name);
    var withoutSnapshots =
        new HiveSettings(name, usual.ids(), usual.clock(), Long.MAX_VALUE / 4, usual.roomBytes());
    try (Hive made = Hive.create(storage, part, withoutSnapshots)) {
      made.commit(Batch.builder().replaceContents(KeyPath.ROOT, contents).build());
    }
    storage.rename(part, name + HIVE);
    storage.syncDirectory();
    hives.put(name, Hive.open(storage, name + HIVE, settings(name)));
    return mounted(name);
  }

  /**
   * Lets go of a hive, and of its file, if its last commit made that revision. That is looked at
   * when it takes no more: what was acknowledged a moment before is not lost.
   *
   * @param last null for any
   * @return empty when it is gone; otherwise the hive, which is open again
   */
  Optional<MountedHive> unload(String name, @Nullable Revision last) throws IOException {
    String own =
        hives.keySet().stream()
            .filter(each -> NameOrder.same(each, name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no loaded hive is called " + name));
    Hive hive = hive(own);
    hive.close();
    if (last != null && !hive.snapshot().revision().equals(last)) {
      hives.put(own, Hive.open(storage, own + HIVE, settings(own)));
      return Optional.of(mounted(own));
    }
    hives.remove(own);
    Hive.delete(storage, own + HIVE);
    return Optional.empty();
  }

  @Override
  public void close() {
    hives.values().forEach(Hive::close);
  }
}
