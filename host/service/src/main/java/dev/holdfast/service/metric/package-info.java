/**
 * Everything that is measured, as a table ({@link dev.holdfast.service.metric.Metric}), and what
 * components publish it with. Who measures what is with the component: {@code ResourceMeters},
 * {@code MonitorMeters}, {@code IncidentMeters} and so on, each bound when its component is made.
 *
 * <p>Counters and histograms begin at zero with each life of the service and survive nothing;
 * whoever collects them sees the reset. Nothing here runs on the thread that decides.
 */
@NullMarked
package dev.holdfast.service.metric;

import org.jspecify.annotations.NullMarked;
