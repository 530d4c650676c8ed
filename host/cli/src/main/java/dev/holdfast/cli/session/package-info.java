/** What every command works with: its flags, the way to the service, and how it fails. */
@NullMarked
package dev.holdfast.cli.session;

import org.jspecify.annotations.NullMarked;
