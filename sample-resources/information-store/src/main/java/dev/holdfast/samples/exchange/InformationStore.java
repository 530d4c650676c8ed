package dev.holdfast.samples.exchange;

import dev.holdfast.client.Changes;
import dev.holdfast.client.Registry;
import dev.holdfast.client.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/**
 * The store of Q288562: it starts only when the identity in its file is the one in its key. A file
 * from a backup has another; {@code isinteg -patch} gives both a new one.
 */
final class InformationStore {
  private static final String KEY = SettingsService.SERVICES + "MSExchangeIS\\ParametersPrivate";
  private static final String IDENTITY = "Store Identity";

  private final Registry registry;
  private final Path file;

  InformationStore(Registry registry, Path file) {
    this.registry = registry;
    this.file = file;
  }

  /** Runs until it is ended. */
  void run() throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      patch();
    }
    String inFile = Files.readString(file).strip();
    String inKey = registry.key(KEY).requireValue(IDENTITY).string();
    if (!inFile.equals(inKey)) {
      throw new IOException(
          "the store was restored from a backup: its file has the identity %s, its key %s. Run isinteg -patch."
              .formatted(inFile, inKey));
    }
    System.out.println("information store runs as " + inFile);
    new CountDownLatch(1).await();
  }

  /** Gives file and key one new identity. */
  void patch() throws IOException {
    String identity = UUID.randomUUID().toString();
    Files.writeString(file, identity + "\n");
    registry.apply(Changes.of().set(KEY, Value.sz(IDENTITY, identity)));
    System.out.println("isinteg: file and key have the identity " + identity);
  }
}
