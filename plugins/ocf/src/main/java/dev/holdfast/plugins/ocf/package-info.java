/**
 * Any OCF resource agent of the node as a resource type.
 *
 * <p>The hard idea: an agent is asked, never watched. It has no process of its own that lives on,
 * its daemons are nobody's children, and the only truth about them is what its {@code monitor}
 * says. So everything here is a short-lived command of the host's, and the host ends what goes
 * astray.
 */
@NullMarked
package dev.holdfast.plugins.ocf;

import org.jspecify.annotations.NullMarked;
