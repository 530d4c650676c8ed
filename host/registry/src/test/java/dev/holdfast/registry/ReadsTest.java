package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read by a path is what a look at each key and value in turn finds. */
class ReadsTest {
  private static final int BATCHES = 150;
  private static final int READS = 100;

  /** Looks at all of them, and knows nothing of how they are kept. */
  private static @Nullable RegistryKey plainly(RegistryKey root, List<String> path) {
    RegistryKey key = root;
    for (String name : path) {
      RegistryKey found = null;
      for (RegistryKey subkey : key.subkeys()) {
        if (NameOrder.IGNORING_CASE.compare(subkey.name(), name) == 0) {
          found = subkey;
        }
      }
      if (found == null) {
        return null;
      }
      key = found;
    }
    return key;
  }

  private static @Nullable RegistryValue plainly(@Nullable RegistryKey key, String name) {
    if (key != null) {
      for (RegistryValue value : key.values()) {
        if (NameOrder.IGNORING_CASE.compare(value.name(), name) == 0) {
          return value;
        }
      }
    }
    return null;
  }

  /** Makes batches of all kinds, and reads what may be there. */
  private static final class Story {
    private final Random random;
    private final AwkwardNames names;
    private int widest;

    Story(long seed) {
      this.random = new Random(seed);
      this.names = new AwkwardNames(random);
    }

    String path() {
      var path = new StringBuilder(top());
      for (int depth = random.nextInt(3); depth > 0; depth--) {
        path.append('\\').append(names.key());
      }
      return path.toString();
    }

    private String top() {
      return names.anyCase("Top" + random.nextInt(3));
    }

    Batch batch() {
      Batch.Builder batch = Batch.builder();
      for (int i = random.nextInt(40); i >= 0; i--) {
        String path = path();
        switch (random.nextInt(12)) {
          case 0 -> batch.deleteTree(random.nextInt(20) == 0 ? path : path + "\\" + names.key());
          case 1 -> batch.createKey(path).deleteValue(path, names.value());
          // Of another case when it comes again.
          case 2 -> {
            String again = path + "\\" + names.key();
            batch.deleteTree(again).createKey(names.anyCase(again));
          }
          default ->
              batch.createKey(path).set(path, RegistryValue.dword(names.value(), random.nextInt()));
        }
      }
      return batch.build();
    }

    Batch restore(Snapshot older) {
      KeyPath top = KeyPath.of(top());
      RegistryKey contents = older.key(top).orElse(older.root());
      return Batch.builder().createKey(top).replaceContents(top, contents).build();
    }

    void read(Snapshot snapshot) {
      for (int i = 0; i < READS; i++) {
        String path = path();
        String name = names.value();
        RegistryKey key = plainly(snapshot.root(), KeyPath.of(path).names());
        assertThat(snapshot.key(path).orElse(null)).as(path).isSameAs(key);
        assertThat(snapshot.key(KeyPath.of(path)).orElse(null)).as(path).isSameAs(key);
        assertThat(snapshot.value(path, name).orElse(null)).isSameAs(plainly(key, name));
      }
      everyOne(snapshot, snapshot.root(), "");
    }

    /** All that is there is found, by its name in any case. */
    private void everyOne(Snapshot snapshot, RegistryKey key, String path) {
      for (RegistryValue value : key.values()) {
        assertThat(snapshot.value(names.anyCase(path), names.anyCase(value.name())))
            .containsSame(value);
      }
      widest = Math.max(widest, Math.min(key.subkeyCount(), key.valueCount()));
      for (RegistryKey subkey : key.subkeys()) {
        String below = path.isEmpty() ? subkey.name() : path + "\\" + subkey.name();
        assertThat(snapshot.key(names.anyCase(below))).containsSame(subkey);
        everyOne(snapshot, subkey, below);
      }
    }
  }

  private static Snapshot next(Story story, Snapshot snapshot, Snapshot older)
      throws BatchRefusedException {
    Batch batch = story.random.nextInt(10) == 0 ? story.restore(older) : story.batch();
    return snapshot.apply(batch);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whatIsReadIsWhatIsThere(long seed) throws BatchRefusedException {
    var story = new Story(seed);
    List<Snapshot> all = new ArrayList<>(List.of(Snapshot.EMPTY));

    for (int i = 0; i < BATCHES; i++) {
      Snapshot older = all.get(story.random.nextInt(all.size()));
      all.add(next(story, all.getLast(), older));
      story.read(all.getLast());
      // What came later is not seen in what was kept.
      story.read(older);
    }
    assertThat(story.widest).as("more than one node has").isGreaterThan(NameSet.FANOUT);
  }

  @Test
  void volatileKeysAreFoundLikeOthers() throws BatchRefusedException {
    Snapshot snapshot =
        Snapshot.EMPTY.apply(
            Batch.builder()
                .createKey(KeyPath.of("A\\Volatile"), KeyOptions.VOLATILE)
                .set("A\\Volatile", RegistryValue.dword("V", 1))
                .build());

    assertThat(snapshot.value("a\\VOLATILE", "v").map(RegistryValue::number)).contains(1L);
  }

  @Test
  void whileOneCommitsOthersReadWhatIsThere()
      throws BatchRefusedException, InterruptedException, ExecutionException {
    var newest = new AtomicReference<>(Snapshot.EMPTY);
    var story = new Story(7);
    try (var readers = Executors.newFixedThreadPool(3)) {
      List<Future<Integer>> reading = new ArrayList<>();
      for (long seed = 8; seed < 11; seed++) {
        long own = seed;
        reading.add(readers.submit(() -> readUntilTheLast(newest, own)));
      }
      Snapshot older = Snapshot.EMPTY;
      for (int i = 0; i < BATCHES; i++) {
        Snapshot snapshot = next(story, newest.get(), older);
        older = i % 20 == 0 ? newest.get() : older;
        newest.set(snapshot);
      }
      for (Future<Integer> reader : reading) {
        assertThat(reader.get()).isPositive();
      }
    }
  }

  private static int readUntilTheLast(AtomicReference<Snapshot> newest, long seed) {
    var story = new Story(seed);
    int rounds = 0;
    Snapshot read;
    do {
      read = newest.get();
      story.read(read);
      rounds++;
    } while (read.revision().number() < BATCHES);
    return rounds;
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\", "A\\", "\\A", "A\\\\B", "None\\\\B", "None\\"})
  void whatIsNoPathIsRefused(String path) throws BatchRefusedException {
    Snapshot snapshot = Snapshot.EMPTY.apply(Batch.builder().createKey("A\\B").build());

    assertThatThrownBy(() -> snapshot.key(path)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> snapshot.value(path, "")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPathThatIsTooLongIsRefusedAlsoWhereNothingIs() {
    String path = "x".repeat(Limits.KEY_NAME_CHARS_MAX + 1);

    assertThatThrownBy(() -> Snapshot.EMPTY.key(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("KEY_NAME_CHARS_MAX");
    assertThat(Snapshot.EMPTY.key("")).isEqualTo(Optional.of(Snapshot.EMPTY.root()));
  }
}
