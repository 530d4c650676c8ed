package dev.holdfast.registry.regtext;

/** The two kinds of registry text, by their first lines. */
public enum RegTextVersion {
  /** Windows 2000 and later: UTF-16 with a byte order mark. */
  VERSION_5("Windows Registry Editor Version 5.00"),

  /** Windows 95 and NT 4: one byte a character, in the code page of Western Europe here. */
  REGEDIT4("REGEDIT4");

  private final String header;

  RegTextVersion(String header) {
    this.header = header;
  }

  String header() {
    return header;
  }
}
