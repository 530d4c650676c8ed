package dev.holdfast.service.registry;

import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.service.api.ApiException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Which hive a path leads into, and where in it. Thread-safe. */
final class RegistryTree {
  private static final String SYSTEM = "System";

  private final List<MountedHive> hives;

  /**
   * @param hives in the order in which they are shown
   */
  RegistryTree(List<MountedHive> hives) {
    this.hives = new CopyOnWriteArrayList<>(hives);
  }

  List<MountedHive> hives() {
    return List.copyOf(hives);
  }

  void mount(MountedHive hive) {
    hives.add(hive);
  }

  void unmount(MountedHive hive) {
    hives.remove(hive);
  }

  Place place(String path) {
    return place(RegistryPath.of(path));
  }

  /** The place of a path; whether there is a key is another question. */
  Place place(RegistryPath path) {
    if (path.below().isRoot()) {
      throw new ApiException.Usage(
          "BadPath", "%s is the root of all hives; name one, as HKLM\\Software.".formatted(path));
    }
    List<String> names = path.below().names();
    MountedHive hive = find(names.getFirst()).orElseThrow(() -> noHive(path, names.getFirst()));
    KeyPath asked = KeyPath.of(String.join("\\", names.subList(1, names.size())));
    return new Place(hive, resolve(hive, asked), asked, null);
  }

  private static KeyPath resolve(MountedHive hive, KeyPath asked) {
    return NameOrder.same(hive.name(), SYSTEM)
        ? ControlSets.resolve(hive.snapshot(), asked)
        : asked;
  }

  Optional<MountedHive> find(String name) {
    return hives.stream().filter(hive -> NameOrder.same(hive.name(), name)).findFirst();
  }

  private ApiException noHive(RegistryPath path, String name) {
    return new ApiException.NotFound(
        "KeyNotFound",
        path.toString(),
        "There is no hive %s\\%s; there are %s."
            .formatted(
                RegistryPath.ROOT,
                name,
                String.join(", ", hives.stream().map(MountedHive::path).toList())));
  }

  /** The key that is there now. */
  static RegistryKey existing(Place place) {
    return place.hive().snapshot().key(place.key()).orElseThrow(() -> noKey(place));
  }

  static ApiException noKey(Place place) {
    return new ApiException.NotFound(
        "KeyNotFound",
        place.path(),
        place.path().equals(place.resolvedPath())
            ? "There is no key %s.".formatted(place.path())
            : "There is no key %s, which is %s now.".formatted(place.path(), place.resolvedPath()));
  }

  /** Its name; that of the hive for a hive's top. */
  static String name(Place place, RegistryKey key) {
    return key.name().isEmpty() ? place.hive().name() : key.name();
  }
}
