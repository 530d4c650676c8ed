package dev.holdfast.service.api;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an operation ended. */
public sealed interface Outcome {

  /** Time from the command's acceptance. */
  Duration took();

  /** The states of the resources it was about, as they are now. */
  List<ResourceState> states();

  /**
   * What was wanted is so.
   *
   * @param message such as {@code "Online 2/2"}
   * @param values what it found out or made, by name; only a control has any
   */
  record Done(Duration took, String message, List<ResourceState> states, Map<String, String> values)
      implements Outcome {
    public Done {
      states = List.copyOf(states);
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** What has no values to tell. */
    public Done(Duration took, String message, List<ResourceState> states) {
      this(took, message, states, Map.of());
    }
  }

  /**
   * What was wanted is not so.
   *
   * @param refusal what went wrong; its exit code is the command's
   */
  record Failed(Duration took, ApiException refusal, List<ResourceState> states)
      implements Outcome {
    public Failed {
      states = List.copyOf(states);
    }
  }

  /** The state of one resource, with a sentence where there is one. */
  record ResourceState(String resource, String state, @Nullable String detail) {}
}
