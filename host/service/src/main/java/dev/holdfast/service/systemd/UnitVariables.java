package dev.holdfast.service.systemd;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The variables by which systemd speaks to the main process of a unit, and to no other. */
public final class UnitVariables {
  static final String NOTIFY_SOCKET = "NOTIFY_SOCKET";
  static final String WATCHDOG_USEC = "WATCHDOG_USEC";
  static final String WATCHDOG_PID = "WATCHDOG_PID";

  /**
   * With them, an application that knows systemd would speak in the service's name: say that it is
   * ready, or take the journal's socket for its own output. systemd.exec(5), "Environment Variables
   * Set or Propagated by the Service Manager".
   */
  private static final Set<String> OF_THE_MAIN_PROCESS =
      Set.of(
          NOTIFY_SOCKET,
          WATCHDOG_USEC,
          WATCHDOG_PID,
          "MAINPID",
          "MANAGERPID",
          "SYSTEMD_EXEC_PID",
          "INVOCATION_ID",
          "JOURNAL_STREAM",
          "LISTEN_FDS",
          "LISTEN_PID",
          "LISTEN_FDNAMES",
          "FDSTORE",
          "MEMORY_PRESSURE_WATCH",
          "MEMORY_PRESSURE_WRITE");

  private UnitVariables() {}

  /** An environment for the service's children. */
  public static Map<String, String> without(Map<String, String> environment) {
    var rest = new HashMap<>(environment);
    rest.keySet().removeAll(OF_THE_MAIN_PROCESS);
    return rest;
  }
}
