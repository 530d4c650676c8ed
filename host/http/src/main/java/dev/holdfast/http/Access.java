package dev.holdfast.http;

import io.javalin.security.RouteRole;

/** What a route needs. Every route says which; there is no default. */
enum Access implements RouteRole {
  /** Everybody on this machine. */
  READ,
  /** The owner of the home, and root, over the Unix socket; also to read what may be secret. */
  CHANGE
}
