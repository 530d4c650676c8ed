package dev.holdfast.service;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.NodeView;
import dev.holdfast.service.node.Member;
import dev.holdfast.service.node.Membership;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** Answers what is asked of the nodes that share the quorum. Thread-safe. */
final class NodeDesk {
  private final Membership membership;
  private final Supplier<List<String>> known;
  private final Supplier<List<String>> groups;

  /**
   * @param known names of nodes that were there once
   * @param groups names of the groups that the holder has
   */
  NodeDesk(Membership membership, Supplier<List<String>> known, Supplier<List<String>> groups) {
    this.membership = membership;
    this.known = known;
    this.groups = groups;
  }

  List<NodeView> nodes() {
    List<NodeView> nodes = new ArrayList<>();
    membership.members().forEach(member -> nodes.add(view(member)));
    for (String name : known.get()) {
      if (nodes.stream().noneMatch(each -> each.name().equalsIgnoreCase(name))) {
        nodes.add(new NodeView(name, "Down", null, null, null, null, List.of()));
      }
    }
    nodes.sort(Comparator.comparing(NodeView::name, String.CASE_INSENSITIVE_ORDER));
    return nodes;
  }

  private NodeView view(Member member) {
    Path socket = member.socket();
    boolean holds = member.role() == Member.Role.HOLDER;
    return new NodeView(
        member.node(),
        holds ? "Holder" : "Waiting",
        member.pid(),
        member.home().toString(),
        socket == null ? null : socket.toString(),
        member.since(),
        holds ? groups.get() : List.of());
  }

  NodeView node(String name) {
    List<NodeView> nodes = nodes();
    return nodes.stream()
        .filter(each -> each.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ApiException.NotFound(
                    "NodeNotFound",
                    name,
                    "There is no node %s; there are %s."
                        .formatted(
                            name, String.join(", ", nodes.stream().map(NodeView::name).toList()))));
  }
}
