package dev.holdfast.registry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyAccessTest {
  /** The numbers are in mscs.md 6.2 and in every winnt.h. */
  @Test
  void combinationsAreMadeOfTheirParts() {
    KeyAccess read =
        KeyAccess.READ_CONTROL
            .with(KeyAccess.KEY_QUERY_VALUE)
            .with(KeyAccess.KEY_ENUMERATE_SUB_KEYS)
            .with(KeyAccess.KEY_NOTIFY);
    KeyAccess write =
        KeyAccess.READ_CONTROL.with(KeyAccess.KEY_SET_VALUE).with(KeyAccess.KEY_CREATE_SUB_KEY);

    assertThat(KeyAccess.KEY_READ).isEqualTo(read);
    assertThat(KeyAccess.KEY_WRITE).isEqualTo(write);
    assertThat(KeyAccess.KEY_ALL_ACCESS)
        .isEqualTo(
            read.with(write)
                .with(KeyAccess.KEY_CREATE_LINK)
                .with(KeyAccess.DELETE)
                .with(KeyAccess.WRITE_DAC)
                .with(KeyAccess.WRITE_OWNER));
  }

  @Test
  void mapped_replacesGenericRightsAndKeepsTheOthers() {
    assertThat(KeyAccess.GENERIC_READ.mapped()).isEqualTo(KeyAccess.KEY_READ);
    assertThat(KeyAccess.GENERIC_EXECUTE.mapped()).isEqualTo(KeyAccess.KEY_EXECUTE);
    assertThat(KeyAccess.GENERIC_ALL.mapped()).isEqualTo(KeyAccess.KEY_ALL_ACCESS);
    assertThat(KeyAccess.GENERIC_WRITE.with(KeyAccess.DELETE).mapped())
        .isEqualTo(KeyAccess.KEY_WRITE.with(KeyAccess.DELETE));
    assertThat(KeyAccess.KEY_SET_VALUE.mapped()).isEqualTo(KeyAccess.KEY_SET_VALUE);
  }

  @Test
  void toString_namesThem() {
    assertThat(KeyAccess.KEY_EXECUTE).hasToString("KEY_READ");
    assertThat(KeyAccess.KEY_SET_VALUE.with(KeyAccess.DELETE)).hasToString("KEY_SET_VALUE|DELETE");
    assertThat(KeyAccess.KEY_NOTIFY.with(new KeyAccess(0x0010_0040)))
        .hasToString("KEY_NOTIFY|0x100040");
    assertThat(KeyAccess.NONE).hasToString("no rights");
  }

  @Test
  void rightsAreReadAsTheyAreWritten_andByShortNames() {
    assertThat(KeyAccess.parse("read")).isEqualTo(KeyAccess.KEY_READ);
    assertThat(KeyAccess.parse("KA")).isEqualTo(KeyAccess.KEY_ALL_ACCESS);
    assertThat(KeyAccess.parse("key_set_value, DELETE"))
        .isEqualTo(KeyAccess.KEY_SET_VALUE.with(KeyAccess.DELETE));
    KeyAccess some = KeyAccess.KEY_NOTIFY.with(KeyAccess.WRITE_DAC);
    assertThat(KeyAccess.parse(some.toString())).isEqualTo(some);
    assertThatThrownBy(() -> KeyAccess.parse("read,lick"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("\"lick\" is no right to a key");
    assertThatThrownBy(() -> KeyAccess.parse("")).isInstanceOf(IllegalArgumentException.class);
  }
}
