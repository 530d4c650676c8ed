/** The command line: an ordinary client of the HTTP API. Start reading at {@link Holdfast}. */
@NullMarked
package dev.holdfast.cli;

import org.jspecify.annotations.NullMarked;
