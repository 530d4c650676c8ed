package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine without the right JDK is told. The two commands themselves are what runs this. */
@Tag("system")
class TwoCommandsIT {
  private static final String NEEDED = "JDK 25 or newer is needed";

  @TempDir Path folder;

  @Test
  void launcherOfTheCheckout_withoutJdk_saysSoInOneLine() throws Exception {
    assertSaysSo(Distribution.checkout().resolve("host/bin/holdfast"), "demo");
  }

  @Test
  void launcherOfTheDistribution_withoutJdk_saysSoInOneLine() throws Exception {
    assertSaysSo(Distribution.launcher(), "demo");
    assertSaysSo(Distribution.launcher(), "status");
  }

  private void assertSaysSo(Path launcher, String noun) throws Exception {
    Path noJdk = Files.createDirectories(folder.resolve("jvm"));

    Ran ran =
        Distribution.run(
            folder,
            Map.of("HOLDFAST_JVM_DIR", noJdk.toString()),
            List.of(launcher.toString(), noun, "--home", folder.resolve("home").toString()));

    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.errLines()).singleElement().asString().contains(NEEDED);
    assertThat(folder.resolve("home")).doesNotExist();
  }

  @Test
  void maven_withoutJdk_saysSoInItsFirstError() throws Exception {
    Tools.need("mvn");
    List<String> command =
        new ArrayList<>(List.of("mvn", "-B", "-o", "-N", "-Dholdfast.jdk=[99,)", "validate"));
    command.addAll(List.of("-f", Distribution.checkout().resolve("pom.xml").toString()));
    String repository = System.getProperty("holdfast.repository");
    if (repository != null) {
      command.add("-Dmaven.repo.local=" + repository);
    }

    Ran ran = Distribution.run(folder, Map.of(), command);

    assertThat(ran.exitCode()).as(ran.toString()).isNotZero();
    assertThat(ran.out().lines().filter(line -> line.startsWith("[ERROR]")).findFirst())
        .as(ran.toString())
        .hasValueSatisfying(line -> assertThat(line).contains(NEEDED));
  }
}
