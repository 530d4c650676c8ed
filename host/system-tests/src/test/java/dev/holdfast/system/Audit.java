package dev.holdfast.system;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Looks at a cluster that has come to rest, from outside, and says what is not as it must be. */
@FunctionalInterface
interface Audit {
  /** Each broken rule, as a sentence; empty when all hold. */
  List<String> violations(Cluster cluster) throws IOException, InterruptedException;

  /** Both: so another view from outside is put beside this one. */
  default Audit and(Audit other) {
    return cluster -> {
      var all = new ArrayList<String>(violations(cluster));
      all.addAll(other.violations(cluster));
      return all;
    };
  }
}
