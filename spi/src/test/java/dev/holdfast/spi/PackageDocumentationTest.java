package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.fake.FakeContext;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worked example in the package documentation compiles as it stands there, and works. */
class PackageDocumentationTest {
  private static final Path PACKAGE_INFO =
      Path.of("src/main/java/dev/holdfast/spi/package-info.java");
  private static final String BEGIN = "{@snippet lang=\"java\" :";

  @TempDir Path directory;

  @Test
  void example_compilesForJava17_andOpens() throws Exception {
    compile(example());

    try (var loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
      var type = (ResourceType) loader.loadClass("Redis").getConstructor().newInstance();

      assertThat(type.description().registeredName()).isEqualTo("Redis");
      assertThat(type.description().property("port").orElseThrow().defaultText())
          .contains(List.of("6379"));
      assertThat(type.open(new FakeContext(directory))).isInstanceOf(ProcessResource.class);
    }
  }

  private void compile(String source) {
    var errors = new StringWriter();
    var options =
        List.of(
            "--release",
            "17",
            "-Xlint:all,-options",
            "-Werror",
            "-proc:none",
            "-cp",
            moduleClasses(),
            "-d",
            directory.toString());
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(errors, null, null, options, null, List.of(new Source(source)))
            .call();

    assertThat(compiled).as(errors + source).isTrue();
  }

  private static String moduleClasses() {
    return Path.of("target/classes").toAbsolutePath()
        + java.io.File.pathSeparator
        + Path.of(
            org.jspecify.annotations.NullMarked.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
  }

  private static String example() throws IOException {
    String text = Files.readString(PACKAGE_INFO);
    int begin = text.indexOf(BEGIN);
    assertThat(begin).as("the example's beginning").isPositive();
    int end = text.indexOf("\n * }\n *\n", begin);
    assertThat(end).as("the example's end").isPositive();
    return text.substring(begin + BEGIN.length(), end)
        .lines()
        .map(line -> line.replaceFirst("^ \\* ?", ""))
        .collect(Collectors.joining("\n"));
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///Redis.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
