/**
 * Registry text, the {@code .reg} files that people read, mail and edit: version 5.00 and REGEDIT4,
 * written as regedit writes them and read as Windows reads them.
 *
 * <p>The hard idea: this form loses things, on both ways, and Windows says nothing about it. So
 * both ways tell: writing returns what the text does not carry (descriptors, classes, times, and
 * names and data that cannot be put into a line), and parsing returns every line that it left out,
 * with its number and the reason. A hive file ({@link dev.holdfast.registry.regf}) is the form that
 * keeps all.
 */
@NullMarked
package dev.holdfast.registry.regtext;

import org.jspecify.annotations.NullMarked;
