package dev.holdfast.checkpoint;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Tells two trees of registry keys apart, key by key and value by value. */
public final class KeyDiff {
  /** So many bytes of a value are shown. */
  private static final int SHOWN_BYTES_MAX = 64;

  private static final int SHOWN_CHARS_MAX = 256;

  private final Function<DescriptorBytes, String> security;
  private final List<Difference> differences = new ArrayList<>();

  private KeyDiff(Function<DescriptorBytes, String> security) {
    this.security = security;
  }

  /**
   * What differs, in the order of names. Below a key that is there on one side only, its values are
   * told as well.
   *
   * @param security tells a descriptor to people
   */
  public static List<Difference> between(
      RegistryKey from, RegistryKey to, Function<DescriptorBytes, String> security) {
    var diff = new KeyDiff(security);
    diff.keys("", from, to);
    return List.copyOf(diff.differences);
  }

  private void keys(String where, @Nullable RegistryKey from, @Nullable RegistryKey to) {
    if (from == null || to == null) {
      add(where, "", from == null ? null : "key", to == null ? null : "key");
    } else {
      add(where, "class", shown(from.className()), shown(to.className()));
      add(where, "link", from.isLink() ? "yes" : null, to.isLink() ? "yes" : null);
      add(where, "security", security(from), security(to));
    }
    values(where, from, to);
    var names = new TreeMap<String, RegistryKey[]>(NameOrder.IGNORING_CASE);
    collect(names, from, 0);
    collect(names, to, 1);
    names.forEach(
        (name, pair) -> {
          if (pair[0] != pair[1]) {
            keys(where.isEmpty() ? name : where + "\\" + name, pair[0], pair[1]);
          }
        });
  }

  private static void collect(
      Map<String, RegistryKey[]> names, @Nullable RegistryKey key, int side) {
    if (key != null) {
      key.durableSubkeys()
          .forEach(
              each -> names.computeIfAbsent(each.name(), _ -> new RegistryKey[2])[side] = each);
    }
  }

  private void values(String where, @Nullable RegistryKey from, @Nullable RegistryKey to) {
    List<String> names =
        StreamSupport.stream(Arrays.asList(from, to).spliterator(), false)
            .filter(Objects::nonNull)
            .flatMap(key -> StreamSupport.stream(key.values().spliterator(), false))
            .map(RegistryValue::name)
            .sorted(Comparator.comparing(Function.identity(), NameOrder.IGNORING_CASE))
            .toList();
    @Nullable String last = null;
    for (String name : names) {
      if (last != null && NameOrder.same(last, name)) {
        continue;
      }
      last = name;
      RegistryValue before = from == null ? null : from.value(name).orElse(null);
      RegistryValue after = to == null ? null : to.value(name).orElse(null);
      if (!Objects.equals(before, after)) {
        differences.add(
            new Difference(
                where,
                name.isEmpty() ? "(default)" : name,
                before == null ? null : text(before),
                after == null ? null : text(after)));
      }
    }
  }

  private void add(String where, String what, @Nullable String from, @Nullable String to) {
    if (!Objects.equals(from, to)) {
      differences.add(new Difference(where, what, from, to));
    }
  }

  private @Nullable String security(RegistryKey key) {
    return key.security().map(security).orElse(null);
  }

  private static @Nullable String shown(String text) {
    return text.isEmpty() ? null : text;
  }

  private static String text(RegistryValue value) {
    return ValueType.name(value.type()) + " " + data(value);
  }

  private static String data(RegistryValue value) {
    return switch (value.type()) {
      case ValueType.REG_SZ, ValueType.REG_EXPAND_SZ -> bounded(value.text());
      case ValueType.REG_MULTI_SZ -> bounded(String.join(", ", value.texts()));
      case ValueType.REG_DWORD ->
          value.sizeBytes() == Integer.BYTES
              ? Long.toString(value.number() & 0xFFFF_FFFFL)
              : hex(value.bytes());
      case ValueType.REG_QWORD ->
          value.sizeBytes() == Long.BYTES
              ? Long.toUnsignedString(value.number())
              : hex(value.bytes());
      default -> hex(value.bytes());
    };
  }

  private static String bounded(String text) {
    return text.length() <= SHOWN_CHARS_MAX
        ? text
        : "%s… (%,d characters)".formatted(text.substring(0, SHOWN_CHARS_MAX), text.length());
  }

  private static String hex(byte[] bytes) {
    HexFormat format = HexFormat.of();
    return bytes.length <= SHOWN_BYTES_MAX
        ? format.formatHex(bytes)
        : "%s… (%,d bytes)".formatted(format.formatHex(bytes, 0, SHOWN_BYTES_MAX), bytes.length);
  }
}
