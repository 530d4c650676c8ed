package dev.holdfast.registry.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InheritanceTest {
  private static final Token ALICE = Token.ofUnix(1000, 100, List.of());

  /**
   * Parent's list, what the creator gave, the new key's list; Alice is user 1000 of group 100.
   * Facts of MS-DTYP 2.5.3.4.
   */
  @ParameterizedTest(name = "{0} with {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        // To be inherited by containers; by nobody; by objects that contain nothing.
        "D:(A;CI;KR;;;WD) | | D:AI(A;CIID;KR;;;WD)",
        "D:(A;OICI;KR;;;WD) | | D:AI(A;OICIID;KR;;;WD)",
        "D:(A;CI;KR;;;WD)(A;;KA;;;WD) | | D:AI(A;CIID;KR;;;WD)",
        "D:(A;OI;KR;;;WD)(A;CI;KR;;;SY) | | D:AI(A;OIIOID;KR;;;WD)(A;CIID;KR;;;SY)",
        // Once, not further.
        "D:(A;CINP;KR;;;WD) | | D:AI(A;ID;KR;;;WD)",
        "D:(A;CINPIO;KR;;;WD) | | D:AI(A;ID;KR;;;WD)",
        "D:(A;OINP;KR;;;WD)(A;CI;KR;;;SY) | | D:AI(A;CIID;KR;;;SY)",
        // Only to be inherited: now it counts.
        "D:(D;CIIO;KW;;;WD) | | D:AI(D;CIID;KW;;;WD)",
        // Whoever creates: for the key by name, and further as it was.
        "D:(A;CIIO;KA;;;CO) | | D:AI(A;ID;KA;;;S-1-22-1-1000)(A;CIIOID;KA;;;CO)",
        "D:(A;CIIO;KR;;;CG) | | D:AI(A;ID;KR;;;S-1-22-2-100)(A;CIIOID;KR;;;CG)",
        "D:(A;CINPIO;KA;;;CO) | | D:AI(A;ID;KA;;;S-1-22-1-1000)",
        "D:(A;CIIO;KA;;;CO) | O:SYD: | D:AI(A;ID;KA;;;SY)(A;CIIOID;KA;;;CO)",
        // Generic rights likewise.
        "D:(A;CI;GA;;;SY) | | D:AI(A;ID;KA;;;SY)(A;CIIOID;GA;;;SY)",
        "D:(A;CINP;GR;;;SY) | | D:AI(A;ID;KR;;;SY)",
        // What is given comes first, what is inherited after it; what claims to be inherited, not.
        "D:(A;CI;KR;;;WD) | D:(A;;KA;;;SY) | D:AI(A;;KA;;;SY)(A;CIID;KR;;;WD)",
        "D:(D;CI;KW;;;WD) | D:(A;;KA;;;SY) | D:AI(A;;KA;;;SY)(D;CIID;KW;;;WD)",
        "D:(A;CI;KR;;;WD) | D:(A;CIID;KA;;;BA)(A;;KA;;;SY) | D:AI(A;;KA;;;SY)(A;CIID;KR;;;WD)",
        "D:(A;;KR;;;WD) | D:(A;CI;GA;;;CO) | D:AI(A;;KA;;;S-1-22-1-1000)(A;CIIO;GA;;;CO)",
        "D:(A;;KR;;;WD) | D:(A;;GR;;;CG) | D:AI(A;;KR;;;S-1-22-2-100)",
        "D:(A;;KR;;;WD) | D: | D:AI",
        "D:(A;CI;KR;;;WD) | D: | D:AI(A;CIID;KR;;;WD)",
        // Protected: only what is given.
        "D:(A;CI;KR;;;WD) | D:P(A;;KA;;;SY) | D:P(A;;KA;;;SY)",
        "D:(A;CI;KR;;;WD) | D:P | D:P",
        // A null list was asked for, and is to be had.
        "D:(A;CI;KR;;;WD) | D:NO_ACCESS_CONTROL | D:AINO_ACCESS_CONTROL",
        // Inherited ones of the parent go on, after its own.
        "D:(A;CI;KA;;;SY)(A;CIID;KR;;;WD) | | D:AI(A;CIID;KA;;;SY)(A;CIID;KR;;;WD)",
        // A sort that is not understood is passed on as it is.
        "D:(0x9;CI;01000000)(A;CI;KR;;;WD) | | D:AI(0x9;CIID;01000000)(A;CIID;KR;;;WD)"
      })
  void ofSubkey_byTheTable(String parent, @Nullable String given, String expected)
      throws Exception {
    SecurityDescriptor child =
        Inheritance.ofSubkey(Sddl.parse(parent), given == null ? null : Sddl.parse(given), ALICE);

    assertThat(Sddl.format(child).substring(Sddl.format(child).indexOf("D:"))).isEqualTo(expected);
  }

  @Test
  void ownerAndGroup_areTheCreatorsUnlessGiven() throws Exception {
    SecurityDescriptor parent = Sddl.parse("O:SYG:SYD:(A;CI;KR;;;WD)");

    SecurityDescriptor own = Inheritance.ofSubkey(parent, null, ALICE);
    SecurityDescriptor given = Inheritance.ofSubkey(parent, Sddl.parse("O:BAG:BU"), ALICE);

    assertThat(own.owner()).isEqualTo(Sid.ofUser(1000));
    assertThat(own.group()).isEqualTo(Sid.ofGroup(100));
    assertThat(given.owner()).isEqualTo(Sid.BUILTIN_ADMINISTRATORS);
    assertThat(given.group()).isEqualTo(Sid.BUILTIN_USERS);
    assertThat(given.dacl()).isEqualTo(own.dacl());
  }

  @Test
  void nothingGivenAndNothingInherited_leavesOwnerAndClusterService() throws Exception {
    for (String parent : List.of("D:(A;;KR;;;WD)", "D:", "D:NO_ACCESS_CONTROL", "")) {
      SecurityDescriptor child = Inheritance.ofSubkey(Sddl.parse(parent), null, ALICE);

      assertThat(child.dacl())
          .isEqualTo(
              Acl.of(
                  Ace.Entry.allow(0, KeyAccess.KEY_ALL_ACCESS, Sid.ofUser(1000)),
                  Ace.Entry.allow(0, KeyAccess.KEY_ALL_ACCESS, Sid.CLUSTER_SERVICE)));
    }
  }

  @Test
  void theSystemListIsInheritedLikewise() throws Exception {
    SecurityDescriptor parent = Sddl.parse("D:(A;CI;KR;;;WD)S:(AU;CISAFA;KA;;;WD)(ML;CI;NW;;;LW)");

    assertThat(Inheritance.ofSubkey(parent, null, ALICE))
        .hasToString(
            "O:S-1-22-1-1000G:S-1-22-2-100D:AI(A;CIID;KR;;;WD)"
                + "S:AI(AU;CIIDSAFA;KA;;;WD)(ML;CIID;NW;;;LW)");
    assertThat(Inheritance.ofSubkey(parent, Sddl.parse("S:P"), ALICE).toString()).endsWith("S:P");
    assertThat(
            Inheritance.ofSubkey(Sddl.parse("D:(A;CI;KR;;;WD)"), null, ALICE)
                .has(SecurityDescriptor.SACL_PRESENT))
        .isFalse();
  }

  @Test
  void afterTheParentChanged_theChildKeepsItsOwnAndTakesTheNew() throws Exception {
    SecurityDescriptor child =
        Inheritance.ofSubkey(Sddl.parse("D:(A;CI;KR;;;WD)"), Sddl.parse("D:(A;;KA;;;SY)"), ALICE);

    SecurityDescriptor after =
        Inheritance.ofSubkey(Sddl.parse("D:(A;CI;KR;;;AU)"), child, Token.ofUnix(0, 0, List.of()));

    assertThat(after).hasToString("O:S-1-22-1-1000G:S-1-22-2-100D:AI(A;;KA;;;SY)(A;CIID;KR;;;AU)");
  }

  /** Doing it again changes nothing, and what is inherited is always after what is not. */
  @ParameterizedTest
  @ValueSource(longs = {401, 402, 403})
  void inheritingAgainFromTheSameParentChangesNothing(long seed) {
    var descriptors = new RandomDescriptors(new Random(seed));
    for (int i = 0; i < 1_000; i++) {
      SecurityDescriptor parent = descriptors.sayable();
      SecurityDescriptor given = ownedBySomebody(descriptors.sayable());

      SecurityDescriptor child = Inheritance.ofSubkey(parent, given, ALICE);

      assertThat(Inheritance.ofSubkey(parent, child, ALICE))
          .as("seed %d: %s with %s", seed, parent, given)
          .isEqualTo(child);
      assertThat(flagsOf(child.dacl())).as("seed %d", seed).isSorted();
    }
  }

  /** Nobody real owns a key as the creator, whoever that will be. */
  private static SecurityDescriptor ownedBySomebody(SecurityDescriptor descriptor) {
    return new SecurityDescriptor(
        descriptor.control(),
        0,
        Sid.ofUser(7),
        Sid.ofGroup(7),
        descriptor.sacl(),
        descriptor.dacl());
  }

  private static List<Boolean> flagsOf(@Nullable Acl acl) {
    return acl == null
        ? List.of()
        : acl.aces().stream().map(ace -> ace.has(Ace.INHERITED)).toList();
  }
}
