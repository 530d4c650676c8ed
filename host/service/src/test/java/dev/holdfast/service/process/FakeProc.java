package dev.holdfast.service.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder laid out like {@code /proc}, as far as {@link ProcFs} looks. */
record FakeProc(Path root) {
  static final String BOOT = "0d6c8a4e-boot";

  static FakeProc in(Path root) throws IOException {
    Files.createDirectories(root.resolve("sys/kernel/random"));
    Files.writeString(root.resolve("sys/kernel/random/boot_id"), BOOT + "\n");
    Files.writeString(root.resolve("uptime"), "1234.56 99.00\n");
    return new FakeProc(root);
  }

  void process(int pid, char state, int parent, int group, int session, long ticks)
      throws IOException {
    write(
        pid,
        "stat",
        "%d (app) %c %d %d %d 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %d 0 0\n"
            .formatted(pid, state, parent, group, session, ticks));
  }

  void write(int pid, String file, String content) throws IOException {
    Files.createDirectories(root.resolve(Integer.toString(pid)));
    Files.writeString(root.resolve(Integer.toString(pid)).resolve(file), content);
  }
}
