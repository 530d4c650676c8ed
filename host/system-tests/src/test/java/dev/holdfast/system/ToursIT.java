package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code holdfast demo --tour}, as a newcomer types it; each tour checks what it tells, too. */
@Tag("system")
class ToursIT {
  private static final int NOT_FOUND = 4;
  private static final int CONFLICT = 7;

  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("holdfast-tours");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Cluster.removeTree(folder);
  }

  private Ran tour(String... words) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(Distribution.launcher().toString(), "demo", "--tour"));
    command.addAll(List.of(words));
    return Distribution.run(folder, Map.of(), command);
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({
    "Q316772, HandleHeld: held open by winlogon, Greeting=a wrong one",
    "Q192493, AccessDenied, as its siblings do (MSExchangeIMC",
    "Q174070, good morning became REG_SZ good night, the same on every node already",
    "Q242398, SIGKILL, ticker found Running",
    "Q288562, was edited while the resource was offline, Patched",
  })
  void eachTourGoesAsTold_andLeavesNothing(String name, String first, String second)
      throws Exception {
    Ran played = tour(name);

    assertThat(played.exitCode()).as(played.toString()).isZero();
    assertThat(played.out())
        .contains("$ holdfast ", first, second, "The tour " + name + " went as told.");
    String home = played.out().replaceAll("(?s).*in the home (\\S+?)\\.\\s.*", "$1");
    assertThat(Path.of(home)).as(played.out()).isAbsolute().doesNotExist();
    assertThat(Processes.of(Path.of(home), "HOLDFAST_HOME=" + home)).isEmpty();
  }

  @Test
  void aNameThatNoTourHas_listsAll_aLineEach() throws Exception {
    Ran none = tour("Q1");
    assertThat(none.exitCode()).as(none.toString()).isEqualTo(NOT_FOUND);
    assertThat(none.errLines()).hasSize(1);
    assertThat(none.out().lines()).hasSize(5).allMatch(line -> line.matches("Q\\d{6}  \\S.*"));
    assertThat(tour().out()).isEqualTo(none.out());
  }

  @Test
  void aHomeThatIsNamed_stays() throws Exception {
    Path home = folder.resolve("home");
    Ran played = tour("Q242398", "--home", home.toString());
    assertThat(played.exitCode()).as(played.toString()).isZero();
    assertThat(home.resolve("quorum")).isDirectory();
  }

  @Test
  void aHomeThatHasSomething_isNotPlayedWith() throws Exception {
    Path precious = Files.writeString(folder.resolve("precious"), "mine");
    Ran refused = tour("Q174070", "--home", folder.toString());
    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(CONFLICT);
    assertThat(precious).hasContent("mine");
  }
}
