package dev.holdfast.client.door;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A problem document (RFC 9457) with what the service adds.
 *
 * @param status of HTTP
 * @param code a stable word for programs
 * @param detail one line for people
 * @param exitCode what a command ends with that gets it: the kind of "no"
 * @param places what is wrong with a document that was sent, and where
 */
public record Problem(int status, String code, String detail, int exitCode, List<Place> places) {
  private static final int INTERNAL = 70;

  public Problem {
    places = List.copyOf(places);
  }

  /**
   * One thing that is wrong with a document.
   *
   * @param pointer a JSON Pointer (RFC 6901); empty for the whole of it
   */
  public record Place(String pointer, String message) {}

  static Problem of(int status, JsonNode document) {
    return new Problem(
        status,
        document.path("code").asString("Http" + status),
        document.path("detail").asString("The service refused without a word."),
        document.path("exitCode").asInt(INTERNAL),
        places(document.path("problems")));
  }

  private static List<Place> places(JsonNode problems) {
    List<Place> places = new ArrayList<>();
    for (JsonNode problem : problems) {
      if (problem.path("pointer").isString()) {
        places.add(
            new Place(problem.path("pointer").asString(), problem.path("message").asString("")));
      }
    }
    return places;
  }
}
