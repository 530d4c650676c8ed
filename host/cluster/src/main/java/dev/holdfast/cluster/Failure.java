package dev.holdfast.cluster;

import dev.holdfast.spi.ResourceException;

/**
 * Why a call failed.
 *
 * @param code a stable word for it
 * @param retry where trying again makes sense
 * @param message a sentence
 */
public record Failure(String code, ResourceException.Retry retry, String message) {}
