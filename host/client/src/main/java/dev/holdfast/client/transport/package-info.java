/**
 * HTTP/1.1 over a Unix socket, as much of it as the service speaks: one request a connection,
 * bodies by length, in chunks, or to the end. Written by hand because it is what most of a short
 * command's time goes into: the JDK's client does not speak Unix sockets, and others need ten times
 * the start-up work.
 *
 * <p>Shared with the command line; applications use the package above.
 */
@NullMarked
package dev.holdfast.client.transport;

import org.jspecify.annotations.NullMarked;
