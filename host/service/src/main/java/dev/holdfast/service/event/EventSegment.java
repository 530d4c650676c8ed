package dev.holdfast.service.event;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of the event log, named for the first event in it.
 *
 * @param firstSeq the seq of its first event
 */
record EventSegment(Path file, long firstSeq) {
  private static final Pattern NAME = Pattern.compile("events-(\\d{19})\\.jsonl");

  /** What cannot be read. */
  record Damage(Path file, int line, String what) {}

  /** A good line, without its end. */
  private record Line(long seq, int start, int end) {}

  /** What a file holds: good lines, whose events are made when asked for, and damage. */
  static final class Content {
    private final byte[] bytes;
    private final List<Line> lines = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private long next;
    private int goodBytes;

    private Content(EventSegment segment, byte[] bytes) {
      this.bytes = bytes;
      this.next = segment.firstSeq();
      List<Damage> open = new ArrayList<>();
      int number = 0;
      for (int start = 0; start < bytes.length; ) {
        number++;
        int end = start;
        while (end < bytes.length && bytes[end] != '\n') {
          end++;
        }
        long seq = end < bytes.length ? EventLine.seq(bytes, start, end) : -1;
        if (seq < 0) {
          open.add(new Damage(segment.file(), number, "it is not what was written"));
        } else {
          damages.addAll(open);
          if (open.isEmpty() && seq != next) {
            String what = "event %d was due, this is %d".formatted(next, seq);
            damages.add(new Damage(segment.file(), number, what));
          }
          open.clear();
          lines.add(new Line(seq, start, end));
          next = seq + 1;
          goodBytes = end + 1;
        }
        start = end + 1;
      }
    }

    /** What cannot be read between good lines; what follows the last good line is not among it. */
    List<Damage> damages() {
      return List.copyOf(damages);
    }

    /** The seq that comes after the last event. */
    long next() {
      return next;
    }

    /**
     * Up to the end of the last good line. In the last file, what follows was never acknowledged.
     */
    int goodBytes() {
      return goodBytes;
    }

    int bytes() {
      return bytes.length;
    }

    /** The number of the line after the last good one. */
    int lineBehind() {
      int number = 1;
      for (int i = 0; i < goodBytes; i++) {
        number += bytes[i] == '\n' ? 1 : 0;
      }
      return number;
    }

    /** The events from one seq up to another, both included. */
    List<Event> events(long from, long to) {
      return lines.stream()
          .filter(line -> line.seq() >= from && line.seq() <= to)
          .map(line -> EventLine.decode(bytes, line.start(), line.end()))
          .flatMap(Optional::stream)
          .toList();
    }
  }

  static EventSegment in(Path folder, long firstSeq) {
    return new EventSegment(folder.resolve("events-%019d.jsonl".formatted(firstSeq)), firstSeq);
  }

  static Optional<EventSegment> of(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches()
        ? Optional.of(new EventSegment(file, Long.parseLong(name.group(1))))
        : Optional.empty();
  }

  /** Reads all of it. */
  Content read() throws IOException {
    return new Content(this, Files.readAllBytes(file));
  }
}
