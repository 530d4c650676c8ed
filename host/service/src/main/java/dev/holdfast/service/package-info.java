/**
 * The cluster service: the only keeper of state, and the only one that forks. It never loads plugin
 * code.
 *
 * <p>Where to start reading: {@link dev.holdfast.service.ClusterService} puts the parts together;
 * {@link dev.holdfast.service.cluster.ClusterLoop} is the thread that decides; {@link
 * dev.holdfast.service.slot.Slots} starts and stops applications; {@link
 * dev.holdfast.service.supervision.Monitors} keeps monitors.
 */
@NullMarked
package dev.holdfast.service;

import org.jspecify.annotations.NullMarked;
