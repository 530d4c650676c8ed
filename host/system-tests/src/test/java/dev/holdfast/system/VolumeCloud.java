package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cloud of {@code sample-resources/lease-volume}, a process of its own, and the oracle: its
 * journal, in which every attach and detach stands that ever was.
 */
final class VolumeCloud implements AutoCloseable {
  private final Path directory;
  private int port;
  private @Nullable Process process;

  private VolumeCloud(Path directory) {
    this.directory = directory;
  }

  static VolumeCloud start() throws IOException {
    var cloud = new VolumeCloud(Files.createTempDirectory("holdfast-cloud"));
    cloud.up();
    return cloud;
  }

  /** Starts it where it was. */
  void up() throws IOException {
    Path out = directory.resolve("out");
    Files.deleteIfExists(out);
    process =
        Distribution.builder(
                Map.of(),
                List.of(
                    Distribution.root().resolve("samples/lease-volume/cloud").toString(),
                    "--dir",
                    directory.toString(),
                    "--port",
                    "" + port))
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    Patience.until("the cloud is ready", () -> Files.readString(out).startsWith("ready "));
    port = URI.create(Files.readString(out).strip().substring("ready ".length())).getPort();
  }

  /** Kills it. */
  void down() throws InterruptedException {
    Process there = process;
    if (there != null) {
      there.destroyForcibly().waitFor();
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Changes the weather: {@code hold-before?only=attach}. What was held goes on. */
  void weather(String kind) throws IOException {
    ask("POST", "/weather/" + kind);
  }

  /** Waits until so many requests are held. */
  void awaitHeld(int count) {
    Patience.until(
        count + " requests are held", () -> ask("GET", "/weather").contains("held=" + count));
  }

  private String ask(String method, String path) throws IOException {
    var request = (HttpURLConnection) URI.create(url() + path).toURL().openConnection();
    request.setRequestMethod(method);
    assertThat(request.getResponseCode()).isEqualTo(200);
    try (var in = request.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  // ---- the oracle ----------------------------------------------------------------------------

  /** What was done to a volume, oldest first: {@code attach node=alpha over=nobody}. */
  List<String> events(String volume) throws IOException {
    return lines(volume).stream()
        .filter(line -> line.contains(" event="))
        .map(line -> line.substring(line.indexOf(" event=") + " event=".length()))
        .toList();
  }

  /** What was refused of a volume: {@code Stale asked=attach}. */
  List<String> refusals(String volume) throws IOException {
    return lines(volume).stream()
        .filter(line -> line.contains(" refused="))
        .map(line -> line.substring(line.indexOf(" refused=") + " refused=".length()))
        .toList();
  }

  private List<String> lines(String volume) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("journal"))) {
      if (line.startsWith("volume=" + volume + " ")) {
        lines.add(line);
      }
    }
    return lines;
  }

  /**
   * No volume was ever attached twice: an attach found it free, or took it over from the very
   * holder by a higher epoch of the same lease; and within a lease no epoch ever fell.
   */
  void assertNeverAttachedTwice() throws IOException {
    Map<String, String> holders = new HashMap<>();
    Map<String, String> leases = new HashMap<>();
    Map<String, Long> epochs = new HashMap<>();
    for (String line : Files.readAllLines(directory.resolve("journal"))) {
      if (!line.contains(" event=")) {
        continue;
      }
      Map<String, String> field = new HashMap<>();
      for (String word : line.split(" ", -1)) {
        int equals = word.indexOf('=');
        if (equals > 0) {
          field.putIfAbsent(word.substring(0, equals), word.substring(equals + 1));
        }
      }
      String volume = field.getOrDefault("volume", "");
      String nonce = field.getOrDefault("nonce", "");
      long epoch = Long.parseLong(field.getOrDefault("epoch", "0"));
      assertThat(epoch)
          .as("epochs of a lease only grow: %s", line)
          .isGreaterThanOrEqualTo(epochs.getOrDefault(nonce, 0L));
      epochs.put(nonce, epoch);
      switch (field.getOrDefault("event", "")) {
        case "attach" -> {
          String holder = holders.get(volume);
          assertThat(field.get("over"))
              .as("attached over whoever has it: %s", line)
              .isEqualTo(holder == null ? "nobody" : holder);
          if (holder != null) {
            assertThat(nonce).as("by its own lease: %s", line).isEqualTo(leases.get(volume));
          }
          holders.put(volume, field.get("node") + ":" + epoch);
          leases.put(volume, nonce);
        }
        case "detach" -> assertThat(holders.remove(volume)).as(line).isNotNull();
        default -> {
          // Changes nobody's hold.
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
    Cluster.removeTree(directory);
  }
}
