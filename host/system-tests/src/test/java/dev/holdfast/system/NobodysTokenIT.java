package dev.holdfast.system;

import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** As {@link AuditFindsIT}: a process with a token of no home, which each home's audit tells of. */
@Isolated("The audit of every other home would find it, too.")
@Tag("system")
class NobodysTokenIT {
  @Test
  void aTokenWithoutARecord_isFound() throws Exception {
    try (var cluster = Cluster.empty().start("serve")) {
      Audited.of(cluster).assertHolds();
      Process nobodys = AuditFindsIT.stranger(cluster.home(), UUID.randomUUID().toString());
      try {
        Audited.of(cluster).assertBroken("pid " + nobodys.pid(), "records");
      } finally {
        nobodys.destroyForcibly().waitFor();
      }
      Audited.of(cluster).assertHolds();
    }
  }
}
