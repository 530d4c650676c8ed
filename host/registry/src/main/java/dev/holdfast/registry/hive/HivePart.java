package dev.holdfast.registry.hive;

/** Which of a hive's parts something is said of. */
public enum HivePart {
  /** What its log begins with. */
  HEADER("header"),
  /** The batches. */
  LOG("log"),
  /** A tree at one revision, with the digest beside it. */
  SNAPSHOT("snapshot");

  private final String word;

  HivePart(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
