package dev.holdfast.service.archive;

/**
 * A file that was unpacked.
 *
 * @param name its entry's name: a path below the folder, with slashes
 * @param bytes its size
 */
record UnpackedFile(String name, long bytes) {
  boolean isJar() {
    return name.endsWith(".jar");
  }
}
