package dev.holdfast.system;

import java.io.IOException;
import java.util.List;

/** Looks at a cluster that has come to rest, from outside, and says what is not as it must be. */
@FunctionalInterface
interface Audit {
  /** Each broken rule, as a sentence; empty when all hold. */
  List<String> violations(Cluster cluster) throws IOException, InterruptedException;

  /** Both, one after the other. */
  default Audit and(Audit other) {
    return cluster ->
        java.util.stream.Stream.concat(
                violations(cluster).stream(), other.violations(cluster).stream())
            .toList();
  }
}
