package dev.holdfast.service.api;

/**
 * A piece of a resource's output.
 *
 * @param from offset of its first byte, counted from the first byte ever written
 * @param next offset to go on from
 * @param text the bytes as UTF-8, what is not UTF-8 replaced; never ends within a character
 */
public record LogPiece(long from, long next, String text) {}
