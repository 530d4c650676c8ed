package dev.holdfast.service.api;

import java.util.List;

/**
 * A group.
 *
 * @param state {@code Online PartialOnline Offline Pending Failed}; derived from its resources
 * @param owner the node that has it
 * @param resources names, in the order they were created
 */
public record GroupView(
    String id, String name, String state, String owner, List<String> resources) {
  public GroupView {
    resources = List.copyOf(resources);
  }
}
