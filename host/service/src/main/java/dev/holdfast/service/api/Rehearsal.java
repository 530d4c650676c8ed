package dev.holdfast.service.api;

import java.util.List;

/**
 * A checkpoint that is to be rehearsed on a node: restored there, but for the writing.
 *
 * @param object what it is called in the answer
 * @param resource the name of its resource
 * @param of {@code registry:PATH} or {@code file:PATH}
 * @param blob where the generation's content is read, in the quorum directory
 */
public record Rehearsal(
    String object, String resource, int checkpoint, String of, List<String> excludes, String blob) {
  public Rehearsal {
    excludes = List.copyOf(excludes);
  }
}
