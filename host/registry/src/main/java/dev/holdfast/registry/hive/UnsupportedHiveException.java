package dev.holdfast.registry.hive;

import java.io.IOException;

/** A hive's file is whole but of a format this program does not know. */
public final class UnsupportedHiveException extends IOException {
  UnsupportedHiveException(String file, int found, int oldest, int newest) {
    super(
        "hive not opened: %s has format version %d, this program knows versions %d to %d; open it with the program that wrote it"
            .formatted(file, found, oldest, newest));
  }
}
