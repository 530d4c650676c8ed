package dev.holdfast.cli.audit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * All that was seen at one time. It cannot be one moment: the service was asked first, then {@code
 * /proc} was read, then the files; so whatever changes may look wrong once, and never for long.
 *
 * @param home its real path
 * @param facts the service's word; empty when it did not give it
 * @param silence why not, when it did not
 * @param servicePid of a service that lives, whether it answers or not
 * @param processes every process there is
 * @param archives what is where the registrations say that their archives are, by path
 * @param reasons why resources are not as they are wanted, by id; of those only
 * @param footprints of service and monitors, by name
 * @param baseline what an earlier audit saw, for comparing
 */
record Look(
    Path home,
    Optional<Facts> facts,
    String silence,
    OptionalInt servicePid,
    ProcessTable processes,
    Map<String, Archive> archives,
    Map<String, Reason> reasons,
    EventFiles events,
    IncidentFolders incidents,
    List<Path> temporaryFiles,
    Map<String, Footprint> footprints,
    Optional<Baseline> baseline) {
  Look {
    archives = Map.copyOf(archives);
    reasons = Map.copyOf(reasons);
    temporaryFiles = List.copyOf(temporaryFiles);
    footprints = Map.copyOf(footprints);
  }

  /** What is written down about slots: the service's word, or what the baseline remembers of it. */
  Optional<List<Facts.Slot>> slots() {
    return facts.map(Facts::slots).or(() -> baseline.map(Baseline::slots));
  }

  /** How the slots are known, for people. */
  String source() {
    return facts.isPresent() ? "" : " of the baseline, because " + silence;
  }
}
