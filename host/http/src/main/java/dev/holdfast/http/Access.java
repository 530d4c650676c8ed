package dev.holdfast.http;

import io.javalin.security.RouteRole;

/** What a route needs. Every route says which; there is no default. */
enum Access implements RouteRole {
  /** Everybody on this machine. */
  READ,
  /** The same, over the Unix socket: what is asked decides by who asks what it tells and does. */
  IDENTIFIED,
  /** The owner of the home, and root, over the Unix socket. */
  CHANGE
}
