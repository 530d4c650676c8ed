package dev.holdfast.client.transport;

import java.io.InputStream;
import java.util.Map;

/**
 * A reply: its head, and a body that comes as it is read.
 *
 * @param headers by name in lower case
 */
public record Reply(int status, Map<String, String> headers, InputStream body) {}
