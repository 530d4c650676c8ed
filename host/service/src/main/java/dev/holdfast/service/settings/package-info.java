/** What an operator can set for a service, in holdfast.conf. */
@NullMarked
package dev.holdfast.service.settings;

import org.jspecify.annotations.NullMarked;
