package dev.holdfast.cli.clusterfile;

import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document that was read.
 *
 * @param root scalars as texts, as they were written, but for null: so {@code 1.10} is not 1.1, and
 *     {@code no} is not false
 * @param places by JSON Pointer: where the key stands whose value it is, or the item of a list
 */
public record YamlDocument(ObjectNode root, Map<String, Place> places) {
  /** The place of what a pointer names, or of the nearest thing around it that is there. */
  public Place place(String pointer) {
    String at = pointer;
    while (!places.containsKey(at) && !at.isEmpty()) {
      at = at.substring(0, at.lastIndexOf('/'));
    }
    return places.getOrDefault(at, new Place(1, 1));
  }
}
