package dev.holdfast.client;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes to keys of one hive that are made together or not at all, in the order in which they were
 * added, if all preconditions hold right before. All of them fit into 1 MiB as they are sent, where
 * a byte of a value takes two.
 *
 * <p>Paths go from the root on; through a {@link HeldKey} from its key on, empty for that key
 * itself. For one thread; may be applied again.
 */
public final class Changes {
  private static final HexFormat HEX = HexFormat.of();

  private final ArrayNode preconditions = JsonNodeFactory.instance.arrayNode();
  private final ArrayNode changes = JsonNodeFactory.instance.arrayNode();

  private Changes() {}

  /** None yet. */
  public static Changes of() {
    return new Changes();
  }

  // ---- preconditions -------------------------------------------------------------------------

  /** If its values and the names of its subkeys are as {@link Key#revision} knew them. */
  public Changes ifUnchanged(String path, long revision) {
    add(preconditions, "KEY_REVISION", path).put("revision", revision);
    return this;
  }

  /** If the key is as it was read; by its path from the root on, so not through a held key. */
  public Changes ifUnchanged(Key key) {
    return ifUnchanged(key.path(), key.revision());
  }

  public Changes ifKeyExists(String path) {
    add(preconditions, "KEY_EXISTS", path);
    return this;
  }

  public Changes ifKeyAbsent(String path) {
    add(preconditions, "KEY_ABSENT", path);
    return this;
  }

  /** If there is a value of that name with that type and those bytes. */
  public Changes ifValue(String path, Value value) {
    put(add(preconditions, "VALUE_EQUALS", path), value);
    return this;
  }

  public Changes ifValueAbsent(String path, String name) {
    add(preconditions, "VALUE_ABSENT", path).putObject("value").put("name", name);
    return this;
  }

  // ---- changes -------------------------------------------------------------------------------

  /** Makes a key, and those on the way to it; leaves one alone that is there. */
  public Changes createKey(String path) {
    add(changes, "CREATE_KEY", path);
    return this;
  }

  /** The same, of a key that lasts as long as the service runs, and is in no file. */
  public Changes createVolatileKey(String path) {
    add(changes, "CREATE_VOLATILE_KEY", path);
    return this;
  }

  /** Sets a value, and makes its key where there is none. */
  public Changes set(String path, Value value) {
    put(add(changes, "SET_VALUE", path), value);
    return this;
  }

  public Changes deleteValue(String path, String name) {
    add(changes, "DELETE_VALUE", path).putObject("value").put("name", name);
    return this;
  }

  /** Deletes a key that has no subkeys. */
  public Changes deleteKey(String path) {
    add(changes, "DELETE_KEY", path);
    return this;
  }

  /** Deletes a key with all below it. */
  public Changes deleteTree(String path) {
    add(changes, "DELETE_TREE", path);
    return this;
  }

  private static ObjectNode add(ArrayNode list, String kind, String path) {
    return list.addObject().put("kind", kind).put("path", path);
  }

  private static void put(ObjectNode into, Value value) {
    into.putObject("value")
        .put("name", value.name())
        .put("type", value.type().toString())
        .put("bytes", HEX.formatHex(value.ownBytes()));
  }

  byte[] json(@Nullable Long handle) {
    ObjectNode batch = JsonNodeFactory.instance.objectNode();
    batch.set("preconditions", preconditions);
    batch.set("changes", changes);
    if (handle != null) {
      batch.put("handle", handle);
    }
    return Documents.escaped(batch);
  }

  @Override
  public String toString() {
    return changes.size() + " changes if " + preconditions.size() + " preconditions hold";
  }
}
