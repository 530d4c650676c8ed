/**
 * The resource type Generic Application: runs one process of any kind, and looks after it by asking
 * what people ask: is it there, does it answer.
 */
@NullMarked
package dev.holdfast.plugins.application;

import org.jspecify.annotations.NullMarked;
