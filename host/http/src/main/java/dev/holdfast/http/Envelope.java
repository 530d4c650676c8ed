package dev.holdfast.http;

import java.util.List;

/** What every answer is wrapped in. */
record Envelope(String apiVersion, String kind, List<?> items) {
  static final String API_VERSION = "holdfast/v1";

  Envelope(String kind, List<?> items) {
    this(API_VERSION, kind, List.copyOf(items));
  }

  static Envelope of(String kind, Object item) {
    return new Envelope(kind, List.of(item));
  }
}
