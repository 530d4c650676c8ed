package dev.holdfast.samples.scriptable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Steers what happens while the types are loaded, when no property is known yet. A jar put beside
 * this one in the archive's lib may hold the resource {@code scriptable-load}: the path of a control
 * file, whose steps for {@code load} are done in the types' static initialiser. Without that
 * resource, or without that file, nothing happens.
 */
final class LoadScript {
  static final String RESOURCE = "scriptable-load";

  private LoadScript() {}

  static void perform() {
    try (InputStream in = LoadScript.class.getClassLoader().getResourceAsStream(RESOURCE)) {
      if (in != null) {
        perform(Path.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip()));
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("The load script cannot be performed.", e);
    }
  }

  static void perform(Path controlFile) throws Exception {
    Path directory = controlFile.getParent();
    if (directory == null) {
      throw new IOException(controlFile + " is no absolute path");
    }
    new Performance(null, null)
        .perform(new Script(directory, controlFile).due(Place.LOAD, List.of()));
  }
}
