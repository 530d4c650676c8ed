package dev.holdfast.service.clusterfile;

import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.service.api.CheckpointApi.NewCheckpoint;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A document that has been read: its form is right, and nothing is known yet of the cluster. Each
 * thing knows its place, a JSON Pointer, for what is found wrong with it later.
 */
public record ClusterFile(String pointer, List<FileGroup> groups) {
  public ClusterFile {
    groups = List.copyOf(groups);
  }

  /**
   * A group.
   *
   * @param wanted of its resources that say nothing; empty for as they are
   */
  public record FileGroup(
      String pointer,
      String name,
      String description,
      Optional<Boolean> wanted,
      List<FileResource> resources) {
    public FileGroup {
      resources = List.copyOf(resources);
    }
  }

  /**
   * A resource.
   *
   * @param separateMonitor empty for as it is
   * @param wanted empty for as its group says
   * @param properties as they were written, in that order
   * @param secrets those that are kept
   */
  public record FileResource(
      String pointer,
      String name,
      String type,
      List<String> dependsOn,
      Optional<Boolean> separateMonitor,
      Optional<Boolean> wanted,
      Map<String, List<String>> properties,
      List<String> secrets,
      List<FileCheckpoint> checkpoints) {
    public FileResource {
      dependsOn = List.copyOf(dependsOn);
      properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
      secrets = List.copyOf(secrets);
      checkpoints = List.copyOf(checkpoints);
    }

    /** The place of one of its keys, or below. */
    public String at(String... keys) {
      return Pointers.below(pointer, keys);
    }

    /** The place of a property, as it was spelled. */
    public String atProperty(String name) {
      return properties.keySet().stream()
          .filter(name::equalsIgnoreCase)
          .findFirst()
          .map(spelled -> at("properties", spelled))
          .orElse(pointer);
    }
  }

  /**
   * A checkpoint.
   *
   * @param wanted the same, as it is added
   */
  public record FileCheckpoint(
      String pointer, Subject subject, CheckpointSettings settings, NewCheckpoint wanted) {}
}
