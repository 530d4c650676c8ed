package dev.holdfast.client;

import dev.holdfast.http.FakeCluster;
import dev.holdfast.http.HttpApi;
import dev.holdfast.service.api.ApiSettings;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.RegistryHandleView;
import dev.holdfast.service.registry.CallerProcesses;
import dev.holdfast.service.registry.HomeOwner;
import dev.holdfast.service.registry.LoadedHives;
import dev.holdfast.service.registry.LocalHives;
import dev.holdfast.service.registry.RegistryListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The real API over real hives, in a home that names its socket; as often as it is started. */
final class GivenService implements AutoCloseable, RegistryListener {
  private final LocalHives local;
  private final LoadedHives loaded;
  private final dev.holdfast.service.registry.Registry registry;
  private final HttpApi server = new HttpApi();

  GivenService(Path home) throws IOException {
    InstantSource clock = InstantSource.system();
    Path hives = Files.createDirectories(home.resolve("hives"));
    local = LocalHives.open(hives, clock, UnaryOperator.identity());
    loaded = LoadedHives.open(hives.resolve("loaded"), clock, UnaryOperator.identity());
    var owner =
        new HomeOwner(
            (Integer) Files.getAttribute(home, "unix:uid"),
            (Integer) Files.getAttribute(home, "unix:gid"));
    registry =
        new dev.holdfast.service.registry.Registry(
            local.mounted(),
            loaded,
            owner,
            pid -> Optional.of(new CallerProcesses.Running(7, "tests")),
            this,
            clock);
    var cluster = new FakeCluster();
    cluster.registry = registry;
    Path socket = home.resolve("api.sock");
    server.start(cluster, new ApiSettings(home, socket, null, "0.1.0"));
    Files.createDirectories(home.resolve("run"));
    Files.writeString(
        home.resolve("run/service.json"), "{\"pid\":77,\"socket\":\"" + socket + "\"}");
  }

  @Override
  public void denied(Caller caller, String key, String resolvedKey, String reason) {}

  @Override
  public void closed(Caller caller, RegistryHandleView handle) {}

  @Override
  public void close() {
    server.close();
    registry.close();
    loaded.close();
    local.close();
  }
}
