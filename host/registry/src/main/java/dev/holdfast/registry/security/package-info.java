/**
 * Who may do what with a key: security descriptors, their two written forms, and the decision.
 *
 * <p>The hard idea: nobody passes by. A key's descriptor alone decides, also for uid 0 and for the
 * cluster service; what it does not grant is denied, and the denial says which entry denied or that
 * none granted (Q192493 is about a key whose list forgot the service's account, and about a message
 * that blamed something else). The only way around a descriptor is the privilege to back up and
 * restore, which is not in this package: whoever holds it does not ask here.
 *
 * <p>Formats and algorithms are those of the public specification MS-DTYP (SID 2.4.2, ACE 2.4.4,
 * ACL 2.4.5, SECURITY_DESCRIPTOR 2.4.6, SDDL 2.5.1, access check 2.5.3.2, inheritance 2.5.3.4), so
 * that a hive written here says the same to Windows. All types are immutable and free of I/O. Start
 * reading at {@link dev.holdfast.registry.security.AccessCheck}.
 */
@NullMarked
package dev.holdfast.registry.security;

import org.jspecify.annotations.NullMarked;
