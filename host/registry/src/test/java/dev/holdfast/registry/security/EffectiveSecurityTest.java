package dev.holdfast.registry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Snapshot;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EffectiveSecurityTest {
  private static final SecurityDescriptor OF_ROOT = DefaultSecurity.ofTopKey(1_000, 100);
  private static final String OWN = "O:S-1-22-1-7G:S-1-22-2-7D:(A;CI;KR;;;WD)(A;;KA;;;S-1-22-1-7)";

  @Test
  void aHiveWithoutAny_hasThoseOfItsRootHandedDown() throws Exception {
    Snapshot snapshot = Snapshot.EMPTY.apply(Batch.builder().createKey("a\\b").build());

    assertThat(of(snapshot, "")).isEqualTo(OF_ROOT);
    assertThat(of(snapshot, "a\\b")).isEqualTo(handedDown(handedDown(OF_ROOT)));
    assertThat(of(snapshot, "a\\b").owner()).isEqualTo(OF_ROOT.owner());
  }

  @Test
  void aKeyWithoutOne_hasWhatTheNearestAboveHandsDown() throws Exception {
    SecurityDescriptor own = Sddl.parse(OWN);
    KeyOptions secured = KeyOptions.PLAIN.withSecurity(DescriptorBytes.of(own.encode()));
    Snapshot snapshot =
        Snapshot.EMPTY.apply(
            Batch.builder().createKey("a\\b", secured).createKey("a\\b\\c\\d").build());

    assertThat(of(snapshot, "a")).isEqualTo(handedDown(OF_ROOT));
    assertThat(of(snapshot, "a\\b")).isEqualTo(own);
    assertThat(of(snapshot, "a\\b\\c").toString())
        .isEqualTo("O:S-1-22-1-7G:S-1-22-2-7D:AI(A;CIID;KR;;;WD)");
    assertThat(of(snapshot, "a\\b\\c\\d")).isEqualTo(of(snapshot, "a\\b\\c"));
    assertThat(of(snapshot, "a\\b\\none")).as("not there").isEqualTo(of(snapshot, "a\\b\\c"));
  }

  @Test
  void bytesThatAreNoDescriptor_areSaid() throws Exception {
    Snapshot snapshot =
        Snapshot.EMPTY.apply(
            Batch.builder()
                .createKey("a", KeyOptions.PLAIN.withSecurity(DescriptorBytes.of(new byte[20])))
                .build());

    assertThatExceptionOfType(MalformedDescriptorException.class)
        .isThrownBy(() -> of(snapshot, "a\\b"));
  }

  private static SecurityDescriptor of(Snapshot snapshot, String path)
      throws MalformedDescriptorException {
    return EffectiveSecurity.of(snapshot.root(), KeyPath.of(path), OF_ROOT);
  }

  private static SecurityDescriptor handedDown(SecurityDescriptor parent) {
    Sid owner = Objects.requireNonNull(parent.owner());
    Sid group = Objects.requireNonNull(parent.group());
    return Inheritance.ofSubkey(parent, null, new Token(owner, group, Set.of()));
  }
}
