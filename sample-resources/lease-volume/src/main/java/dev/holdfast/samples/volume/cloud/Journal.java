package dev.holdfast.samples.volume.cloud;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that was ever done to volumes, a line each, in one file that is only appended to and
 * is on the disk before anybody is told. What is known of a volume is what its lines come to.
 *
 * <pre>
 *   volume=data-1 epoch=2 nonce=0f3c… event=attach node=alpha over=nobody
 *   volume=data-1 epoch=9 nonce=0f3c… event=attach node=beta over=alpha:2
 *   volume=data-1 epoch=9 nonce=0f3c… event=detach
 *   volume=data-1 epoch=2 nonce=0f3c… refused=Stale asked=write
 * </pre>
 *
 * <p>Who wants to know whether it was ever attached twice reads this. For one thread at a time.
 */
final class Journal implements AutoCloseable {
  private final FileChannel channel;
  private final Map<String, Volume> volumes = new HashMap<>();

  private Journal(FileChannel channel) {
    this.channel = channel;
  }

  /** Opens the journal of a directory; a line that a death cut off was told to nobody, and goes. */
  static Journal open(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve("journal");
    String text = Files.exists(file) ? Files.readString(file) : "";
    int whole = text.lastIndexOf('\n') + 1;
    var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.truncate(text.substring(0, whole).getBytes(UTF_8).length);
    channel.position(channel.size());
    var journal = new Journal(channel);
    text.substring(0, whole).lines().forEach(journal::replay);
    return journal;
  }

  private void replay(String line) {
    Map<String, String> fields = fields(line);
    String event = fields.get("event");
    if (event != null) {
      String volume = fields.getOrDefault("volume", "");
      if (!(answer(event, volume(volume), fields) instanceof Volume.Answer.Done done)) {
        throw new IllegalStateException("The journal contradicts itself: " + line);
      }
      volumes.put(volume, done.volume());
    }
  }

  Volume volume(String name) {
    return volumes.getOrDefault(name, Volume.FRESH);
  }

  /** Does what is asked of a volume, durably; empty when there is no such thing to ask. */
  Optional<Volume.Answer> change(String name, String what, Map<String, String> asked)
      throws IOException {
    if (!WHAT.contains(what)) {
      return Optional.empty();
    }
    Volume.Answer answer = answer(what, volume(name), asked);
    String head =
        "volume=%s epoch=%s nonce=%s "
            .formatted(name, asked.getOrDefault("epoch", "0"), asked.getOrDefault("nonce", ""));
    switch (answer) {
      case Volume.Answer.Done(Volume volume, String event) -> {
        if (!event.isEmpty()) {
          append(head + "event=" + event);
        }
        volumes.put(name, volume);
      }
      case Volume.Answer.Refused(String code, _) ->
          append(head + "refused=" + code + " asked=" + what);
    }
    return Optional.of(answer);
  }

  private static final List<String> WHAT =
      List.of("attach", "detach", "close", "snapshot", "resize", "write");

  private static Volume.Answer answer(String what, Volume volume, Map<String, String> asked) {
    long epoch = Long.parseLong(asked.getOrDefault("epoch", "0"));
    String nonce = asked.getOrDefault("nonce", "");
    return switch (what) {
      case "attach" -> volume.attach(epoch, nonce, asked.getOrDefault("node", ""));
      case "detach", "close" -> volume.detach(epoch, nonce);
      case "snapshot" -> volume.snapshot(epoch, nonce, asked.getOrDefault("name", ""));
      case "resize" ->
          volume.resize(epoch, nonce, Long.parseLong(asked.getOrDefault("bytes", "0")));
      case "write" -> volume.write(epoch, nonce, asked.getOrDefault("text", ""));
      default -> throw new IllegalStateException("nobody can ask for " + what);
    };
  }

  private void append(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line.replace('\n', ' ') + "\n").getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }

  /** {@code a=1 b=2}; what follows {@code text=} may have blanks. */
  private static Map<String, String> fields(String line) {
    Map<String, String> fields = new HashMap<>();
    List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
    while (!words.isEmpty()) {
      String word = words.removeFirst();
      int equals = word.indexOf('=');
      if (word.startsWith("text=")) {
        fields.put("text", String.join(" ", List.of(word, String.join(" ", words))).substring(5));
        words.clear();
      } else if (equals > 0) {
        fields.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return fields;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
