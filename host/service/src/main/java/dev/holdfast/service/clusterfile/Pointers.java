package dev.holdfast.service.clusterfile;

/** JSON Pointers (RFC 6901). */
final class Pointers {
  private Pointers() {}

  /** The place of something below. */
  static String below(String pointer, String... keys) {
    var below = new StringBuilder(pointer);
    for (String key : keys) {
      below.append('/').append(key.replace("~", "~0").replace("/", "~1"));
    }
    return below.toString();
  }

  /** The place of an item of a list. */
  static String item(String pointer, int index) {
    return pointer + "/" + index;
  }
}
