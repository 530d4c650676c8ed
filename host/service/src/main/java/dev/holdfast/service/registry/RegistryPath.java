package dev.holdfast.service.registry;

import dev.holdfast.registry.KeyPath;
import dev.holdfast.service.api.ApiException;

/**
 * A path as people write it: {@code HKLM\Software\Contoso}, also with {@code HKEY_LOCAL_MACHINE};
 * case does not matter.
 *
 * @param below the key below the root; the root itself is the empty path
 */
record RegistryPath(KeyPath below) {
  static final String ROOT = "HKLM";
  private static final String LONG_ROOT = "HKEY_LOCAL_MACHINE";

  /** The path that is written so. */
  static RegistryPath of(String text) {
    int end = text.indexOf('\\');
    String root = end < 0 ? text : text.substring(0, end);
    if (!isRoot(root)) {
      throw new ApiException.Usage(
          "BadPath",
          "\"%s\" is no registry path here; one begins with HKLM, as HKLM\\Software\\Contoso."
              .formatted(text));
    }
    String rest = end < 0 ? "" : text.substring(end + 1);
    if (rest.endsWith("\\")) {
      rest = rest.substring(0, rest.length() - 1);
    }
    try {
      return new RegistryPath(KeyPath.of(rest));
    } catch (IllegalArgumentException e) {
      throw new ApiException.Usage(
          "BadPath", "\"%s\" is no registry path: %s.".formatted(text, e.getMessage()));
    }
  }

  static boolean isRoot(String name) {
    return name.equalsIgnoreCase(ROOT) || name.equalsIgnoreCase(LONG_ROOT);
  }

  @Override
  public String toString() {
    return below.isRoot() ? ROOT : ROOT + "\\" + below;
  }
}
