package dev.holdfast.monitor.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.spi.ResourceType;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginFolderTest {
  @TempDir private Path folder;

  @AfterEach
  void forgetTheContextLoader() {
    Thread.currentThread().setContextClassLoader(PluginFolderTest.class.getClassLoader());
  }

  @Test
  void aPlugin_isLoadedWithAllItsTypes_definedByALoaderOfItsOwn() throws Exception {
    var plugin = PluginBuilder.scripted().in(folder).load();

    assertThat(plugin.types())
        .extracting(type -> type.description().registeredName())
        .containsExactly("Scripted", "Scripted Inside");
    assertThat(plugin.types())
        .allSatisfy(
            type -> assertThat(type.type().getClass().getClassLoader()).isSameAs(plugin.loader()));
    assertThat(plugin.refused()).isEmpty();
    assertThat(plugin.type("scripted.InsideType")).isPresent();
  }

  @Test
  void aPlugin_seesTheJdkAndTheSpi_andNothingElseOfTheHost() throws Exception {
    Map<String, String> seen = look(new PluginBuilder("curious"));

    assertThat(seen)
        .containsEntry("java.util.List", "jdk")
        .containsEntry("javax.xml.parsers.SAXParser", "jdk")
        .containsEntry("dev.holdfast.spi.ResourceType", "host")
        .containsEntry("org.jspecify.annotations.Nullable", "host")
        .containsEntry("curious.CuriousType", "mine:curious.jar")
        .containsEntry("dev.holdfast.monitor.ResourceMonitor", "hidden")
        .containsEntry("dev.holdfast.monitor.plugin.PluginFolder", "hidden")
        .containsEntry("dev.holdfast.protocol.Link", "hidden")
        .containsEntry("com.google.protobuf.Message", "hidden")
        .containsEntry("org.pf4j.PluginManager", "hidden")
        .containsEntry("org.slf4j.Logger", "hidden")
        .containsEntry("org.junit.jupiter.api.Test", "hidden")
        .containsEntry("com.google.common.collect.ImmutableList", "hidden")
        .containsEntry("providers", "0")
        .containsEntry("context", "true");
  }

  /** Everything on the host's class path is tried by its name. */
  @Test
  void ofAllThatTheHostHas_aPluginSeesTheSpiAndItsAnnotations() throws Exception {
    ClassLoader plugin = PluginBuilder.scripted().in(folder).load().loader();
    var packages = new TreeSet<String>();
    int tried = 0;
    for (String name : classesOfTheHost()) {
      tried++;
      try {
        packages.add(Class.forName(name, false, plugin).getPackageName());
      } catch (ClassNotFoundException | NoClassDefFoundError hidden) {
        // As it should be.
      }
    }

    assertThat(packages).containsExactly("dev.holdfast.spi", "org.jspecify.annotations");
    assertThat(tried).as("monitor, protocol, protobuf, PF4J and more").isGreaterThan(1_000);
    assertThat(plugin.getResource("dev/holdfast/monitor/ResourceMonitor.class")).isNull();
    assertThat(plugin.getResource("META-INF/maven/org.pf4j/pf4j/pom.properties")).isNull();
  }

  private static Set<String> classesOfTheHost() throws IOException {
    var names = new TreeSet<String>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        try (var files = Files.walk(path)) {
          files.map(file -> path.relativize(file).toString()).forEach(names::add);
        }
      } else if (Files.isRegularFile(path)) {
        try (var jar = new JarFile(path.toFile())) {
          jar.stream().map(JarEntry::getName).forEach(names::add);
        }
      }
    }
    return names.stream()
        .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
        .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
        .filter(name -> !name.endsWith("module-info") && !name.endsWith("package-info"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void twoPluginsWithTwoGuavas_eachHaveTheirOwn() throws Exception {
    var libraries = Path.of("target", "plugin-libraries");

    var newer = look(new PluginBuilder("newer").library(guava(libraries, "33")));
    var older = look(new PluginBuilder("older").library(guava(libraries, "31")));

    assertThat(newer.get("com.google.common.collect.ImmutableList")).startsWith("mine:guava-33");
    assertThat(older.get("com.google.common.collect.ImmutableList")).startsWith("mine:guava-31");
  }

  @Test
  void aPluginThatBundlesTheSpi_stillGetsTheHosts() throws Exception {
    byte[] spi;
    try (var in = ResourceType.class.getResourceAsStream("ResourceType.class")) {
      spi = java.util.Objects.requireNonNull(in).readAllBytes();
    }

    var seen =
        look(new PluginBuilder("bundling").entry("dev/holdfast/spi/ResourceType.class", spi));

    assertThat(seen).containsEntry("dev.holdfast.spi.ResourceType", "host");
  }

  @Test
  void aTypeWhoseStaticInitialiserThrows_isLeftOut_andTheOthersGoOn() throws Exception {
    var plugin =
        new PluginBuilder("mixed")
            .small("a.Good", "Good", "")
            .small("a.Bad", "Bad", "static { if (true) throw new IllegalStateException(\"boo\"); }")
            .small("a.Fine", "Fine", "")
            .in(folder)
            .load();

    assertThat(plugin.types())
        .extracting(type -> type.description().registeredName())
        .containsExactly("Good", "Fine");
    assertThat(plugin.refused())
        .singleElement()
        .extracting(Failure::getMessage)
        .asString()
        .contains("boo")
        .contains("mixed@1.0.0");
  }

  @Test
  void aTypeThatIsNamedAndMissing_isLeftOut() throws Exception {
    var plugin =
        new PluginBuilder("lacking")
            .naming("a.Nowhere")
            .small("a.Good", "Good", "")
            .in(folder)
            .load();

    assertThat(plugin.types()).hasSize(1);
    assertThat(plugin.refused()).singleElement().asString().contains("a.Nowhere");
  }

  @Test
  void aTypeThatNeedsAMissingClass_refusesThePlugin_byTheClassesName() throws Exception {
    var lacking =
        new PluginBuilder("lacking")
            .source("a.Base", "package a; public class Base { static int one() { return 1; } }")
            .small("a.Needy", "Needy", "private final int one = Base.one();")
            .without("a.Base")
            .in(folder);

    assertRefused(lacking, PluginRefusedException.LOAD_FAILED, "a/Base");
  }

  @Test
  void aClassOfAVersionThatDoesNotExistYet_refusesThePlugin() throws Exception {
    byte[] future = {
      (byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0x0F, (byte) 0xFF, 0, 1, 0, 0, 0, 0
    };
    var plugin = new PluginBuilder("future").naming("a.Future").entry("a/Future.class", future);

    assertRefused(plugin.in(folder), PluginRefusedException.LOAD_FAILED, "UnsupportedClassVersion");
  }

  @Test
  void aDescriptionThatThrows_refusesThePlugin() throws Exception {
    var rude =
        new PluginBuilder("rude")
            .small(
                "a.Rude", "Rude", "public Rude() { throw new StackOverflowError(\"too deep\"); }");

    assertRefused(rude.in(folder), PluginRefusedException.LOAD_FAILED, "too deep");
  }

  @Test
  void aTypeThatIsNoResourceType_refusesThePlugin() throws Exception {
    var wrong =
        new PluginBuilder("wrong").type("a.Wrong", "package a; public class Wrong {}").in(folder);

    assertRefused(wrong, PluginRefusedException.LOAD_FAILED, "a.Wrong");
  }

  @Test
  void aPluginForANewerHoldfast_isRefused_withBothVersions() throws Exception {
    var newer = PluginBuilder.scripted().requires(">=9.0.0").in(folder);

    assertRefused(newer, PluginRefusedException.LOAD_FAILED, "requires Holdfast >=9.0.0");
    assertRefused(newer, PluginRefusedException.LOAD_FAILED, "this is 0.1.0");
  }

  @Test
  void aPluginWithoutTypes_isRefused() throws Exception {
    assertRefused(
        new PluginBuilder("empty").in(folder),
        PluginRefusedException.LOAD_FAILED,
        "names a resource");
  }

  @Test
  void aFolderThatIsNotThere_isAMissingPlugin() {
    var missing = new PluginFolder("x", "1.0.0", "d", folder.resolve("nowhere"));

    assertRefused(missing, PluginRefusedException.PLUGIN_MISSING, "nowhere");
  }

  @Test
  void aFolderThatHoldsAnotherPlugin_isRefused_withWhatItHolds() throws Exception {
    var other = PluginBuilder.scripted().version("2.0.0").in(folder);
    var asked = new PluginFolder("scripted", "1.0.0", other.digest(), other.folder());

    assertRefused(asked, PluginRefusedException.LOAD_FAILED, "scripted@2.0.0");
  }

  @Test
  void aTruncatedJar_andABrokenDescriptor_refuseThePlugin() throws Exception {
    var truncated = PluginBuilder.scripted().in(folder);
    var jar = truncated.folder().resolve("lib/scripted.jar");
    byte[] bytes = Files.readAllBytes(jar);
    Files.write(jar, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    var broken = PluginBuilder.scripted().in(folder);
    Files.writeString(broken.folder().resolve("plugin.properties"), "nothing=here\\u12");

    assertRefused(truncated, PluginRefusedException.LOAD_FAILED, "scripted@1.0.0");
    assertRefused(broken, PluginRefusedException.LOAD_FAILED, "scripted@1.0.0");
  }

  @Test
  void aPluginThatNeedsAnotherPlugin_isRefused_andDoesNotHarmTheNext() throws Exception {
    var needy = PluginBuilder.scripted().in(folder);
    Files.writeString(
        needy.folder().resolve("plugin.properties"),
        "plugin.id=scripted\nplugin.version=1.0.0\nplugin.dependencies=nowhere\n");

    assertRefused(needy, PluginRefusedException.LOAD_FAILED, "scripted@1.0.0");
    assertThat(PluginBuilder.scripted().in(folder).load().types()).hasSize(2);
  }

  @Test
  void fiftyPlugins_liveBesideEachOther() throws Exception {
    for (int i = 0; i < 50; i++) {
      var plugin = new PluginBuilder("p" + i).small("a.Type", "Type " + i, "").in(folder).load();
      assertThat(plugin.types().get(0).description().registeredName()).isEqualTo("Type " + i);
    }
  }

  private Map<String, String> look(PluginBuilder builder) throws Exception {
    var plugin = builder.resource("curious.CuriousType").in(folder).load();
    return Stream.of(plugin.types().get(0).description().displayName().split(";"))
        .map(pair -> pair.split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1].replace("bundling", "curious")));
  }

  private static Path guava(Path libraries, String major) throws IOException {
    try (var jars = Files.list(libraries)) {
      return jars.filter(jar -> jar.getFileName().toString().startsWith("guava-" + major))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void assertRefused(PluginFolder plugin, String code, String sentence) {
    assertThatThrownBy(plugin::load)
        .isInstanceOfSatisfying(
            PluginRefusedException.class,
            refused -> {
              assertThat(refused.failure().getCode()).isEqualTo(code);
              assertThat(refused.failure().getMessage()).contains(sentence);
            });
  }
}
