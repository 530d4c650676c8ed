package dev.holdfast.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Batches that a tree takes, drawn from few names so that they meet, some of them in another case,
 * some far from ASCII. The same generator gives the same batches.
 */
public final class RandomBatches {
  private static final List<String> NAMES =
      List.of(
          "Groups", "Resources", "a", "b", "c", "Ä", "ж", "naïve", "x\uD83Dy", "i/j", "long one");

  private final RandomGenerator random;
  private final boolean withVolatile;

  /** Without volatile keys. */
  public RandomBatches(RandomGenerator random) {
    this(random, false);
  }

  public RandomBatches(RandomGenerator random, boolean withVolatile) {
    this.random = random;
    this.withVolatile = withVolatile;
  }

  /** A batch that applies to this snapshot. */
  public Batch next(Snapshot snapshot) {
    while (true) {
      Batch.Builder builder = Batch.builder();
      int count = 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        add(builder);
      }
      Batch batch = builder.build();
      try {
        snapshot.apply(batch);
        return batch;
      } catch (BatchRefusedException e) {
        // Such as deleting a key that has subkeys: draw again.
      }
    }
  }

  private void add(Batch.Builder builder) {
    KeyPath path = path();
    switch (random.nextInt(12)) {
      case 0 -> builder.deleteValue(path, name());
      case 1 -> builder.deleteKey(path);
      case 2 -> {
        if (random.nextInt(3) == 0) {
          builder.deleteTree(path);
        }
        builder.createKey(path);
      }
      case 3, 4 -> builder.createKey(path);
      case 5 -> builder.createKey(path, options());
      case 6 -> builder.createKey(path, options()).setSecurity(path, descriptor());
      default -> builder.createKey(path, volatileOrNot()).set(path, value());
    }
  }

  private KeyOptions options() {
    KeyOptions options = volatileOrNot();
    if (random.nextInt(3) == 0) {
      options = options.withClassName(name());
    }
    if (random.nextInt(3) == 0) {
      options = options.asLink();
    }
    return random.nextBoolean() ? options.withSecurity(descriptor()) : options;
  }

  private KeyOptions volatileOrNot() {
    return withVolatile && random.nextInt(3) == 0 ? KeyOptions.VOLATILE : KeyOptions.PLAIN;
  }

  /** One of a few, as in a registry. */
  public DescriptorBytes descriptor() {
    var bytes = new byte[20 + 4 * random.nextInt(5)];
    bytes[0] = (byte) random.nextInt(2);
    return DescriptorBytes.of(bytes);
  }

  public KeyPath path() {
    KeyPath path = KeyPath.ROOT;
    int depth = 1 + random.nextInt(4);
    for (int i = 0; i < depth; i++) {
      path = path.child(name());
    }
    return path;
  }

  public String name() {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    return random.nextInt(4) == 0 ? upper(name) : name;
  }

  private static String upper(String name) {
    var upper = new StringBuilder();
    name.chars().forEach(unit -> upper.append(NameOrder.upcase((char) unit)));
    return upper.toString();
  }

  public RegistryValue value() {
    String name = random.nextInt(6) == 0 ? "" : name();
    return switch (random.nextInt(6)) {
      case 0 -> RegistryValue.sz(name, "text " + random.nextInt());
      case 1 -> RegistryValue.dword(name, random.nextInt());
      case 2 -> RegistryValue.qword(name, random.nextLong());
      case 3 -> RegistryValue.multiSz(name, "one", "two " + random.nextInt(9));
      case 4 -> RegistryValue.of(name, random.nextInt(), bytes(random.nextInt(40)));
      default -> RegistryValue.binary(name, bytes(random.nextInt(300)));
    };
  }

  private byte[] bytes(int count) {
    var bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** The snapshots after 0, 1, 2, … random batches, with the batches that made them. */
  public static History history(long seed, int count) {
    return history(new RandomBatches(new Random(seed)), count);
  }

  /** As {@link #history(long, int)}, of which some keys are volatile. */
  public static History historyWithVolatile(long seed, int count) {
    return history(new RandomBatches(new Random(seed), true), count);
  }

  private static History history(RandomBatches batches, int count) {
    var snapshots = new ArrayList<Snapshot>(List.of(Snapshot.EMPTY));
    var made = new ArrayList<Batch>();
    for (int i = 0; i < count; i++) {
      Batch batch = batches.next(snapshots.getLast());
      made.add(batch);
      try {
        snapshots.add(snapshots.getLast().apply(batch));
      } catch (BatchRefusedException e) {
        throw new AssertionError("next() gave a batch that does not apply", e);
      }
    }
    return new History(made, snapshots);
  }

  /** Batches, and the snapshots before, between and after them. */
  public record History(List<Batch> batches, List<Snapshot> snapshots) {}
}
