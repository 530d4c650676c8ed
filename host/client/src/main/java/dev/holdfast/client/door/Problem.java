package dev.holdfast.client.door;

import tools.jackson.databind.JsonNode;

/**
 * A problem document (RFC 9457) with what the service adds.
 *
 * @param status of HTTP
 * @param code a stable word for programs
 * @param detail one line for people
 * @param exitCode what a command ends with that gets it: the kind of "no"
 */
public record Problem(int status, String code, String detail, int exitCode) {
  private static final int INTERNAL = 70;

  static Problem of(int status, JsonNode document) {
    return new Problem(
        status,
        document.path("code").asString("Http" + status),
        document.path("detail").asString("The service refused without a word."),
        document.path("exitCode").asInt(INTERNAL));
  }
}
