package dev.holdfast.service.clusterfile;

import com.google.common.collect.ImmutableList;
import java.util.List;

/** The keys of a document, level by level: what is read, and what the schema knows. */
enum FileLevel {
  FILE(
      "a cluster file",
      key("apiVersion", true, "holdfast/v1."),
      key("kind", true, "Cluster."),
      key("groups", true, "The groups; what is not named here is left alone, or pruned.")),
  GROUP(
      "a group",
      key("name", true, "What it is found by, in any case. Another name is another group."),
      key("description", false, "For people."),
      key("wanted", false, "Online or Offline: of its resources, where they say nothing else."),
      key("resources", false, "Its resources.")),
  RESOURCE(
      "a resource",
      key("name", true, "What it is found by, in any case. Another name is another resource."),
      key("type", true, "The registered name of its type; fixed once it is created."),
      key("dependsOn", false, "Resources of its group that must be Online before it is."),
      key(
          "separateMonitor",
          false,
          "Whether it gets a monitor of its own; as it is, when nothing is said."),
      key(
          "wanted",
          false,
          "Online or Offline; as it is, when nothing is said, and Offline of a new one."),
      key(
          "properties",
          false,
          "Those of its type, and the common ones; what is not named has its default."),
      key(
          "secrets",
          false,
          "Properties whose values are kept as they are; an export names them here."),
      key("checkpoints", false, "Registry keys and files that follow it.")),
  CHECKPOINT(
      "a checkpoint",
      key("registry", false, "A key below HKLM, without a backslash before it."),
      key("file", false, "An absolute path of a file or a tree."),
      key("onRestoreFailure", false, "continue (the default), retry, force or fail."),
      key("onDrift", false, "restore (the default), adopt or refuse."),
      key(
          "exclude",
          false,
          "Globs of files that are left out; fixed once the checkpoint is added."),
      key("keep", false, "How many generations are kept; 10 without it."),
      key(
          "quiet",
          false,
          "A change is saved when nothing has changed for so long; 250ms without it."),
      key("maxDelay", false, "A change waits no longer than that; 2s without it."),
      key(
          "rollBackWithin",
          false,
          "A resource that fails so soon after a save, twice, is rolled back; never without it."));

  private final String noun;

  @SuppressWarnings("ImmutableEnumChecker") // a record of texts is
  private final ImmutableList<FileKey> keys;

  FileLevel(String noun, FileKey... keys) {
    this.noun = noun;
    this.keys = ImmutableList.copyOf(keys);
  }

  /**
   * A key.
   *
   * @param help a sentence for whoever writes it
   */
  record FileKey(String name, boolean required, String help) {}

  private static FileKey key(String name, boolean required, String help) {
    return new FileKey(name, required, help);
  }

  /** What a mapping of this level is, in words. */
  String noun() {
    return noun;
  }

  List<FileKey> keys() {
    return keys;
  }

  List<String> names() {
    return keys.stream().map(FileKey::name).toList();
  }
}
