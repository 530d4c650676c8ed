package dev.holdfast.cli.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cli.output.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import tools.jackson.databind.JsonNode;

/**
 * The event log, read from its files as they are on the disk: {@code events/events-FIRST.jsonl},
 * one event a line, a CRC32C of the line at its end. Every line is summed; only those that a rule
 * asks for are read as JSON.
 *
 * @param first number of the oldest event that is kept; 0 when there is none
 * @param last number of the newest one
 * @param from when the oldest event was
 * @param damages what is not as it was written, or not there
 * @param deaths of monitors
 * @param lost the processes of monitors of which event 2026 tells that there is no incident
 * @param starts of services
 */
record EventFiles(
    int files,
    long first,
    long last,
    Optional<Instant> from,
    List<Damage> damages,
    List<Death> deaths,
    Set<Long> lost,
    List<Start> starts) {
  /**
   * Something that is missing or was altered.
   *
   * @param place file and line
   * @param atTheEnd nothing good follows it: it may be being written
   */
  record Damage(String place, String what, boolean atTheEnd) {}

  /**
   * Event 1146.
   *
   * @param incident 0 when it names none
   */
  record Death(long seq, long incident, String monitor, long pid) {}

  /**
   * Event 1061.
   *
   * @param lastBefore when the event before it was
   */
  record Start(Instant time, Instant lastBefore) {}

  private static final Pattern NAME = Pattern.compile("events-(\\d{19})\\.jsonl");
  private static final String SEQ_OPENING = "{\"seq\":";
  private static final Pattern TIME = Pattern.compile("\"time\":\"([^\"]+)\"");
  private static final int SUM_DIGITS = 8;
  private static final String SUM_OPENING = ",\"crc32c\":\"";
  private static final String SUM_CLOSING = "\"}";
  private static final int SUM_BYTES = SUM_OPENING.length() + SUM_DIGITS + SUM_CLOSING.length();
  private static final int HEAD_BYTES = 40;
  private static final int MONITOR_DIED = 1146;
  private static final int INCIDENT_LOST = 2026;
  private static final int SERVICE_STARTED = 1061;
  private static final int DAMAGES_MAX = 20;

  EventFiles {
    damages = List.copyOf(damages);
    deaths = List.copyOf(deaths);
    starts = List.copyOf(starts);
  }

  /** Reads them all. A file that is dropped meanwhile, as the oldest, is left out. */
  static EventFiles read(Path folder) throws IOException {
    var reading = new Reading();
    for (Path file : files(folder)) {
      reading.file(file);
    }
    return reading.done();
  }

  private static List<Path> files(Path folder) throws IOException {
    var byFirst = new TreeMap<Long, Path>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        Matcher name = NAME.matcher(entry.getFileName().toString());
        if (name.matches()) {
          byFirst.put(Long.parseLong(name.group(1)), entry);
        }
      }
    } catch (NoSuchFileException nobodyStartedHere) {
      return List.of();
    }
    return List.copyOf(byFirst.values());
  }

  /** The files, one after the other. */
  private static final class Reading {
    private final List<Damage> damages = new ArrayList<>();
    private final List<Damage> open = new ArrayList<>();
    private final List<Death> deaths = new ArrayList<>();
    private final Set<Long> lost = new HashSet<>();
    private final List<Start> starts = new ArrayList<>();
    private int files;
    private long first;
    private long last;
    private Optional<Instant> from = Optional.empty();
    private byte[] before = new byte[0];
    private int beforeStart;
    private int beforeEnd;

    void file(Path file) throws IOException {
      byte[] bytes;
      try {
        bytes = Files.readAllBytes(file);
      } catch (NoSuchFileException dropped) {
        return;
      }
      files++;
      int number = 0;
      for (int start = 0; start < bytes.length; ) {
        number++;
        int end = start;
        while (end < bytes.length && bytes[end] != '\n') {
          end++;
        }
        line(file.getFileName() + ":" + number, bytes, start, end);
        start = end + 1;
      }
    }

    private void line(String place, byte[] bytes, int start, int end) {
      long seq = end < bytes.length ? seq(bytes, start, end) : -1;
      if (seq < 0) {
        open.add(new Damage(place, "the line is not what was written", true));
        return;
      }
      open.forEach(damage -> add(new Damage(damage.place(), damage.what(), false)));
      open.clear();
      if (last > 0 && seq != last + 1) {
        add(new Damage(place, missing(last + 1, seq), false));
      }
      String head = new String(bytes, start, Math.min(HEAD_BYTES, end - start), ISO_8859_1);
      if (hasId(head, MONITOR_DIED)) {
        deaths.add(death(Json.read(new String(bytes, start, end - start, UTF_8))));
      } else if (hasId(head, INCIDENT_LOST)) {
        lost.add(death(Json.read(new String(bytes, start, end - start, UTF_8))).pid());
      } else if (hasId(head, SERVICE_STARTED) && last > 0) {
        starts.add(new Start(time(bytes, start, end), time(before, beforeStart, beforeEnd)));
      }
      if (first == 0) {
        first = seq;
        from = Optional.of(time(bytes, start, end));
      }
      last = seq;
      before = bytes;
      beforeStart = start;
      beforeEnd = end;
    }

    private void add(Damage damage) {
      if (damages.size() < DAMAGES_MAX) {
        damages.add(damage);
      }
    }

    EventFiles done() {
      open.forEach(this::add);
      return new EventFiles(files, first, last, from, damages, deaths, lost, starts);
    }
  }

  private static String missing(long from, long found) {
    return found <= from
        ? "event %d was due, this is %d".formatted(from, found)
        : found == from + 1
            ? "event %d is missing before it".formatted(from)
            : "events %d to %d are missing before it".formatted(from, found - 1);
  }

  private static boolean hasId(String head, int id) {
    return head.contains(",\"id\":" + id + ",");
  }

  private static Death death(JsonNode event) {
    return new Death(
        event.required("seq").asLong(),
        event.path("incident").asLong(0),
        event.required("parameters").path("monitor").asString(""),
        Long.parseLong(event.required("parameters").path("pid").asString("0")));
  }

  private static Instant time(byte[] bytes, int start, int end) {
    Matcher time = TIME.matcher(new String(bytes, start, end - start, UTF_8));
    return time.find() ? Instant.parse(time.group(1)) : Instant.EPOCH;
  }

  /** The number of the event on a line, without the line's end; -1 when its sum is wrong. */
  private static long seq(byte[] bytes, int start, int end) {
    int summed = end - SUM_BYTES;
    if (summed <= start + SEQ_OPENING.length()) {
      return -1;
    }
    var sum = new CRC32C();
    sum.update(bytes, start, summed - start);
    String due = SUM_OPENING + HexFormat.of().toHexDigits((int) sum.getValue()) + SUM_CLOSING;
    if (!new String(bytes, summed, SUM_BYTES, ISO_8859_1).equals(due)) {
      return -1;
    }
    long seq = 0;
    for (int i = start + SEQ_OPENING.length(); i < summed && bytes[i] != ','; i++) {
      seq = seq * 10 + Character.digit(bytes[i], 10);
    }
    return seq;
  }
}
