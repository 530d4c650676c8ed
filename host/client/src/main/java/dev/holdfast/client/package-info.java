/**
 * The registry of a running cluster service, for applications in Java.
 *
 * <pre>{@code
 * try (var registry = Registry.connect(RegistryLocation.home(Path.of("/var/lib/holdfast")))) {
 *   registry.apply(
 *       Changes.of().set("HKLM\\Software\\App", Value.sz("Owner", "alpha")));
 *   Key app = registry.key("HKLM\\Software\\App");
 *   String owner = app.requireValue("Owner").string();
 * }
 * }</pre>
 *
 * <p>Start reading at {@link dev.holdfast.client.Registry}. {@link dev.holdfast.client.Changes} is
 * what is written, together or not at all; a {@link dev.holdfast.client.Watch} tells what others
 * write; a {@link dev.holdfast.client.HeldKey} keeps a key open. What goes wrong is a {@link
 * dev.holdfast.client.RegistryException}, whose kinds differ in what the caller knows then.
 *
 * <p>Paths go from their root on, as {@code HKLM\Software\App}, and case does not matter. Compiled
 * for Java 17; needs a Unix socket, so a machine with the service on it.
 */
@NullMarked
package dev.holdfast.client;

import org.jspecify.annotations.NullMarked;
