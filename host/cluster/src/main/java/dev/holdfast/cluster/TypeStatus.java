package dev.holdfast.cluster;

/**
 * Whether a type's name can be turned into code (Q242398: where it could not, Cluster Administrator
 * showed an empty type and said nothing). Four things can be wrong, and each has its own word.
 */
public enum TypeStatus {
  REGISTERED("Registered"),
  /** No registration has that name. */
  NOT_REGISTERED("NotRegistered"),
  /** The registration is there, its archive is not. */
  PLUGIN_MISSING("PluginMissing"),
  /** The archive is not the one that was registered. */
  DIGEST_MISMATCH("DigestMismatch"),
  /** The archive is right, and its code could not be loaded. */
  LOAD_FAILED("LoadFailed");

  private final String label;

  TypeStatus(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
