package dev.holdfast.service.registry;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Hive;
import dev.holdfast.registry.hive.HiveSettings;
import dev.holdfast.registry.hive.OpeningReport;
import dev.holdfast.registry.hive.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The hives of one node: {@code HKLM\Software} and {@code HKLM\System}, in its home. Whoever opens
 * them holds the home's lock.
 */
public final class LocalHives implements AutoCloseable {
  private static final String SOFTWARE = "Software";
  private static final String SYSTEM = "System";

  private final Hive software;
  private final Hive system;

  private LocalHives(Hive software, Hive system) {
    this.software = software;
    this.system = system;
  }

  /**
   * Opens the hives, and makes those that are not there. A fresh System hive has {@code
   * ControlSet001}, chosen by {@code Select\Current}, as every Windows has.
   *
   * @param clock tells when commits are made
   * @param through stands between a hive and its directory; the identity for nothing there
   * @throws IOException one of them cannot be used; it is left as it is
   */
  public static LocalHives open(Path directory, InstantSource clock, UnaryOperator<Storage> through)
      throws IOException {
    Storage storage = through.apply(new DirectoryStorage(directory));
    Hive software = open(storage, SOFTWARE, clock);
    try {
      Hive system = open(storage, SYSTEM, clock);
      try {
        furnish(system);
        return new LocalHives(software, system);
      } catch (IOException | RuntimeException | Error e) {
        system.close();
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      software.close();
      throw e;
    }
  }

  private static Hive open(Storage storage, String name, InstantSource clock) throws IOException {
    String small = name.toLowerCase(Locale.ROOT);
    String file = small + ".hive";
    HiveSettings settings = HiveSettings.named(small, clock);
    return storage.exists(file)
        ? Hive.open(storage, file, settings)
        : Hive.create(storage, file, settings);
  }

  /** Also when a death came between the hive's making and this. */
  private static void furnish(Hive system) throws IOException {
    if (system.snapshot().key(ControlSets.SELECT).isPresent()) {
      return;
    }
    Batch.Builder batch = Batch.builder().createKey(ControlSets.name(1));
    batch.createKey(ControlSets.SELECT);
    for (String name : List.of("Current", "Default", "LastKnownGood")) {
      batch.set(ControlSets.SELECT, RegistryValue.dword(name, 1));
    }
    batch.set(ControlSets.SELECT, RegistryValue.dword("Failed", 0));
    try {
      system.commit(batch.build());
    } catch (CommitException e) {
      throw new IOException("The hive HKLM\\System was not furnished: " + e.getMessage(), e);
    }
  }

  /** The hives, where they are in the tree. */
  public List<MountedHive> mounted() {
    return List.of(mounted(SOFTWARE, software), mounted(SYSTEM, system));
  }

  /** What opening each of them found, by the path where it is in the tree. */
  public Map<String, OpeningReport> reports() {
    return Map.of(path(SOFTWARE), software.report(), path(SYSTEM), system.report());
  }

  static String path(String name) {
    return RegistryPath.ROOT + "\\" + name;
  }

  static MountedHive mounted(String name, Hive hive) {
    return new MountedHive(
        name,
        hive::snapshot,
        (batch, origin) ->
            origin.isPresent() ? hive.submit(batch, origin.get()) : hive.submit(batch),
        hive::watch,
        Set.of());
  }

  @Override
  public void close() {
    system.close();
    software.close();
  }
}
