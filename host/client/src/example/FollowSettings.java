import dev.holdfast.client.ChangeKind;
import dev.holdfast.client.Changes;
import dev.holdfast.client.HeldKey;
import dev.holdfast.client.Key;
import dev.holdfast.client.KeyChange;
import dev.holdfast.client.PreconditionFailedException;
import dev.holdfast.client.Registry;
import dev.holdfast.client.RegistryLocation;
import dev.holdfast.client.UnreachableException;
import dev.holdfast.client.Value;
import dev.holdfast.client.Watch;
import dev.holdfast.client.WatchEnd;
import dev.holdfast.client.WatchListener;
import dev.holdfast.client.WatchPosition;
import dev.holdfast.client.WatchSpec;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** Has its settings in the registry, and follows them, also over restarts of the service. */
public final class FollowSettings {
  private static final String APP = "HKLM\\Software\\Contoso\\App";

  public static void main(String[] args) throws Exception {
    try (var registry = Registry.connect(RegistryLocation.home(Path.of(args[0])))) {
      Key settings = furnish(registry);
      WatchPosition position = WatchPosition.after(settings.revision());
      while (true) {
        try {
          WatchEnd end = follow(registry, position);
          position = end.position().orElse(position);
          System.out.println("ended: " + end.message());
        } catch (UnreachableException away) {
          Thread.sleep(500); // It is started again, and goes on where we were.
        }
      }
    }
  }

  /** Makes the settings, unless somebody has, and says who we are. */
  private static Key furnish(Registry registry) {
    try {
      registry.apply(Changes.of().ifValueAbsent(APP, "Port").set(APP, Value.dword("Port", 8080)));
    } catch (PreconditionFailedException settingsAreThere) {
      System.out.println("settings are there");
    }
    long pid = ProcessHandle.current().pid();
    registry.apply(Changes.of().set(APP + "\\Instance", Value.qword("Pid", pid)));
    return registry.key(APP);
  }

  /** Tells changes until the service is gone; nobody restores the key meanwhile unasked. */
  private static WatchEnd follow(Registry registry, WatchPosition from) throws Exception {
    var ended = new CompletableFuture<WatchEnd>();
    var listener =
        new WatchListener() {
          @Override
          public void changed(KeyChange change) {
            long port = registry.key(APP).requireValue("Port").number();
            System.out.println(
                "changed: " + change.kind() + " at " + change.revision() + ", port " + port);
          }

          @Override
          public void ended(WatchEnd end) {
            ended.complete(end);
          }
        };
    WatchSpec spec = WatchSpec.of(APP).only(ChangeKind.VALUE).from(from);
    try (HeldKey held = registry.hold(APP);
        Watch watch = registry.watch(spec, listener)) {
      System.out.println("holds: " + held.key().path());
      return ended.get();
    }
  }
}
