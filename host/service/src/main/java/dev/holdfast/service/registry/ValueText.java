package dev.holdfast.service.registry;

import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.RegistryBatch;
import dev.holdfast.service.api.RegistryValueView;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Registry values as people read and write them. */
final class ValueText {
  private static final HexFormat HEX = HexFormat.of();

  private ValueText() {}

  static RegistryValueView view(RegistryValue value) {
    String bytes = HEX.formatHex(value.bytes());
    return new RegistryValueView(
        value.name(), ValueType.name(value.type()), data(value, bytes), bytes);
  }

  /** What it says; its bytes where what is said would not lead back to them. */
  private static Object data(RegistryValue value, String bytes) {
    return switch (value.type()) {
      case ValueType.REG_SZ ->
          RegistryValue.sz("", value.text()).buffer().equals(value.buffer()) ? value.text() : bytes;
      case ValueType.REG_EXPAND_SZ ->
          RegistryValue.expandSz("", value.text()).buffer().equals(value.buffer())
              ? value.text()
              : bytes;
      case ValueType.REG_MULTI_SZ -> {
        List<String> texts = value.texts();
        yield texts.stream().noneMatch(String::isEmpty)
                && RegistryValue.multiSz("", texts).buffer().equals(value.buffer())
            ? texts
            : bytes;
      }
      case ValueType.REG_DWORD ->
          value.sizeBytes() == Integer.BYTES ? value.number() & 0xFFFF_FFFFL : bytes;
      case ValueType.REG_QWORD ->
          value.sizeBytes() == Long.BYTES ? Long.toUnsignedString(value.number()) : bytes;
      default -> bytes;
    };
  }

  /** The value that is asked for. */
  static RegistryValue value(RegistryBatch.Value asked) {
    String name = asked.name() == null ? "" : asked.name();
    try {
      int type = type(asked.type());
      return asked.bytes() == null
          ? ofData(name, type, asked.data() == null ? List.of() : asked.data())
          : RegistryValue.of(name, type, HEX.parseHex(asked.bytes()));
    } catch (IllegalArgumentException e) {
      throw new ApiException.Usage(
          "BadValue",
          "The value \"%s\" cannot be set so: %s."
              .formatted(name.isEmpty() ? "(Default)" : name, e.getMessage()));
    }
  }

  private static int type(@Nullable String text) {
    if (text == null) {
      return ValueType.REG_SZ;
    }
    OptionalInt named =
        IntStream.rangeClosed(ValueType.REG_NONE, ValueType.REG_QWORD)
            .filter(type -> ValueType.name(type).equalsIgnoreCase(text))
            .findFirst();
    if (named.isPresent()) {
      return named.getAsInt();
    }
    try {
      return Integer.parseUnsignedInt(
          text.toLowerCase(Locale.ROOT).startsWith("0x") ? text.substring(2) : text,
          text.toLowerCase(Locale.ROOT).startsWith("0x") ? 16 : 10);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no type; types are REG_SZ, REG_DWORD and so on, or a number", e);
    }
  }

  private static RegistryValue ofData(String name, int type, List<String> data) {
    return switch (type) {
      case ValueType.REG_SZ -> RegistryValue.sz(name, one(data, type));
      case ValueType.REG_EXPAND_SZ -> RegistryValue.expandSz(name, one(data, type));
      case ValueType.REG_MULTI_SZ -> RegistryValue.multiSz(name, data);
      case ValueType.REG_DWORD -> RegistryValue.dword(name, (int) number(one(data, type), 32));
      case ValueType.REG_QWORD -> RegistryValue.qword(name, number(one(data, type), 64));
      default -> RegistryValue.of(name, type, HEX.parseHex(one(data, type)));
    };
  }

  private static String one(List<String> data, int type) {
    if (data.size() > 1) {
      throw new IllegalArgumentException(
          "%s has one piece of data, found %d".formatted(ValueType.name(type), data.size()));
    }
    return data.isEmpty() ? "" : data.getFirst();
  }

  /** Decimal, or hexadecimal behind 0x; nothing is 0, as for reg.exe. */
  private static long number(String text, int bits) {
    if (text.isEmpty()) {
      return 0;
    }
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    try {
      long number = Long.parseUnsignedLong(hex ? text.substring(2) : text, hex ? 16 : 10);
      if (bits == Integer.SIZE && number >>> Integer.SIZE != 0) {
        throw new NumberFormatException("too large");
      }
      return number;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "\"%s\" is no number of %d bits, decimal or behind 0x hexadecimal".formatted(text, bits),
          e);
    }
  }
}
