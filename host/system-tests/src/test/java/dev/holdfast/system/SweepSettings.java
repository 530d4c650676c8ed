package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What checkpoints are of in a sweep: a registry key with two values, and a tree with two files and
 * one that is excluded. In each, both parts say the same version; that they do not is a thing torn.
 */
final class SweepSettings {
  private static final String KEY = "Software\\Sweep";
  private static final List<String> VALUES = List.of("One", "Two");
  private static final List<String> FILES = List.of("one.conf", "deep/two.conf");
  private static final String EXCLUDED = "cache/pages";

  /** Longer than a case may take. */
  private static final long NEVER_MILLIS = 3_600_000;

  private final Cluster cluster;
  private final Path tree;

  private SweepSettings(Cluster cluster) {
    this.cluster = cluster;
    this.tree = cluster.folder().resolve("settings");
  }

  static SweepSettings of(Cluster cluster) {
    return new SweepSettings(cluster);
  }

  // ---- what is live ----------------------------------------------------------------------------

  /** Writes a version into all of it. */
  SweepSettings write(String version) throws IOException {
    List<Map<String, Object>> changes = new ArrayList<>();
    for (String value : VALUES) {
      changes.add(
          Map.of(
              "kind",
              "SET_VALUE",
              "path",
              "HKLM\\" + KEY,
              "value",
              Map.of("name", value, "data", List.of(version))));
    }
    cluster.door().tell("POST", "/v1/registry", Map.of("changes", changes));
    for (String file : FILES) {
      replace(tree.resolve(file), version);
    }
    replace(tree.resolve(EXCLUDED), "not of a version");
    return this;
  }

  private static void replace(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Set<String> versionsOfKey() throws IOException {
    Set<String> versions = new TreeSet<>();
    for (JsonNode key :
        cluster.door().items("/v1/registry?path=HKLM%5C" + KEY.replace("\\", "%5C"))) {
      for (JsonNode value : key.path("values").values()) {
        versions.add(value.path("data").asString(""));
      }
    }
    return versions;
  }

  private Set<String> versionsOfFiles() throws IOException {
    Set<String> versions = new TreeSet<>();
    for (String file : FILES) {
      Path path = tree.resolve(file);
      versions.add(Files.exists(path) ? Files.readString(path) : "no " + file);
    }
    return versions;
  }

  // ---- checkpoints -----------------------------------------------------------------------------

  /** Adds a checkpoint of each, of which changes are saved soon. */
  SweepSettings addTo(String resource) throws IOException {
    return add(resource, Map.of("quietMillis", 20, "delayMillis", 100, "keep", 2));
  }

  /** Adds a checkpoint of each, of which changes are saved at the end only. */
  SweepSettings addSlowlySavedTo(String resource) throws IOException {
    return add(resource, Map.of("quietMillis", NEVER_MILLIS, "delayMillis", NEVER_MILLIS));
  }

  private SweepSettings add(String resource, Map<String, Object> settings) throws IOException {
    for (String of : List.of("registry:" + KEY, "file:" + tree)) {
      Map<String, Object> body = new HashMap<>(settings);
      body.put("of", of);
      if (of.startsWith("file:")) {
        body.put("excludes", List.of("cache/**"));
      }
      cluster.door().tell("POST", "/v1/resources/" + resource + "/checkpoints", body);
    }
    return this;
  }

  /** Whether what is live is a current generation, in each. */
  boolean isSaved(String resource) throws IOException {
    List<JsonNode> checkpoints = checkpoints(resource);
    for (JsonNode checkpoint : checkpoints) {
      int id = checkpoint.required("id").asInt();
      JsonNode diff =
          cluster
              .door()
              .items("/v1/resources/" + resource + "/checkpoints/" + id + "/diff")
              .getFirst();
      if (!diff.required("differences").isEmpty()) {
        return false;
      }
    }
    return checkpoints.size() == 2;
  }

  private List<JsonNode> checkpoints(String resource) throws IOException {
    return cluster.door().items("/v1/resources/" + resource + "/checkpoints");
  }

  // ---- what must hold --------------------------------------------------------------------------

  /** What is not that version and saved, as was acknowledged. */
  List<String> brokenUnlessSaved(String resource, String version) throws IOException {
    List<String> broken = new ArrayList<>(brokenUnless(version));
    if (!isSaved(resource)) {
      broken.add(
          "version %s was acknowledged as saved, and is not in the current generations: %s"
              .formatted(version, checkpoints(resource)));
    }
    return broken;
  }

  /** What is not that version, as was acknowledged. */
  List<String> brokenUnless(String version) throws IOException {
    List<String> broken = new ArrayList<>();
    if (!versionsOfKey().equals(Set.of(version))) {
      broken.add("the key was to be %s, and is %s".formatted(version, versionsOfKey()));
    }
    if (!versionsOfFiles().equals(Set.of(version))) {
      broken.add("the files were to be %s, and are %s".formatted(version, versionsOfFiles()));
    }
    return broken;
  }

  /** What is broken in any home, whatever was done in it and acknowledged. */
  List<String> broken() throws IOException {
    List<String> broken = new ArrayList<>();
    Set<String> named = new HashSet<>();
    for (JsonNode generation : cluster.door().items("/v1/checkpoint-verification")) {
      named.add(generation.required("digest").asString().replace("sha256:", ""));
      if (!generation.required("state").asString().equals("Good")) {
        broken.add("a generation that was acknowledged cannot be read back: " + generation);
      }
    }
    try (Stream<Path> blobs = Files.list(cluster.home().resolve("quorum").resolve("blobs"))) {
      blobs
          .map(blob -> blob.getFileName().toString())
          .filter(name -> !named.contains(name))
          .forEach(name -> broken.add("the blob " + name + " has no record"));
    }
    if (Files.exists(tree)) {
      tornOrLeft(broken);
    }
    return broken;
  }

  private void tornOrLeft(List<String> broken) throws IOException {
    if (versionsOfKey().size() > 1) {
      broken.add("the key is torn: " + versionsOfKey());
    }
    if (versionsOfFiles().size() > 1) {
      broken.add("the files are torn: " + versionsOfFiles());
    }
    if (!Files.exists(tree.resolve(EXCLUDED))) {
      broken.add("what is excluded was lost");
    }
    try (Stream<Path> beside = Files.list(cluster.folder())) {
      beside
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(".settings.holdfast-"))
          .forEach(name -> broken.add("a restore has left " + name));
    }
  }
}
