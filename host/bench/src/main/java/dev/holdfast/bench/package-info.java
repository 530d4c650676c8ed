/**
 * How fast the whole is, each number beside a floor or a peer that is measured in the same run, in
 * turn with it: the machine's speed changes more from hour to hour than what we compare.
 *
 * <p>Nothing here passes or fails; {@link dev.holdfast.bench.AllBenches} prints tables.
 */
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
