/**
 * What happened on this node, for people: the event log and the incidents.
 *
 * <p>An event is one thing that happened, with a number that people know. An incident is the death
 * of a monitor, with the evidence that was gathered. Both are durable, bounded, and readable
 * without us: one line of JSON an event, one folder an incident. Start at {@link
 * dev.holdfast.service.event.EventLog} and {@link dev.holdfast.service.event.Incidents}.
 */
@NullMarked
package dev.holdfast.service.event;

import org.jspecify.annotations.NullMarked;
