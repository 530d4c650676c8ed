package dev.holdfast.service.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registry key as it was at one revision of its hive.
 *
 * @param name its own name
 * @param path from its root on, as it was asked for, names spelled as they are kept
 * @param resolvedPath the same with links followed; equal to {@code path} where none is on the way
 * @param revision the last commit that changed its values, or made or deleted one of its subkeys
 * @param values in the order of their names
 * @param subkeys names, in order
 * @param denied why the caller may not read it, and so no more than its name is told; null when it
 *     may
 */
public record RegistryKeyView(
    String name,
    String path,
    String resolvedPath,
    long revision,
    List<RegistryValueView> values,
    List<String> subkeys,
    @Nullable String denied) {
  public RegistryKeyView {
    values = List.copyOf(values);
    subkeys = List.copyOf(subkeys);
  }
}
