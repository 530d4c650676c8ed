package dev.holdfast.cli.audit;

import dev.holdfast.cli.output.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The incidents, read from their folders. Oldest first. */
record IncidentFolders(List<Incident> incidents) {
  /**
   * The death of a monitor.
   *
   * @param time when it was found
   * @param written when the account of it was written last
   */
  record Incident(long seq, Instant time, Instant written, String monitor, long pid) {}

  private static final String SEQ = "[1-9][0-9]{0,17}";

  IncidentFolders {
    incidents = List.copyOf(incidents);
  }

  /** Reads them all. One that is dropped meanwhile, as the oldest, is left out. */
  static IncidentFolders read(Path folder) throws IOException {
    List<Incident> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (entry.getFileName().toString().matches(SEQ)) {
          incident(entry).ifPresent(all::add);
        }
      }
    } catch (NoSuchFileException nobodyStartedHere) {
      return new IncidentFolders(List.of());
    }
    all.sort(Comparator.comparingLong(Incident::seq));
    return new IncidentFolders(all);
  }

  private static Optional<Incident> incident(Path folder) throws IOException {
    Path account = folder.resolve("incident.json");
    try {
      JsonNode told = Json.read(Files.readString(account));
      return Optional.of(
          new Incident(
              told.required("seq").asLong(),
              Instant.parse(told.required("time").asString()),
              Files.getLastModifiedTime(account).toInstant(),
              told.required("monitor").asString(),
              told.required("pid").asLong()));
    } catch (NoSuchFileException dropped) {
      return Optional.empty();
    }
  }

  /** The number of the oldest one that is kept. */
  long oldest() {
    return incidents.isEmpty() ? 0 : incidents.getFirst().seq();
  }

  Optional<Incident> find(long seq) {
    return incidents.stream().filter(incident -> incident.seq() == seq).findFirst();
  }
}
