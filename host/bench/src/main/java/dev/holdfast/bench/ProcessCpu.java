package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The processor time of a process and of all children that it has reaped, by the kernel's count in
 * ticks of ten milliseconds: for what is done many times.
 */
record ProcessCpu(long ownNanos, long childrenNanos) {
  private static final long NANOS_A_TICK = 10_000_000;

  // Counted from the field after the name, which is the third of the line.
  private static final int USER = 11;
  private static final int SYSTEM = 12;
  private static final int CHILDREN_USER = 13;
  private static final int CHILDREN_SYSTEM = 14;

  static ProcessCpu of(int pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return new ProcessCpu(
        NANOS_A_TICK * (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])),
        NANOS_A_TICK
            * (Long.parseLong(fields[CHILDREN_USER]) + Long.parseLong(fields[CHILDREN_SYSTEM])));
  }

  ProcessCpu plus(ProcessCpu other) {
    return new ProcessCpu(ownNanos + other.ownNanos, childrenNanos + other.childrenNanos);
  }

  ProcessCpu minus(ProcessCpu other) {
    return new ProcessCpu(ownNanos - other.ownNanos, childrenNanos - other.childrenNanos);
  }
}
