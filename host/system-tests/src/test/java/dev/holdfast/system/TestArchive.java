package dev.holdfast.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A plugin archive as its author would build it, right to begin with and then wrong on purpose. */
final class TestArchive {
  private static final String SERVICES = "META-INF/services/dev.holdfast.spi.ResourceType";

  /** Always the same, so that the same content is the same archive. */
  private static final LocalDateTime WRITTEN = LocalDateTime.of(2026, 11, 1, 0, 0);

  private final String id;
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final List<String> types = new ArrayList<>();
  private final List<String> without = new ArrayList<>();
  private final List<Path> libraries = new ArrayList<>();
  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private final Map<String, byte[]> jarEntries = new LinkedHashMap<>();
  private final List<String> descriptor = new ArrayList<>();
  private String version = "1.0.0";
  private String requires = ">=0.1.0 & <1.0.0";
  private UnaryOperator<byte[]> patch = bytes -> bytes;

  private TestArchive(String id) {
    this.id = id;
  }

  /** Without types yet. */
  static TestArchive of(String id) {
    return new TestArchive(id);
  }

  TestArchive version(String other) {
    version = other;
    return this;
  }

  TestArchive requires(String other) {
    requires = other;
    return this;
  }

  /** One more line of plugin.properties. */
  TestArchive descriptor(String line) {
    descriptor.add(line);
    return this;
  }

  /**
   * A type whose resource lives in its monitor as a flag.
   *
   * @param className where it is, package included
   * @param name what it is registered as
   * @param says an expression: what its checks say, as {@code Health.Degraded}
   */
  TestArchive type(String className, String name, String says) {
    return type(className, name, says, "");
  }

  /** The same, with members of its own. */
  TestArchive type(String className, String name, String says, String members) {
    types.add(className);
    int dot = className.lastIndexOf('.');
    return source(
        className,
        """
        package %s;
        import dev.holdfast.spi.*;
        public class %s implements ResourceType {
          %s
          @Override public Description description() {
            return Description.of("%s").lives(Lives.IN_MONITOR).build();
          }
          @Override public Resource open(Context context) {
            return new Resource() {
              private volatile boolean runs;
              @Override public Found find(Call call) {
                return runs ? Found.running("it was set") : Found.absent("it was never set");
              }
              @Override public void online(OnlineCall call) { runs = true; }
              @Override public void offline(OfflineCall call) { runs = false; }
              @Override public void terminate(Call call) { runs = false; }
              @Override public Health isAlive(Call call) { return Health.degraded(%s); }
            };
          }
        }
        """
            .formatted(
                className.substring(0, dot), className.substring(dot + 1), members, name, says));
  }

  /**
   * A type whose resource is a process on the node that sleeps.
   *
   * @param members of its own
   */
  TestArchive process(String className, String name, String members) {
    types.add(className);
    int dot = className.lastIndexOf('.');
    return source(
        className,
        """
        package %s;
        import dev.holdfast.spi.*;
        public class %s implements ResourceType {
          %s
          @Override public Description description() {
            return Description.of("%s").lives(Lives.ON_NODE).build();
          }
          @Override public Resource open(Context context) {
            return new ProcessResource(context) {
              @Override protected Launch launch(Properties properties) {
                return Launch.of("/bin/sleep", "1000000");
              }
            };
          }
        }
        """
            .formatted(className.substring(0, dot), className.substring(dot + 1), members, name));
  }

  TestArchive source(String className, String source) {
    sources.put(className, source);
    return this;
  }

  /** Leaves a class out that was compiled. */
  TestArchive without(String className) {
    without.add(className.replace('.', '/') + ".class");
    return this;
  }

  TestArchive library(Path jar) {
    libraries.add(jar);
    return this;
  }

  /** One more file in the archive. */
  TestArchive entry(String name, byte[] content) {
    entries.put(name, content);
    return this;
  }

  /** One more file in the archive's own jar. */
  TestArchive jarEntry(String name, byte[] content) {
    jarEntries.put(name, content);
    return this;
  }

  /** What is done to every class file. */
  TestArchive patching(UnaryOperator<byte[]> change) {
    patch = change;
    return this;
  }

  /** Writes it into a folder, as {@code ID-VERSION.zip}. */
  Path write(Path folder) throws IOException {
    var all = new LinkedHashMap<String, byte[]>();
    all.put("plugin.properties", descriptor().getBytes(StandardCharsets.UTF_8));
    all.put("lib/" + id + ".jar", jar(folder));
    for (Path library : libraries) {
      all.put("lib/" + library.getFileName(), Files.readAllBytes(library));
    }
    all.putAll(entries);
    return Files.write(folder.resolve(id + "-" + version + ".zip"), zip(all));
  }

  private String descriptor() {
    return "plugin.id=%s%nplugin.version=%s%nplugin.requires=%s%n".formatted(id, version, requires)
        + String.join("\n", descriptor);
  }

  private byte[] jar(Path folder) throws IOException {
    Path classes = Files.createTempDirectory(folder, "classes");
    compile(classes);
    var all = new LinkedHashMap<String, byte[]>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = classes.relativize(file).toString();
        if (!without.contains(name)) {
          all.put(name, patch.apply(Files.readAllBytes(file)));
        }
      }
    }
    all.put(SERVICES, String.join("\n", types).getBytes(StandardCharsets.UTF_8));
    all.putAll(jarEntries);
    return zip(all);
  }

  private void compile(Path classes) throws IOException {
    if (sources.isEmpty()) {
      return;
    }
    List<String> classPath = new ArrayList<>();
    classPath.add(spi().toString());
    libraries.forEach(library -> classPath.add(library.toString()));
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                null,
                null,
                null,
                List.of(
                    "-d",
                    classes.toString(),
                    "-cp",
                    String.join(":", classPath),
                    "-proc:none",
                    "--release",
                    "17"),
                null,
                sources.entrySet().stream().map(Source::new).toList())
            .call();
    if (!compiled) {
      throw new IOException("The plugin " + id + " does not compile.");
    }
  }

  /** As the distribution has it. */
  private static Path spi() throws IOException {
    try (Stream<Path> jars = Files.list(Distribution.root().resolve("lib"))) {
      return jars.filter(jar -> jar.getFileName().toString().startsWith("holdfast-spi-"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        var fresh = new ZipEntry(entry.getKey());
        fresh.setTimeLocal(WRITTEN);
        zip.putNextEntry(fresh);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
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
