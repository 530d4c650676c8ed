package dev.holdfast.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts, with JDKs that are scripts themselves and only tell how they were called. */
@Timeout(120)
class LauncherTest {
  private static final Path HOST = Path.of("..").toAbsolutePath().normalize();
  private static final Path SOURCES = HOST.resolve("dist/src");

  @TempDir Path folder;
  private Path dist = Path.of("");
  private Path jvms = Path.of("");

  /** How a script ended. */
  private record Ended(int code, List<String> out, List<String> err) {}

  @BeforeEach
  void layOut() throws IOException {
    dist = Files.createDirectories(folder.resolve("a dist"));
    jvms = Files.createDirectories(folder.resolve("jvms"));
    Files.createDirectories(dist.resolve("bin"));
    Files.createDirectories(dist.resolve("lib"));
    Files.copy(SOURCES.resolve("bin/holdfast"), dist.resolve("bin/holdfast"));
    executable(dist.resolve("bin/holdfast"));
    Files.copy(SOURCES.resolve("lib/find-java.sh"), dist.resolve("lib/find-java.sh"));
    Files.writeString(dist.resolve("lib/digest"), "d1\n");
    for (String program : List.of("cli", "service", "monitor")) {
      Files.writeString(dist.resolve("lib/" + program + ".classpath"), program + ".jar\nx.jar\n");
    }
    jdk("jdk-25", "25.0.1");
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A JDK that prints its arguments, a line each, and writes the cache it is to write. */
  private Path jdk(String name, String version) throws IOException {
    Path jdk = jvms.resolve(name);
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(
        jdk.resolve("release"),
        "IMPLEMENTOR=\"x\"\nJAVA_RUNTIME_VERSION=\"%s+8\"\nJAVA_VERSION=\"%s\"\n"
            .formatted(version, version));
    Files.writeString(
        jdk.resolve("bin/java"),
        """
        #!/bin/sh
        for arg; do
            echo "$arg"
            case $arg in
            -XX:AOTCacheOutput=*) echo cache >"${arg#*=}"; echo made >>"${0%/*}/made" ;;
            esac
        done
        """);
    executable(jdk.resolve("bin/java"));
    return jdk;
  }

  private Ended run(Path script, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(args));
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.matches("(HOLDFAST|JAVA|XDG).*"));
    builder.environment().put("HOLDFAST_JVM_DIR", jvms.toString());
    builder.environment().put("HOLDFAST_CACHE", folder.resolve("cache").toString());
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
  }

  private Ended launch(String... args) throws IOException, InterruptedException {
    return run(dist.resolve("bin/holdfast"), Map.of(), args);
  }

  private Path cache() throws IOException {
    return Path.of(folder.resolve("cache/d1-25.0.1+8").toString() + dist.toRealPath());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dist/src/bin/holdfast", "bin/holdfast"})
  void withoutAJdk_thereIsExactlyOneLine(String script) throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path launcher = script.startsWith("dist") ? dist.resolve("bin/holdfast") : HOST.resolve(script);

    Ended ended = run(launcher, Map.of("HOLDFAST_JVM_DIR", empty.toString()), "demo");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).hasSize(1);
    assertThat(ended.err().getFirst()).startsWith("holdfast: JDK 25 or newer is needed: ");
  }

  @ParameterizedTest
  @CsvSource({
    "17.0.9, false",
    "24, false",
    "1.8.0_392, false",
    "25, true",
    "25.0.1, true",
    "26-ea, true",
    "'', false"
  })
  void aJdkIsTakenByItsVersion(String version, boolean taken) throws Exception {
    Path others = Files.createDirectory(folder.resolve("others"));
    Path jdk = jdk("one", version);
    Files.move(jdk, others.resolve("one"));

    Ended ended =
        run(dist.resolve("bin/holdfast"), Map.of("HOLDFAST_JVM_DIR", others.toString()), "version");

    assertThat(ended.code() == 0).as(ended.toString()).isEqualTo(taken);
  }

  @Test
  void whenTheSearchIsMoved_nothingElseIsLookedAt() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    String good = jvms.resolve("jdk-25").toString();

    Ended ended =
        run(
            dist.resolve("bin/holdfast"),
            Map.of(
                "HOLDFAST_JVM_DIR",
                empty.toString(),
                "JAVA_HOME",
                good,
                "HOLDFAST_JAVA_HOME",
                good),
            "version");

    assertThat(ended.code()).isEqualTo(1);
  }

  @Test
  void theEnvironmentGoesBeforeTheUsualFolders_ifItIsNewEnough() throws Exception {
    String old = jdk("old", "17.0.9").toString();
    String good = jvms.resolve("jdk-25").toString();

    Ended ended =
        run(
            dist.resolve("bin/holdfast"),
            Map.of("HOLDFAST_JVM_DIR", "", "JAVA_HOME", old, "HOLDFAST_JAVA_HOME", good),
            "version");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).endsWith("dev.holdfast.cli.Holdfast", "version");
  }

  @Test
  void aCommandGoesToTheCommandLine_itsWordsUntouched() throws Exception {
    Ended ended = launch("resource", "create", "a b", "-p", "X=$HOME 'q' \"r\" *", "");

    assertThat(ended.out())
        .endsWith(
            "-cp",
            dist + "/lib/cli.jar:" + dist + "/lib/x.jar",
            "dev.holdfast.cli.Holdfast",
            "resource",
            "create",
            "a b",
            "-p",
            "X=$HOME 'q' \"r\" *",
            "");
    assertThat(ended.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve --home /h --http 127.0.0.1:0",
        "--home /h serve --http 127.0.0.1:0",
        "--home=/h -q serve",
        "--home /h --node demo serve"
      })
  void serveGoesToTheService_theNounFirst(String line) throws Exception {
    Ended ended = launch(line.split(" ", -1));

    assertThat(ended.out())
        .containsSubsequence("dev.holdfast.service.ClusterServiceMain", "serve")
        .contains("-Dholdfast.dist=" + dist, "-XX:ErrorFile=/h/hs_err_service_%p.log");
    List<String> args = ended.out().subList(ended.out().indexOf("serve") + 1, ended.out().size());
    assertThat(String.join(" ", args)).isEqualTo(line.replaceFirst("(^| )serve", "").strip());
  }

  @Test
  void helpOfServe_isTheCommandLines() throws Exception {
    assertThat(launch("serve", "--help").out())
        .endsWith("dev.holdfast.cli.Holdfast", "serve", "--help");
    assertThat(launch("resource", "show", "serve").out())
        .endsWith("dev.holdfast.cli.Holdfast", "resource", "show", "serve");
    assertThat(launch().out()).endsWith("dev.holdfast.cli.Holdfast");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo --tour Q316772",
        "demo --home /h --tour=Q316772",
        "--tour Q1 demo",
        "demo --tour"
      })
  void aTourIsTheCommandLines_whichKnowsTheDistribution(String line) throws Exception {
    String[] words = line.split(" ", -1);
    List<String> started = launch(words).out();

    assertThat(started).endsWith(words).contains("-Dholdfast.dist=" + dist);
    assertThat(started.get(started.size() - words.length - 1))
        .isEqualTo("dev.holdfast.cli.Holdfast");
  }

  @Test
  void aLinkToTheLauncher_findsItsDistribution() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("hf"), dist.resolve("bin/holdfast"));

    assertThat(run(link, Map.of(), "version").out())
        .contains(dist + "/lib/cli.jar:" + dist + "/lib/x.jar");
  }

  @Test
  void cachesAreMadeOnce_andUsedFromThenOn() throws Exception {
    Path cache = cache();
    assertThat(launch("version").out()).noneMatch(word -> word.startsWith("-XX:AOT"));

    Ended made = launch("--make-aot-caches");

    assertThat(made).isEqualTo(new Ended(0, List.of(), List.of()));
    try (var files = Files.list(cache)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("cli.aot", "service.aot", "monitor.aot");
    }
    assertThat(launch("version").out()).contains("-XX:AOTCache=" + cache + "/cli.aot");
    assertThat(launch("serve").out())
        .contains(
            "-XX:AOTCache=" + cache + "/service.aot",
            "-Dholdfast.aot.monitor=" + cache + "/monitor.aot");

    launch("--make-aot-caches");
    assertThat(Files.readAllLines(jvms.resolve("jdk-25/bin/made"))).hasSize(3);
  }

  /** The JVM would refuse them: it looks at the time of each jar. */
  @Test
  void cachesOfAnEarlierCopyOfTheSameContent_areNotUsed_andMadeAgain() throws Exception {
    launch("--make-aot-caches");
    FileTime built = Files.getLastModifiedTime(dist.resolve("lib/digest"));
    for (String name : List.of("cli", "service", "monitor")) {
      Files.setLastModifiedTime(
          cache().resolve(name + ".aot"), FileTime.fromMillis(built.toMillis() - 1_000));
    }

    assertThat(launch("version").out()).noneMatch(word -> word.startsWith("-XX:AOT"));
    launch("--make-aot-caches");

    assertThat(launch("version").out()).contains("-XX:AOTCache=" + cache() + "/cli.aot");
    assertThat(Files.readAllLines(jvms.resolve("jdk-25/bin/made"))).hasSize(6);
  }

  @Test
  void eachCopyOfADistributionHasCachesOfItsOwn() throws Exception {
    launch("--make-aot-caches");
    Path copy = folder.resolve("copy");
    assertThat(exitOf("cp", "-a", dist.toString(), copy.toString())).isZero();

    assertThat(run(copy.resolve("bin/holdfast"), Map.of(), "version").out())
        .noneMatch(word -> word.startsWith("-XX:AOT"));
  }

  @Test
  void whileCachesAreBeingMade_anotherMakerLeaves() throws Exception {
    Files.createDirectories(folder.resolve("cache"));
    Path lock = Files.createFile(folder.resolve("cache/lock"));
    Process holder = new ProcessBuilder("flock", lock.toString(), "cat").start();
    try {
      holder.outputWriter(StandardCharsets.UTF_8).write("held\n");
      holder.outputWriter(StandardCharsets.UTF_8).flush();
      assertThat(holder.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("held");

      assertThat(launch("--make-aot-caches").code()).isZero();

      assertThat(cache().resolve("cli.aot")).doesNotExist();
    } finally {
      holder.destroyForcibly();
    }
  }

  @Test
  void cachesOfOldBuilds_areCleared_theLastFewStay() throws Exception {
    for (int i = 0; i < 6; i++) {
      Files.writeString(dist.resolve("lib/digest"), "build" + i + "\n");
      launch("--make-aot-caches");
      Files.setLastModifiedTime(
          folder.resolve("cache/build" + i + "-25.0.1+8"), FileTime.fromMillis(1_000_000L + i));
    }

    Files.writeString(dist.resolve("lib/digest"), "last\n");
    launch("--make-aot-caches");

    try (var files = Files.list(folder.resolve("cache"))) {
      assertThat(files.filter(Files::isDirectory).map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("last-25.0.1+8", "build5-25.0.1+8", "build4-25.0.1+8");
    }
  }

  @Test
  void theScriptsArePosix() throws Exception {
    for (Path script : scripts()) {
      assertThat(exitOf("sh", "-n", script.toString())).as(script.toString()).isZero();
    }
  }

  @Test
  void shellcheckIsContent() throws Exception {
    assumeTrue(exitOf("sh", "-c", "command -v shellcheck") == 0, "shellcheck is not installed");
    for (Path script : scripts()) {
      assertThat(exitOf("shellcheck", "-x", "-s", "sh", script.toString()))
          .as(script.toString())
          .isZero();
    }
  }

  private static List<Path> scripts() {
    return List.of(
        SOURCES.resolve("bin/holdfast"),
        SOURCES.resolve("lib/find-java.sh"),
        HOST.resolve("bin/holdfast"));
  }

  private static int exitOf(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
