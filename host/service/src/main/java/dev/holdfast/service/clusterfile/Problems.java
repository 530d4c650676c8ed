package dev.holdfast.service.clusterfile;

import dev.holdfast.service.api.ApiException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with a document, gathered so that all of it can be told at once. */
public final class Problems {
  /** Nobody reads on after so many. */
  static final int TOLD_MAX = 100;

  private final List<ApiException.Invalid.Problem> found = new ArrayList<>();

  /**
   * One more.
   *
   * @param sentence a whole one
   */
  public void add(String pointer, String sentence) {
    add(pointer, null, sentence);
  }

  /** One more, about a property. */
  public void add(String pointer, @Nullable String property, String sentence) {
    if (found.size() < TOLD_MAX) {
      found.add(new ApiException.Invalid.Problem(property, sentence, pointer));
    } else if (found.size() == TOLD_MAX) {
      found.add(
          new ApiException.Invalid.Problem(
              null, "There is more; so much is told at once as %d.".formatted(TOLD_MAX), null));
    }
  }

  int count() {
    return found.size();
  }

  /**
   * Throws them, if there are any.
   *
   * @throws ApiException.Invalid its message names the first
   */
  public void refuse() {
    if (found.isEmpty()) {
      return;
    }
    String more =
        switch (found.size()) {
          case 1 -> "";
          case 2 -> " And 1 problem more.";
          default -> " And %d problems more.".formatted(found.size() - 1);
        };
    throw new ApiException.Invalid(
        "ClusterFileRejected", null, found.getFirst().message() + more, found);
  }
}
