/** The launcher scripts of host/dist and host/bin; host/dist itself holds no Java. */
@org.jspecify.annotations.NullMarked
package dev.holdfast.cli.launcher;
