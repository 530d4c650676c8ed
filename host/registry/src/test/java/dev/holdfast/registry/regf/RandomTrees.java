package dev.holdfast.registry.regf;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Trees by a seed: with all that a hive can hold, or only with what every tool can name. */
public final class RandomTrees {
  private static final int[] SIZES = {0, 1, 2, 3, 4, 5, 7, 8, 24, 100, 700, 4_000, 4_061};
  private static final int[] LARGE = {16_343, 16_344, 16_345, 32_688, 32_689, 50_000};

  /** Letters that all tools upcase alike: what differs is looked at in NameOrderTest. */
  private static final String TAME =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-{}/äöüÄÖÜéñßжЖщλΛ漢字";

  private final Random random;
  private final boolean wild;
  private final List<DescriptorBytes> descriptors = new ArrayList<>();
  private int keysLeft;

  private RandomTrees(long seed, boolean wild, int keys) {
    this.random = new Random(seed);
    this.wild = wild;
    this.keysLeft = keys;
    for (int i = 0; i < 4; i++) {
      byte[] bytes = new byte[20 + 4 * random.nextInt(30)];
      random.nextBytes(bytes);
      descriptors.add(DescriptorBytes.of(bytes));
    }
    descriptors.add(SecurityTable.WHEN_NOT_SAID);
  }

  /** Lone surrogates, NULs, letters that Java upcases and Windows does not, any time and type. */
  public static SavedKey wild(long seed, int keys) {
    return new RandomTrees(seed, true, keys).key("Root", 0);
  }

  public static SavedKey tame(long seed, int keys) {
    return new RandomTrees(seed, false, keys).key("Root", 0);
  }

  private SavedKey key(String name, int depth) {
    keysLeft--;
    Map<String, RegistryValue> values = new TreeMap<>(NameOrder.IGNORING_CASE);
    for (int i = random.nextInt(8); i > 0; i--) {
      String valueName = random.nextInt(6) == 0 ? "" : name(random.nextInt(50) == 0 ? 400 : 20);
      values.put(valueName, value(valueName));
    }
    List<RegistryValue> inSomeOrder = new ArrayList<>(values.values());
    Collections.shuffle(inSomeOrder, random);
    Map<String, SavedKey> subkeys = new TreeMap<>(NameOrder.IGNORING_CASE);
    int wanted = random.nextInt(40) == 0 ? 600 : depth == 0 ? 12 : random.nextInt(6);
    while (subkeys.size() < Math.min(wanted, keysLeft) && depth < 12) {
      String subkey = name(random.nextInt(30) == 0 ? 255 : 24);
      if (!subkey.isEmpty() && !subkeys.containsKey(subkey)) {
        subkeys.put(subkey, key(subkey, depth + 1));
      }
    }
    var info =
        new KeyInfo(
            name,
            random.nextInt(10) == 0 ? name(30) : "",
            wild ? random.nextLong() : 133_000_000_000_000_000L + random.nextInt(),
            wild && random.nextInt(10) == 0,
            descriptors.get(random.nextInt(descriptors.size())));
    return SavedKey.of(info, inSomeOrder, List.copyOf(subkeys.values()));
  }

  private RegistryValue value(String name) {
    boolean large = random.nextInt(60) == 0;
    var data = new byte[large ? pick(LARGE) : pick(SIZES)];
    random.nextBytes(data);
    int type = random.nextInt(5) == 0 ? random.nextInt() : random.nextInt(ValueType.REG_QWORD + 1);
    return RegistryValue.of(name, type, data);
  }

  private int pick(int[] sizes) {
    return sizes[random.nextInt(sizes.length)];
  }

  private String name(int longest) {
    int length = longest == 255 ? 255 : 1 + random.nextInt(longest);
    boolean latin = random.nextBoolean();
    var name = new StringBuilder();
    while (name.length() < length) {
      char unit =
          wild
              ? (char) random.nextInt(latin ? 0x100 : 0x1_0000)
              : TAME.charAt(random.nextInt(latin ? 62 : TAME.length()));
      if (unit != '\\') {
        name.append(unit);
      }
    }
    // Windows has no objection, but the tools' own output would be ambiguous.
    return wild ? name.toString() : name.toString().strip().replace(' ', '_');
  }
}
