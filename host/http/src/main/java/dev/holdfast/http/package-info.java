/**
 * The HTTP API: the only door of the cluster service. Start reading at {@link
 * dev.holdfast.http.Routes}, the table of everything that can be asked.
 */
@NullMarked
package dev.holdfast.http;

import org.jspecify.annotations.NullMarked;
