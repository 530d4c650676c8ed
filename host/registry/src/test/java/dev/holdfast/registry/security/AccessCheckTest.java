package dev.holdfast.registry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessCheckTest {
  private static final Token ROOT = Token.ofUnix(0, 0, List.of());
  private static final Token ALICE = Token.ofUnix(1000, 1000, List.of(100L, 27L));

  /**
   * Facts of MS-DTYP 2.5.3.2 and of mscs.md 6.2; Alice is user 1000 in the groups 1000, 100 and 27.
   * The last column: what she gets, or denied.
   */
  @ParameterizedTest(name = "{0} wanting {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        // Everything when there is no list, nothing when it is empty.
        "O:SY | 0xf003f | 0xf003f",
        "D:NO_ACCESS_CONTROL | 0xf003f | 0xf003f",
        "D: | 0x1 | denied",
        "D: | 0x20000 | denied",
        // Who is meant: the user, each group, everyone; nobody else.
        "D:(A;;KR;;;S-1-22-1-1000) | 0x20019 | 0x20019",
        "D:(A;;KR;;;S-1-22-2-27) | 0x1 | 0x1",
        "D:(A;;KR;;;WD) | 0x1 | 0x1",
        "D:(A;;KR;;;AU) | 0x1 | 0x1",
        "D:(A;;KR;;;S-1-22-1-1001) | 0x1 | denied",
        "D:(A;;KR;;;S-1-22-2-0) | 0x1 | denied",
        "D:(A;;KA;;;BA)(A;;KA;;;SY)(A;;KA;;;BU)(A;;KA;;;CO) | 0x1 | denied",
        // All or nothing, put together of several entries.
        "D:(A;;KR;;;WD) | 0x3 | denied",
        "D:(A;;0x1;;;WD)(A;;0x2;;;S-1-22-1-1000) | 0x3 | 0x3",
        // The first entry that speaks of a right decides.
        "D:(D;;0x2;;;WD)(A;;KA;;;WD) | 0x2 | denied",
        "D:(A;;KA;;;WD)(D;;0x2;;;WD) | 0x2 | 0x2",
        "D:(D;;0x2;;;WD)(A;;KA;;;WD) | 0x1 | 0x1",
        "D:(D;;KA;;;S-1-22-2-27)(A;;KA;;;S-1-22-1-1000) | 0x1 | denied",
        "D:(D;;KA;;;S-1-22-2-99)(A;;KA;;;S-1-22-1-1000) | 0x1 | 0x1",
        // Only to be inherited: not there for the key itself. Inherited: like any other.
        "D:(A;CIIO;KA;;;WD) | 0x1 | denied",
        "D:(D;CIIO;KA;;;WD)(A;;KA;;;WD) | 0x1 | 0x1",
        "D:(A;CIID;KR;;;WD) | 0x1 | 0x1",
        // The owner reads and writes the list, and nothing more; also a group can own.
        "O:S-1-22-1-1000D: | 0x60000 | 0x60000",
        "O:S-1-22-1-1000D: | 0x60001 | denied",
        "O:S-1-22-1-1000D: | 0x80000 | denied",
        "O:S-1-22-1-1000D:(D;;KA;;;WD) | 0x60000 | 0x60000",
        "O:S-1-22-2-27D: | 0x20000 | 0x20000",
        // Unless an entry speaks of the owner's rights, and is not only to be inherited.
        "O:S-1-22-1-1000D:(A;;0x1;;;OW) | 0x20000 | denied",
        "O:S-1-22-1-1000D:(A;;0x1;;;OW) | 0x1 | 0x1",
        "O:S-1-22-1-1000D:(A;CIIO;0x1;;;OW) | 0x20000 | 0x20000",
        "O:S-1-22-1-1001D:(A;;0x1;;;OW) | 0x1 | denied",
        // Generic rights, in the question and in the entry.
        "D:(A;;KR;;;WD) | 0x80000000 | 0x20019",
        "D:(A;;GR;;;WD) | 0x1 | 0x1",
        "D:(A;;GA;;;WD) | 0xf003f | 0xf003f",
        "D:(A;;KR;;;WD) | 0x40000000 | denied",
        // The flags for the view are no rights.
        "D:(A;;KR;;;WD) | 0x20119 | 0x20019",
        "D:(A;;KR;;;WD) | 0x20219 | 0x20019",
        // All that can be had, alone and beside what must be had.
        "D:(A;;KR;;;WD)(D;;0x8;;;WD)(A;;0x2;;;S-1-22-1-1000) | 0x2000000 | 0x2001b",
        "D:(D;;0x8;;;WD)(A;;KR;;;WD) | 0x2000000 | 0x20011",
        "D:(D;;0x8;;;WD)(A;;KR;;;WD) | 0x2000008 | denied",
        "D:(D;;0x8;;;WD)(A;;KR;;;WD) | 0x2000001 | 0x20011",
        "O:S-1-22-1-1000D: | 0x2000000 | 0x60000",
        "D: | 0x2000000 | denied",
        "D:NO_ACCESS_CONTROL | 0x2000000 | 0xf003f",
        // What no entry and no missing list gives.
        "D:NO_ACCESS_CONTROL | 0x1000000 | denied",
        "D:(A;;0xffffffff;;;WD) | 0x1000000 | denied",
        "D:NO_ACCESS_CONTROL | 0x0 | denied",
        // Entries of other sorts grant nothing; those that deny, deny everybody.
        "D:(AU;SAFA;KA;;;WD)(ML;;NW;;;LW) | 0x1 | denied",
        "D:(0x9;;3f000f00) | 0x1 | denied",
        "D:(0xa;;02000000)(A;;KA;;;WD) | 0x2 | denied",
        "D:(0xa;;02000000)(A;;KA;;;WD) | 0x1 | 0x1",
        "D:(0x6;;)(A;;KA;;;WD) | 0x1 | denied",
        "D:(0xa;IO;02000000)(A;;KA;;;WD) | 0x2 | 0x2"
      })
  void check_byTheTable(String sddl, String desired, String expected) throws Exception {
    Access access = AccessCheck.check(Sddl.parse(sddl), ALICE, access(desired));

    if (expected.equals("denied")) {
      assertThat(access).isInstanceOf(Access.Denied.class);
    } else {
      assertThat(access).isEqualTo(new Access.Granted(access(expected)));
    }
  }

  @Test
  void rootIsAUserLikeAnyOther() throws Exception {
    SecurityDescriptor forgetsRoot = Sddl.parse("O:S-1-22-1-1000D:(A;;KA;;;S-1-22-1-1000)");

    assertThat(AccessCheck.check(forgetsRoot, ROOT, KeyAccess.KEY_QUERY_VALUE))
        .isInstanceOf(Access.Denied.class);
    assertThat(AccessCheck.check(forgetsRoot, ROOT, KeyAccess.MAXIMUM_ALLOWED))
        .isInstanceOf(Access.Denied.class);
    assertThat(AccessCheck.check(forgetsRoot, ROOT, KeyAccess.WRITE_OWNER))
        .isInstanceOf(Access.Denied.class);
  }

  /** Q192493: the setup program forgot the service's account in the list of a key. */
  @Test
  void theClusterServiceIsDeniedWhereItIsForgotten_alsoWhenItRunsAsTheOwner() throws Exception {
    SecurityDescriptor forgetsTheService = Sddl.parse("O:S-1-22-1-0D:(A;CI;KA;;;S-1-22-1-0)");

    Access access = AccessCheck.check(forgetsTheService, Token.CLUSTER_SERVICE, KeyAccess.KEY_READ);

    assertThat(access)
        .isInstanceOfSatisfying(
            Access.Denied.class,
            denied ->
                assertThat(denied.explanation())
                    .isEqualTo(
                        "access denied: %s asked for KEY_READ; no entry grants KEY_READ"
                            .formatted(Sid.CLUSTER_SERVICE)));
  }

  @Test
  void aDenialSaysWhichEntryDeniedAndWhatNothingGrants() throws Exception {
    SecurityDescriptor descriptor =
        Sddl.parse("D:(A;;0x1;;;WD)(D;CI;0x2;;;S-1-22-2-27)(D;;0x6;;;S-1-22-1-1000)");

    Access access =
        AccessCheck.check(descriptor, ALICE, KeyAccess.KEY_WRITE.with(KeyAccess.KEY_QUERY_VALUE));

    assertThat(access)
        .isInstanceOfSatisfying(
            Access.Denied.class,
            denied -> {
              assertThat(denied.refusals())
                  .extracting(Access.Refusal::place, Access.Refusal::rights)
                  .containsExactly(
                      tuple(2, KeyAccess.KEY_SET_VALUE), tuple(3, KeyAccess.KEY_CREATE_SUB_KEY));
              assertThat(denied.ungranted()).isEqualTo(KeyAccess.READ_CONTROL);
              assertThat(denied.explanation())
                  .isEqualTo(
                      "access denied: S-1-22-1-1000 asked for KEY_QUERY_VALUE|KEY_SET_VALUE"
                          + "|KEY_CREATE_SUB_KEY|READ_CONTROL; entry 2,"
                          + " (D;CI;0x2;;;S-1-22-2-27), denies KEY_SET_VALUE; entry 3,"
                          + " (D;;0x6;;;S-1-22-1-1000), denies KEY_CREATE_SUB_KEY; no entry grants"
                          + " READ_CONTROL");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "D: | 0x1 | its list of entries is empty",
        "D:(A;;KA;;;WD) | 0x0 | no right was asked for",
        "D:(A;;KA;;;BA) | 0x2000000 | nothing can be given",
        "D:(A;;KA;;;WD) | 0x1000000 | takes a privilege that nobody has"
      })
  void aDenialSaysWhatIsOddAboutIt(String sddl, String desired, String note) throws Exception {
    Access access = AccessCheck.check(Sddl.parse(sddl), ALICE, access(desired));

    assertThat(access)
        .isInstanceOfSatisfying(
            Access.Denied.class, denied -> assertThat(denied.explanation()).contains(note));
  }

  @Test
  void everybodyIsInEveryone() {
    assertThat(Token.CLUSTER_SERVICE.is(Sid.EVERYONE)).isTrue();
    assertThat(ALICE.is(Sid.EVERYONE)).isTrue();
    assertThat(ALICE.is(Sid.AUTHENTICATED_USERS)).isTrue();
    assertThat(ALICE.is(Sid.ofUser(27))).isFalse();
    assertThat(ALICE.groups()).contains(Sid.ofGroup(1000), Sid.ofGroup(100), Sid.ofGroup(27));
  }

  /** The algorithm as MS-DTYP tells it, for a question without MAXIMUM_ALLOWED. */
  @ParameterizedTest
  @ValueSource(longs = {301, 302, 303, 304})
  void theOutcomeIsThatOfTheSpecifiedLoop(long seed) {
    var random = new Random(seed);
    var descriptors = new RandomDescriptors(random);
    int granted = 0;
    for (int i = 0; i < 5_000; i++) {
      SecurityDescriptor descriptor = descriptors.sayable();
      var token = new Token(descriptors.sid(), descriptors.sid(), Set.of(descriptors.sid()));
      int desired = descriptors.mask() & KeyAccess.KEY_ALL_ACCESS.mask();
      if (desired == 0) {
        continue;
      }

      Access access = AccessCheck.check(descriptor, token, new KeyAccess(desired));

      boolean expected = specified(descriptor, token, desired);
      assertThat(access instanceof Access.Granted)
          .as("seed %d: %s wants 0x%x of %s", seed, token, desired, descriptor)
          .isEqualTo(expected);
      granted += expected ? 1 : 0;
    }
    assertThat(granted).isBetween(500, 4_500);
  }

  /** What is said to be the most is granted when asked for by name, and one right more is not. */
  @ParameterizedTest
  @ValueSource(longs = {311, 312})
  void theMaximumIsExactlyWhatCanBeHad(long seed) {
    var descriptors = new RandomDescriptors(new Random(seed));
    for (int i = 0; i < 2_000; i++) {
      SecurityDescriptor descriptor = descriptors.sayable();
      var token = new Token(descriptors.sid(), descriptors.sid(), Set.of(descriptors.sid()));

      KeyAccess most =
          AccessCheck.check(descriptor, token, KeyAccess.MAXIMUM_ALLOWED)
                  instanceof Access.Granted(KeyAccess rights)
              ? rights
              : KeyAccess.NONE;

      for (int bit = 1; bit != 0 && bit <= KeyAccess.KEY_ALL_ACCESS.mask(); bit <<= 1) {
        var right = new KeyAccess(bit);
        if (KeyAccess.KEY_ALL_ACCESS.contains(right)) {
          assertThat(AccessCheck.check(descriptor, token, right) instanceof Access.Granted)
              .as("seed %d: %s of %s", seed, right, descriptor)
              .isEqualTo(most.contains(right));
        }
      }
    }
  }

  private static boolean specified(SecurityDescriptor descriptor, Token token, int desired) {
    Acl dacl = descriptor.dacl();
    if (dacl == null) {
      return true;
    }
    int remaining = desired;
    Sid owner = descriptor.owner();
    boolean owns = owner != null && token.is(owner);
    boolean replaced =
        dacl.aces().stream()
            .anyMatch(
                ace ->
                    ace instanceof Ace.Entry entry
                        && entry.sid().equals(Sid.OWNER_RIGHTS)
                        && (entry.flags() & Ace.INHERIT_ONLY) == 0);
    if (owns && !replaced) {
      remaining &= ~0x60000;
    }
    for (Ace ace : dacl.aces()) {
      if ((ace.flags() & Ace.INHERIT_ONLY) != 0) {
        continue;
      }
      if (ace instanceof Ace.Opaque opaque) {
        if (opaque.isDenial() && (mapped(opaque.mask()) & remaining) != 0) {
          return false;
        }
        continue;
      }
      Ace.Entry entry = (Ace.Entry) ace;
      if (!token.is(entry.sid()) && !(owns && entry.sid().equals(Sid.OWNER_RIGHTS))) {
        continue;
      }
      if (entry.kind() == Ace.Kind.ALLOW) {
        remaining &= ~mapped(entry.mask());
      } else if (entry.kind() == Ace.Kind.DENY && (mapped(entry.mask()) & remaining) != 0) {
        return false;
      }
    }
    return remaining == 0;
  }

  private static int mapped(int mask) {
    int mapped = mask & 0x0FFF_FFFF;
    mapped |= (mask & 0x8000_0000) != 0 ? 0x20019 : 0;
    mapped |= (mask & 0x4000_0000) != 0 ? 0x20006 : 0;
    mapped |= (mask & 0x2000_0000) != 0 ? 0x20019 : 0;
    mapped |= (mask & 0x1000_0000) != 0 ? 0xF003F : 0;
    return mapped;
  }

  private static KeyAccess access(String hex) {
    return new KeyAccess(Integer.parseUnsignedInt(hex.substring(2), 16));
  }
}
