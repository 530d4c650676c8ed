package dev.holdfast.service.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.service.archive.ArchiveBuilder;
import dev.holdfast.service.archive.PluginStore;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TypeResolverTest {
  private static final MonitorName MONITOR = MonitorName.SHARED;

  @TempDir Path directory;
  private Path archive;
  private TypeRegistration type;
  private TypeResolver resolver;

  @BeforeEach
  void register() throws Exception {
    var store = PluginStore.open(directory.resolve("plugins"), directory.resolve("home/unpacked"));
    var stored = store.store(ArchiveBuilder.good().write(directory.resolve("example.zip")));
    archive = stored.path();
    type =
        new TypeRegistration(
            "Example",
            List.of(
                new TypeRegistration.Version(
                    "example",
                    "1.0.0",
                    stored.digest().toString(),
                    "example.Type",
                    Description.of("Example").lives(Lives.ON_NODE).build())),
            "1.0.0");
    resolver = new TypeResolver(store, Runnable::run);
  }

  @Test
  void whatIsRegistered_isUnpackedOnceInALifeOfAMonitor() throws IOException {
    Path folder = resolver.resolve(MONITOR, type).join();
    Files.delete(archive);

    assertThat(folder.resolve("plugin.properties")).exists();
    assertThat(resolver.resolve(MONITOR, type).join()).isEqualTo(folder);
    resolver.forget(MONITOR);
    assertUnresolved(TypeStatus.PLUGIN_MISSING);
  }

  @Test
  void anArchiveThatIsBackBeforeAnybodyLooked_isResolved() throws IOException {
    Path aside = Files.move(archive, directory.resolve("aside.zip"));
    assertUnresolved(TypeStatus.PLUGIN_MISSING);

    Files.move(aside, archive);

    assertThat(resolver.resolve(MONITOR, type).join()).isDirectory();
    assertThat(resolver.verify(type)).isEmpty();
  }

  @Test
  void anotherArchiveInItsPlace_isNotResolved() throws IOException {
    Files.writeString(archive, "something else");

    assertUnresolved(TypeStatus.DIGEST_MISMATCH);
    assertThat(resolver.verify(type))
        .hasValueSatisfying(
            problem -> {
              assertThat(problem.status()).isEqualTo(TypeStatus.DIGEST_MISMATCH);
              assertThat(problem.detail()).contains(archive.toString(), "register the type again");
            });
  }

  @Test
  void anArchiveThatWasTouched_isToldFromOneThatWasNot_withoutReadingIt() throws IOException {
    assertThat(resolver.mayHaveChanged(type)).as("never compared").isTrue();
    assertThat(resolver.verify(type)).isEmpty();
    assertThat(resolver.mayHaveChanged(type)).isFalse();

    FileTime modified = Files.getLastModifiedTime(archive);
    byte[] bytes = Files.readAllBytes(archive);
    bytes[bytes.length / 2] ^= 1;
    Files.write(archive, bytes);
    Files.setLastModifiedTime(archive, modified);
    assertThat(resolver.mayHaveChanged(type)).as("other bytes, same size and time").isTrue();
    assertThat(resolver.verify(type)).isPresent();
    assertThat(resolver.mayHaveChanged(type)).as("it is not what it should be").isTrue();

    Files.delete(archive);
    assertThat(resolver.mayHaveChanged(type)).as("gone").isTrue();
  }

  private void assertUnresolved(TypeStatus status) {
    assertThatThrownBy(() -> resolver.resolve(MONITOR, type).join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            UnresolvedTypeException.class, e -> assertThat(e.status()).isEqualTo(status));
  }
}
