package dev.holdfast.cli.output;

/** What {@code -o} takes; spelled as it is typed. */
public enum Format {
  table,
  wide,
  json,
  jsonl,
  yaml,
  name
}
