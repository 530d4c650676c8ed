@org.jspecify.annotations.NullMarked
package dev.holdfast.service.node;
