package dev.holdfast.spi;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one kind of property are written. Parsing throws an IllegalArgumentException
 * whose message finishes the sentence "Port is 'x': …".
 */
final class Grammar<T> {
  static final Grammar<String> TEXT = scalar(text -> text, text -> text, null);
  static final Grammar<Integer> INTEGER =
      scalar(Grammar::integer, i -> Integer.toString(i), Comparator.<Integer>naturalOrder());
  static final Grammar<Duration> DURATION =
      scalar(DurationText::parse, DurationText::print, Comparator.<Duration>naturalOrder());
  static final Grammar<Long> SIZE =
      scalar(SizeText::parse, SizeText::print, Comparator.<Long>naturalOrder());
  static final Grammar<Path> PATH = scalar(Grammar::path, Path::toString, null);
  static final Grammar<Secret> SECRET = scalar(Secret::of, Secret::reveal, null);
  static final Grammar<List<String>> LIST = new Grammar<>(List::copyOf, List::copyOf, null, true);

  private final Function<List<String>, T> decoder;
  private final Function<T, List<String>> encoder;
  private final @Nullable Comparator<T> order;
  private final boolean many;

  private Grammar(
      Function<List<String>, T> decoder,
      Function<T, List<String>> encoder,
      @Nullable Comparator<T> order,
      boolean many) {
    this.decoder = decoder;
    this.encoder = encoder;
    this.order = order;
    this.many = many;
  }

  private static <T> Grammar<T> scalar(
      Function<String, T> parse, Function<T, String> print, @Nullable Comparator<T> order) {
    return new Grammar<>(
        text -> parse.apply(text.get(0)), value -> List.of(print.apply(value)), order, false);
  }

  /** Whether a value is any number of texts; otherwise it is exactly one. */
  boolean isMany() {
    return many;
  }

  /** How values compare; null where "at least" makes no sense. */
  @Nullable Comparator<T> order() {
    return order;
  }

  T decode(List<String> text) {
    return decoder.apply(text);
  }

  List<String> encode(T value) {
    return encoder.apply(value);
  }

  private static Integer integer(String text) {
    try {
      return Integer.valueOf(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "a whole number between "
              + Integer.MIN_VALUE
              + " and "
              + Integer.MAX_VALUE
              + " is needed, such as 8080",
          e);
    }
  }

  private static Path path(String text) {
    Path path;
    try {
      path = Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("it cannot be a path (" + e.getReason() + ")", e);
    }
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(
          "an absolute path is needed, since the cluster service's own directory is no one's"
              + " business");
    }
    return path.normalize();
  }
}
