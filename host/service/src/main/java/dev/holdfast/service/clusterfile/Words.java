package dev.holdfast.service.clusterfile;

import java.util.List;

/** What may stand where there is a choice. */
final class Words {
  static final List<String> WANTED = List.of("Online", "Offline");
  static final List<String> RESTORE_FAILURE = List.of("continue", "retry", "force", "fail");
  static final List<String> DRIFT = List.of("restore", "adopt", "refuse");

  private Words() {}
}
