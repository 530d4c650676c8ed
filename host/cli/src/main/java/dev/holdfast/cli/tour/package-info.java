/**
 * {@code holdfast demo --tour ARTICLE}: a story of the Knowledge Base, played for somebody who has
 * never seen it: the failure, the evidence, the cure.
 *
 * <p>A tour is a text among the resources of this package; {@link TourText} says how it is written.
 * It is played by the commands that a person would type, in a shell, against a real service in a
 * home of its own. A step that does not go as told ends the tour with a failure, so each tour is a
 * test of what it tells.
 */
@NullMarked
package dev.holdfast.cli.tour;

import org.jspecify.annotations.NullMarked;
