package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryValueTest {
  @Test
  void textIsUtf16WithItsTerminator() {
    assertThat(RegistryValue.sz("n", "aж").bytes()).containsExactly('a', 0, 0x36, 4, 0, 0);
    assertThat(RegistryValue.sz("n", "aж").text()).isEqualTo("aж");
    assertThat(RegistryValue.expandSz("n", "").text()).isEmpty();
  }

  @Test
  void textIsReadWithoutTerminatorAndWithAnOddByte() {
    assertThat(value(ValueType.REG_SZ, 'a', 0, 'b', 0).text()).isEqualTo("ab");
    assertThat(value(ValueType.REG_SZ, 'a', 0, 'b').text()).isEqualTo("a");
    assertThat(value(ValueType.REG_SZ, 'a', 0, 0, 0, 'b', 0).text()).isEqualTo("a");
    assertThat(value(ValueType.REG_SZ).text()).isEmpty();
  }

  @Test
  void textsRoundTrip_andAreReadUnterminated() {
    assertThat(RegistryValue.multiSz("n", "one", "two").texts()).containsExactly("one", "two");
    assertThat(RegistryValue.multiSz("n", List.of()).bytes()).containsExactly(0, 0);
    assertThat(RegistryValue.multiSz("n", List.of()).texts()).isEmpty();
    assertThat(value(ValueType.REG_MULTI_SZ, 'a', 0, 0, 0, 'b', 0).texts())
        .containsExactly("a", "b");
  }

  @Test
  void multiSz_withAnEmptyText_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> RegistryValue.multiSz("n", "a", ""));
  }

  @Test
  void numbersRoundTripUnsigned() {
    assertThat(RegistryValue.dword("n", -1).number()).isEqualTo(0xFFFF_FFFFL);
    assertThat(RegistryValue.dword("n", 1).bytes()).containsExactly(1, 0, 0, 0);
    assertThat(RegistryValue.qword("n", -2).number()).isEqualTo(-2);
    assertThat(value(ValueType.REG_DWORD_BIG_ENDIAN, 0, 0, 1, 2).number()).isEqualTo(258);
  }

  @Test
  void anyTypeKeepsItsExactBytes() {
    RegistryValue odd = value(0xFFFF_0011, 1, 2, 3);

    assertThat(odd.type()).isEqualTo(0xFFFF_0011);
    assertThat(odd.bytes()).containsExactly(1, 2, 3);
    assertThat(ValueType.name(odd.type())).isEqualTo("0xffff0011");
  }

  @Test
  void readingAsWhatItIsNot_saysWhatItIs() {
    assertThatIllegalStateException()
        .isThrownBy(() -> value(ValueType.REG_DWORD, 1, 2, 3).number())
        .withMessageContaining("\"n\" is not a number: it is a REG_DWORD of 3 bytes");
    assertThatIllegalStateException().isThrownBy(() -> RegistryValue.dword("n", 1).text());
  }

  @Test
  void whatIsGivenOrTakenIsACopy() {
    byte[] bytes = {1, 2, 3};
    RegistryValue value = RegistryValue.binary("n", bytes);
    bytes[0] = 9;
    value.bytes()[1] = 9;

    assertThat(value.bytes()).containsExactly(1, 2, 3);
    assertThat(value.buffer().isReadOnly()).isTrue();
  }

  @Test
  void limitsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegistryValue.dword("x".repeat(16_384), 1))
        .withMessageContaining("at most 16,383")
        .withMessageContaining("VALUE_NAME_CHARS_MAX");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegistryValue.binary("big", new byte[(16 << 20) + 1]))
        .withMessageContaining("16,777,217")
        .withMessageContaining("VALUE_BYTES_MAX");
  }

  @Test
  void toStringNeverShowsTheData() {
    assertThat(RegistryValue.sz("Password", "hunter2")).hasToString("Password REG_SZ (16 bytes)");
  }

  private static RegistryValue value(int type, int... bytes) {
    var data = new byte[bytes.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) bytes[i];
    }
    return RegistryValue.of("n", type, data);
  }
}
