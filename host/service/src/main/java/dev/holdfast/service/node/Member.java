package dev.holdfast.service.node;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A node as {@code <quorum>/nodes/NAME.json} tells of it.
 *
 * @param startTicks with the pid, which life of that pid it is
 * @param socket where its API is; null while it is not served yet
 * @param since when it took the role
 */
public record Member(
    String node,
    int pid,
    long startTicks,
    Path home,
    @Nullable Path socket,
    Instant since,
    Role role) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What a node does with the quorum directory. */
  public enum Role {
    /** It has the lock, and all groups. */
    HOLDER,
    /** It waits for the lock. */
    WAITING;

    /** As it is written down and shown. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  String json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("node", node);
    json.put("pid", pid);
    json.put("startTicks", startTicks);
    json.put("home", home.toString());
    json.put("socket", socket == null ? null : socket.toString());
    json.put("since", since.toString());
    json.put("role", role.word());
    return JSON.writeValueAsString(json) + "\n";
  }

  /**
   * What that text tells.
   *
   * @throws IllegalArgumentException it is none of ours
   */
  static Member parse(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      String socket = json.path("socket").asString("");
      return new Member(
          json.required("node").asString(),
          json.required("pid").asInt(),
          json.required("startTicks").asLong(),
          Path.of(json.required("home").asString()),
          socket.isEmpty() ? null : Path.of(socket),
          Instant.parse(json.required("since").asString()),
          Role.valueOf(json.required("role").asString().toUpperCase(Locale.ROOT)));
    } catch (JacksonException | java.time.DateTimeException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** In words for people. */
  @Override
  public String toString() {
    return "node %s (pid %d, home %s)".formatted(node, pid, home);
  }
}
