package dev.holdfast.monitor.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles a plugin and lays it out in a folder, as the service unpacks one. */
public final class PluginBuilder {
  private final String id;
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final List<String> types = new ArrayList<>();
  private final List<Path> libraries = new ArrayList<>();
  private final Map<String, byte[]> extra = new LinkedHashMap<>();
  private final List<String> without = new ArrayList<>();
  private String version = "1.0.0";
  private String requires = ">=0.1.0 & <1.0.0";

  public PluginBuilder(String id) {
    this.id = id;
  }

  /** The scripted types of the test resources. */
  public static PluginBuilder scripted() {
    return new PluginBuilder("scripted")
        .resource("scripted.ScriptedType")
        .resource("scripted.InsideType");
  }

  /** A type from the test resources. */
  public PluginBuilder resource(String className) {
    String file = "/plugins/" + className.replace('.', '/') + ".java";
    try (var in = Objects.requireNonNull(PluginBuilder.class.getResourceAsStream(file), file)) {
      return type(className, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A type that META-INF/services names. */
  public PluginBuilder type(String className, String source) {
    types.add(className);
    return source(className, source);
  }

  /** The smallest type there is, with code of your own in it. */
  public PluginBuilder small(String className, String name, String members) {
    String simple = className.substring(className.lastIndexOf('.') + 1);
    return type(
        className,
        """
        package %s;
        import dev.holdfast.spi.*;
        public class %s implements ResourceType {
          %s
          @Override public Description description() {
            return Description.of("%s").lives(Lives.ON_NODE).build();
          }
          @Override public Resource open(Context context) throws ResourceException {
            throw new UnsupportedOperationException();
          }
        }
        """
            .formatted(className.substring(0, className.lastIndexOf('.')), simple, members, name));
  }

  public PluginBuilder source(String className, String source) {
    sources.put(className, source);
    return this;
  }

  /** Names a type without having it. */
  public PluginBuilder naming(String className) {
    types.add(className);
    return this;
  }

  /** Leaves a compiled class out of the jar. */
  public PluginBuilder without(String className) {
    without.add(className.replace('.', '/') + ".class");
    return this;
  }

  public PluginBuilder version(String other) {
    version = other;
    return this;
  }

  public PluginBuilder requires(String other) {
    requires = other;
    return this;
  }

  public PluginBuilder library(Path jar) {
    libraries.add(jar);
    return this;
  }

  public PluginBuilder entry(String path, byte[] content) {
    extra.put(path, content);
    return this;
  }

  /** Builds it. */
  public PluginFolder in(Path parent) throws IOException {
    Path folder = Files.createTempDirectory(parent, id);
    Files.writeString(
        folder.resolve("plugin.properties"),
        "plugin.id=%s\nplugin.version=%s\nplugin.requires=%s\nplugin.provider=test\n"
            .formatted(id, version, requires));
    Path lib = Files.createDirectory(folder.resolve("lib"));
    for (Path library : libraries) {
      Files.copy(library, lib.resolve(library.getFileName()));
    }
    Path classes = Files.createTempDirectory(parent, "classes");
    compile(classes);
    jar(classes, lib.resolve(id + ".jar"));
    return new PluginFolder(id, version, "digest-of-" + folder.getFileName(), folder);
  }

  private void compile(Path classes) {
    if (sources.isEmpty()) {
      return;
    }
    String spi =
        Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
            .filter(entry -> entry.contains("spi") || entry.contains("jspecify"))
            .reduce((a, b) -> a + java.io.File.pathSeparator + b)
            .orElseThrow();
    var files = sources.entrySet().stream().map(entry -> new Source(entry)).toList();
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                null,
                null,
                null,
                List.of("-d", classes.toString(), "-cp", spi, "-proc:none", "--release", "17"),
                null,
                files)
            .call();
    if (!compiled) {
      throw new IllegalStateException("A plugin of a test does not compile.");
    }
  }

  private void jar(Path classes, Path jar) throws IOException {
    try (var out = new JarOutputStream(Files.newOutputStream(jar));
        var files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = classes.relativize(file).toString();
        if (!without.contains(name)) {
          add(out, name, Files.readAllBytes(file));
        }
      }
      if (!types.isEmpty()) {
        add(
            out,
            "META-INF/services/dev.holdfast.spi.ResourceType",
            String.join("\n", types).getBytes(StandardCharsets.UTF_8));
      }
      for (var entry : extra.entrySet()) {
        add(out, entry.getKey(), entry.getValue());
      }
    }
  }

  private static void add(JarOutputStream out, String name, byte[] content) throws IOException {
    out.putNextEntry(new JarEntry(name));
    out.write(content);
    out.closeEntry();
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(Map.Entry<String, String> source) {
      super(
          URI.create("string:///" + source.getKey().replace('.', '/') + ".java"),
          JavaFileObject.Kind.SOURCE);
      this.text = source.getValue();
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
