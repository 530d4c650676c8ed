package dev.holdfast.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A source whose content is a text, and in whose way something can be put. */
final class FakeSource implements Source {
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
  private volatile @Nullable String content;
  volatile @Nullable SourceException readingFails;
  volatile @Nullable SourceException restoringFails;
  volatile @Nullable SourceException watchingFails;

  /** What was restored, in order. */
  final List<String> restored = new CopyOnWriteArrayList<>();

  FakeSource(String content) {
    this.content = content;
  }

  /** Somebody writes; null deletes it. */
  void write(@Nullable String text) {
    content = text;
    watchers.forEach(Runnable::run);
  }

  Optional<String> content() {
    return Optional.ofNullable(content);
  }

  int watcherCount() {
    return watchers.size();
  }

  @Override
  public Capture capture() throws SourceException {
    if (readingFails != null) {
      throw readingFails;
    }
    String now = content;
    if (now == null) {
      throw new SourceException(Obstacle.MISSING, "it is not there");
    }
    return new Capture() {
      @Override
      public String fingerprint() {
        return "text:" + now;
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        out.write(now.getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  @Override
  public List<String> restore(Path saved, boolean force) throws SourceException {
    SourceException fails = restoringFails;
    if (fails != null && !(force && fails.obstacle() == Obstacle.HANDLE_HELD)) {
      throw fails;
    }
    content = read(saved);
    restored.add(read(saved));
    return List.of();
  }

  @Override
  public void rehearse(Path saved) throws SourceException {
    if (restoringFails != null) {
      throw restoringFails;
    }
  }

  @Override
  public Watching watch(Runnable changed) throws SourceException {
    if (watchingFails != null) {
      throw watchingFails;
    }
    watchers.add(changed);
    return () -> watchers.remove(changed);
  }

  @Override
  public List<Difference> diff(Path from, Path to) throws SourceException {
    List<Difference> differences = new ArrayList<>();
    if (!read(from).equals(read(to))) {
      differences.add(new Difference("", "text", read(from), read(to)));
    }
    return differences;
  }

  private static String read(Path file) throws SourceException {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new SourceException(Obstacle.CORRUPT, "unreadable: " + e.getMessage());
    }
  }
}
