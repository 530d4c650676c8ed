package dev.holdfast.checkpoint.file;

/** What can be saved. */
enum Kind {
  FILE("file"),
  DIRECTORY("directory"),
  LINK("symbolic link");

  private final String words;

  Kind(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
