package dev.holdfast.checkpoint.file;

import java.time.Instant;

/**
 * One file of a tree, without its bytes and extended attributes.
 *
 * @param name below the root, its steps parted by slashes; empty for the root itself
 * @param mode the twelve bits; always 0777 for a link
 * @param size of a file's content; else 0
 * @param modified the epoch where it is no content: for links, and for directories of a tree with
 *     excludes
 * @param target of a link; else empty
 */
record Node(
    String name,
    Kind kind,
    int mode,
    long uid,
    long gid,
    long size,
    Instant modified,
    String target) {
  static final int LINK_MODE = 0777;

  Node withName(String other) {
    return new Node(other, kind, mode, uid, gid, size, modified, target);
  }

  Node withModified(Instant other) {
    return new Node(name, kind, mode, uid, gid, size, other, target);
  }

  /** Where in the tree it is, for people. */
  String place() {
    return name.isEmpty() ? "the root" : name;
  }
}
