package curious;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Tells, as its display name, where it gets each of some classes and resources from. */
public final class CuriousType implements ResourceType {
  private static final List<String> CLASSES =
      List.of(
          "java.util.List",
          "javax.xml.parsers.SAXParser",
          "dev.holdfast.spi.ResourceType",
          "org.jspecify.annotations.Nullable",
          "curious.CuriousType",
          "dev.holdfast.monitor.ResourceMonitor",
          "dev.holdfast.monitor.plugin.PluginFolder",
          "dev.holdfast.protocol.Link",
          "com.google.protobuf.Message",
          "org.pf4j.PluginManager",
          "org.slf4j.Logger",
          "org.junit.jupiter.api.Test",
          "com.google.common.collect.ImmutableList");

  @Override
  public Description description() {
    var seen = new ArrayList<String>();
    for (String name : CLASSES) {
      seen.add(name + "=" + whereFrom(name));
    }
    try {
      seen.add(
          "providers="
              + Collections.list(
                      getClass()
                          .getClassLoader()
                          .getResources("META-INF/services/org.slf4j.spi.SLF4JServiceProvider"))
                  .size());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    seen.add(
        "context="
            + (Thread.currentThread().getContextClassLoader() == getClass().getClassLoader()));
    return Description.of("Curious")
        .displayName(String.join(";", seen))
        .lives(Lives.ON_NODE)
        .build();
  }

  private String whereFrom(String name) {
    try {
      Class<?> found = Class.forName(name, false, getClass().getClassLoader());
      if (found.getClassLoader() == getClass().getClassLoader()) {
        String path = found.getProtectionDomain().getCodeSource().getLocation().getPath();
        return "mine:" + path.substring(path.lastIndexOf('/') + 1);
      }
      return found.getClassLoader() == ResourceType.class.getClassLoader() ? "host" : "jdk";
    } catch (ClassNotFoundException e) {
      return "hidden";
    }
  }

  @Override
  public Resource open(Context context) throws ResourceException {
    throw new UnsupportedOperationException();
  }
}
