package dev.holdfast.service;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.node.Member;
import dev.holdfast.service.node.Membership;
import dev.holdfast.service.operation.Handover;
import java.util.List;
import java.util.function.Consumer;

/** Hands the quorum directory to a node that waits for it. */
final class QuorumHandover implements Handover {
  private final Membership membership;
  private final String self;
  private final Consumer<String> begin;

  /**
   * @param self this node's name
   * @param begin hands over to a node; returns at once
   */
  QuorumHandover(Membership membership, String self, Consumer<String> begin) {
    this.membership = membership;
    this.self = self;
    this.begin = begin;
  }

  @Override
  public String require(String node) {
    if (node.equalsIgnoreCase(self)) {
      throw new ApiException.Conflict(
          "AlreadyThere", node, "All groups are on node %s already.".formatted(self));
    }
    List<Member> members = membership.members();
    return members.stream()
        .filter(member -> member.node().equalsIgnoreCase(node))
        .filter(member -> member.role() == Member.Role.WAITING)
        .findFirst()
        .map(Member::node)
        .orElseThrow(
            () ->
                new ApiException.Conflict(
                    "NodeNotWaiting",
                    node,
                    "No living node %s waits for the quorum directory; %s. Start it with: holdfast serve --home HOME --quorum QUORUM --node %s"
                        .formatted(node, waiting(members), node)));
  }

  private static String waiting(List<Member> members) {
    List<String> names =
        members.stream()
            .filter(member -> member.role() == Member.Role.WAITING)
            .map(Member::node)
            .toList();
    return names.isEmpty() ? "none waits" : "waiting: " + String.join(", ", names);
  }

  @Override
  public void begin(String node) {
    begin.accept(node);
  }
}
