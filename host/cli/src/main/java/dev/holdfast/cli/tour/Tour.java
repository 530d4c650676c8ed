package dev.holdfast.cli.tour;

import java.util.List;

/**
 * A story in steps.
 *
 * @param name the number of its article
 * @param title one line
 * @param end what is told when all went as told
 */
record Tour(String name, String title, List<Step> steps, String end) {
  Tour {
    steps = List.copyOf(steps);
  }
}
