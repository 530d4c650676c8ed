/** How answers look: tables for people, JSON and YAML for programs. */
@NullMarked
package dev.holdfast.cli.output;

import org.jspecify.annotations.NullMarked;
