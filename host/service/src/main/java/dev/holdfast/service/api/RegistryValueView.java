package dev.holdfast.service.api;

/**
 * A registry value.
 *
 * @param name as it was first written; empty for the default value
 * @param type its name in Windows, or {@code 0x} and the number
 * @param data as people read it: a text, a list of texts, a number; of what is none of these, or
 *     not well formed, the bytes in hexadecimal
 * @param bytes all of its bytes in hexadecimal
 */
public record RegistryValueView(String name, String type, Object data, String bytes) {}
