package dev.holdfast.service.process;

/**
 * One life of one process: its number, when it began, and in which boot of the machine.
 *
 * <p>A pid is given out again; a pid together with the tick of its start is not, within a boot. The
 * three are what goes into a durable record.
 *
 * @param pid the process id, greater than 0
 * @param startTicks when it began, in clock ticks since boot: field 22 of {@code /proc/PID/stat}
 * @param bootId the content of {@code /proc/sys/kernel/random/boot_id} at that time
 */
public record ProcessIdentity(int pid, long startTicks, String bootId) {
  public ProcessIdentity {
    if (pid <= 0) {
      throw new IllegalArgumentException("A process id is greater than 0, this one is " + pid);
    }
    if (startTicks < 0) {
      throw new IllegalArgumentException("Start ticks are not negative, these are " + startTicks);
    }
    if (bootId.isBlank()) {
      throw new IllegalArgumentException("The boot id of process " + pid + " is empty");
    }
  }

  @Override
  public String toString() {
    return pid + "@" + startTicks;
  }
}
