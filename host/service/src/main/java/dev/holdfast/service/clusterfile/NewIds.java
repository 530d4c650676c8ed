package dev.holdfast.service.clusterfile;

import dev.holdfast.cluster.GroupId;
import dev.holdfast.cluster.ResourceId;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Ids of what is to be created: the same name has the same one each time a plan is made. For one
 * document; thread-safe, for a plan is made on the deciding thread, too.
 */
public final class NewIds {
  private final Supplier<UUID> ids;
  private final Map<String, UUID> given = new HashMap<>();

  /**
   * @param ids where they come from
   */
  public NewIds(Supplier<UUID> ids) {
    this.ids = ids;
  }

  GroupId group(String name) {
    return new GroupId(of("group " + name));
  }

  ResourceId resource(String name) {
    return new ResourceId(of("resource " + name));
  }

  private synchronized UUID of(String what) {
    return given.computeIfAbsent(what.toLowerCase(Locale.ROOT), _ -> ids.get());
  }
}
