/** The commands. {@link CommandTree} lists them all. */
@NullMarked
package dev.holdfast.cli.command;

import org.jspecify.annotations.NullMarked;
