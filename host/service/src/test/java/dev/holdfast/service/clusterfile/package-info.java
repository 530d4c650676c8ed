@org.jspecify.annotations.NullMarked
package dev.holdfast.service.clusterfile;
