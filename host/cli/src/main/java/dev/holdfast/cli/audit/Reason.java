package dev.holdfast.cli.audit;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What {@code why} says of a resource.
 *
 * @param blockedBy what stands in its way; begins with "nothing" when nothing does
 * @param chain what happened, oldest first
 */
record Reason(String blockedBy, List<String> chain) {
  private static final String NOTHING = "nothing";

  Reason {
    chain = List.copyOf(chain);
  }

  static Reason of(JsonNode why) {
    List<String> chain = new ArrayList<>();
    why.path("chain").values().forEach(link -> chain.add(link.path("text").asString("")));
    return new Reason(why.path("blockedBy").asString(NOTHING), chain);
  }

  /** Whether something stands in the way, or it is said when it will be tried again. */
  boolean isBlocked() {
    return !blockedBy.startsWith(NOTHING) || blockedBy.contains(" again ");
  }
}
