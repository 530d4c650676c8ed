package dev.holdfast.cluster;

import java.util.Arrays;

/** What a failure leads to (MSCS property RestartAction, with its numbers). */
public enum RestartAction {
  DONT_RESTART(0, "DontRestart"),
  RESTART_NO_NOTIFY(1, "RestartNoNotify"),
  RESTART_NOTIFY(2, "RestartNotify");

  private final int code;
  private final String label;

  RestartAction(int code, String label) {
    this.code = code;
    this.label = label;
  }

  /** The number that goes to disk and is typed by people. */
  public int code() {
    return code;
  }

  /** The action with that number. */
  public static RestartAction of(int code) {
    return Arrays.stream(values())
        .filter(action -> action.code == code)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("RestartAction is 0, 1 or 2, not " + code));
  }

  @Override
  public String toString() {
    return label;
  }
}
