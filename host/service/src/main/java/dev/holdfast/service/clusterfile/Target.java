package dev.holdfast.service.clusterfile;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.api.ClusterPlanView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A resource as it is and as it is to be. Of one plan that is being made. */
final class Target {
  final ResourceId id;

  /** Empty for a new one. */
  final Optional<ClusterResource> before;

  /** Empty for one that the document does not name. */
  final Optional<ClusterFile.FileResource> file;

  /** What the document says of whether it runs; empty for nothing. */
  final Optional<Boolean> wanted;

  final List<ClusterPlanView.Field> fields = new ArrayList<>();
  final List<String> effects = new ArrayList<>();

  /** As it is to be; wanted is not looked at. */
  ResourceConfig config;

  Target(
      Optional<ClusterResource> before,
      Optional<ClusterFile.FileResource> file,
      Optional<Boolean> wanted,
      ResourceConfig config) {
    this.id = config.id();
    this.before = before;
    this.file = file;
    this.wanted = wanted;
    this.config = config;
  }

  String name() {
    return config.name();
  }

  boolean isNew() {
    return before.isEmpty();
  }

  /** Whether it is wanted Online now. */
  boolean isWantedNow() {
    return before.filter(resource -> resource.config().wantedOnline()).isPresent();
  }

  boolean isActive() {
    return before.filter(ClusterResource::isActive).isPresent();
  }

  boolean hasOtherProviders() {
    return before
        .filter(resource -> !resource.config().dependsOn().equals(config.dependsOn()))
        .isPresent();
  }

  boolean isMoved() {
    return before.filter(resource -> !resource.config().group().equals(config.group())).isPresent();
  }

  /** Where it stands in the document, or what is nearest to that. */
  String at(String... keys) {
    return file.map(resource -> resource.at(keys)).orElse("");
  }
}
