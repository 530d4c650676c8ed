package dev.holdfast.registry.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DefaultSecurityTest {
  private static final SecurityDescriptor TOP = DefaultSecurity.ofTopKey(500, 501);
  private static final Token HOME_OWNER = Token.ofUnix(500, 501, List.of());
  private static final Token OTHER = Token.ofUnix(1000, 1000, List.of());

  @Test
  void homeOwnerAndClusterServiceMayDoAll_othersRead() {
    assertThat(most(TOP, HOME_OWNER)).isEqualTo(KeyAccess.KEY_ALL_ACCESS);
    assertThat(most(TOP, Token.CLUSTER_SERVICE)).isEqualTo(KeyAccess.KEY_ALL_ACCESS);
    assertThat(most(TOP, OTHER)).isEqualTo(KeyAccess.KEY_READ);
    assertThat(most(TOP, Token.ofUnix(0, 0, List.of()))).isEqualTo(KeyAccess.KEY_READ);
  }

  @Test
  void belowItIsTheSame_andWhoeverCreatesMayDoAllWithIt() {
    SecurityDescriptor child = Inheritance.ofSubkey(TOP, null, OTHER);
    SecurityDescriptor grandchild = Inheritance.ofSubkey(child, null, HOME_OWNER);

    assertThat(most(child, OTHER)).isEqualTo(KeyAccess.KEY_ALL_ACCESS);
    assertThat(most(child, Token.ofUnix(1001, 1001, List.of()))).isEqualTo(KeyAccess.KEY_READ);
    assertThat(most(grandchild, Token.CLUSTER_SERVICE)).isEqualTo(KeyAccess.KEY_ALL_ACCESS);
    assertThat(most(grandchild, OTHER)).isEqualTo(KeyAccess.KEY_READ);
  }

  @Test
  void itReads() {
    assertThat(TOP)
        .hasToString(
            "O:S-1-22-1-500G:S-1-22-2-501D:P(A;CI;KA;;;S-1-22-1-500)(A;CI;KA;;;%s)"
                    .formatted(Sid.CLUSTER_SERVICE)
                + "(A;CI;KR;;;WD)(A;CIIO;KA;;;CO)");
  }

  private static KeyAccess most(SecurityDescriptor descriptor, Token token) {
    return AccessCheck.check(descriptor, token, KeyAccess.MAXIMUM_ALLOWED)
            instanceof Access.Granted(KeyAccess rights)
        ? rights
        : KeyAccess.NONE;
  }
}
