package dev.holdfast.failpoint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Which fail points are to strike, as the environment says:
 *
 * <pre>
 *   HOLDFAST_FAILPOINT=hive.sync.before=halt
 *   HOLDFAST_FAILPOINT=slot.fork.after:2=stop,monitor.sends.ready.before=delay:500
 *   HOLDFAST_FAILPOINT_HITS=FILE        see {@link HitsFile}
 * </pre>
 *
 * @param strikes in the order given
 */
public record FailPoints(List<Strike> strikes) {
  /** The variable that says what is to strike. */
  public static final String VARIABLE = "HOLDFAST_FAILPOINT";

  /** The variable that names the file to count hits in. */
  public static final String HITS_VARIABLE = "HOLDFAST_FAILPOINT_HITS";

  /** The exit code of a process that a fail point halted; nothing else ends with it. */
  public static final int HALTED = 86;

  private static final String DELAY = "delay:";
  private static final Map<String, Deed> DEEDS = new LinkedHashMap<>();

  static {
    DEEDS.put("halt", new Deed.Halt());
    DEEDS.put("stop", new Deed.Stop());
    // What strerror(3) says, which is what Java's exceptions say.
    DEEDS.put("enospc", new Deed.Refuse("No space left on device"));
    DEEDS.put("eio", new Deed.Refuse("Input/output error"));
  }

  /**
   * One of them.
   *
   * @param hit at which hit it strikes, from 1; at no other
   */
  public record Strike(FailPoint point, Moment moment, long hit, Deed deed) {}

  public FailPoints {
    strikes = List.copyOf(strikes);
  }

  /** Whether the environment of this process asks for any, or for counting. */
  public static boolean asked() {
    return Armed.ON;
  }

  /**
   * Reads the variable's value.
   *
   * @param nearest finds among names the one that was probably meant
   * @throws IllegalArgumentException it names no point, or nothing that can be done there; the
   *     message says what was found and what is possible
   */
  public static FailPoints parse(
      String text, BiFunction<String, Collection<String>, Optional<String>> nearest) {
    var strikes = new ArrayList<Strike>();
    for (String item : text.split(",", -1)) {
      strikes.add(strike(item.strip(), nearest));
    }
    return new FailPoints(strikes);
  }

  private static Strike strike(
      String item, BiFunction<String, Collection<String>, Optional<String>> nearest) {
    int equals = item.indexOf('=');
    if (equals < 0) {
      throw refused(item, "it is to be name[:n]=halt|stop|enospc|eio|delay:MS");
    }
    String place = item.substring(0, equals);
    int colon = place.indexOf(':');
    String name = colon < 0 ? place : place.substring(0, colon);
    long hit = colon < 0 ? 1 : number(item, place.substring(colon + 1));
    for (FailPoint point : FailPoint.all()) {
      for (Moment moment : Moment.values()) {
        if (point.name(moment).equals(name)) {
          return new Strike(
              point, moment, hit, deed(item, point, item.substring(equals + 1), nearest));
        }
      }
    }
    throw refused(
        item,
        "there is no fail point "
            + name
            + suggestion(nearest.apply(name, names()))
            + "; holdfast"
            + " debug failpoints lists them");
  }

  private static Deed deed(
      String item,
      FailPoint point,
      String text,
      BiFunction<String, Collection<String>, Optional<String>> nearest) {
    if (text.startsWith(DELAY)) {
      return new Deed.Delay(Duration.ofMillis(number(item, text.substring(DELAY.length()))));
    }
    Deed deed = DEEDS.get(text);
    if (deed == null) {
      throw refused(
          item,
          "nothing is called "
              + text
              + suggestion(nearest.apply(text, DEEDS.keySet()))
              + "; it is halt, stop, enospc, eio or delay:MS");
    }
    if (deed instanceof Deed.Refuse && !point.isStorage()) {
      throw refused(item, "nothing is written to a disk there; it takes halt, stop and delay:MS");
    }
    return deed;
  }

  private static long number(String item, String text) {
    // Nine digits are enough for anybody, and fit.
    if (!text.matches("[1-9]\\d{0,8}")) {
      throw refused(item, "\"" + text + "\" is no whole number from 1 to 999999999");
    }
    return Long.parseLong(text);
  }

  private static String suggestion(Optional<String> name) {
    return name.map(near -> " (did you mean " + near + "?)").orElse("");
  }

  private static List<String> names() {
    return FailPoint.all().stream()
        .flatMap(point -> List.of(point.name(Moment.BEFORE), point.name(Moment.AFTER)).stream())
        .toList();
  }

  private static IllegalArgumentException refused(String item, String why) {
    return new IllegalArgumentException(
        "%s cannot be set to \"%s\": %s.".formatted(VARIABLE, item, why));
  }
}
