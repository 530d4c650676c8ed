/** Cluster files as they are written: YAML, with the line and column of everything in it. */
@NullMarked
package dev.holdfast.cli.clusterfile;

import org.jspecify.annotations.NullMarked;
