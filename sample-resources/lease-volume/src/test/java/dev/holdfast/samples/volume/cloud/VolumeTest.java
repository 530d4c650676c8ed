package dev.holdfast.samples.volume.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class VolumeTest {
  private static final String OURS = "nonce-1";

  private Volume volume = Volume.FRESH;

  private String does(Volume.Answer answer) {
    return switch (answer) {
      case Volume.Answer.Done(Volume next, String event) -> {
        volume = next;
        yield event;
      }
      case Volume.Answer.Refused(String code, _) -> code;
    };
  }

  @Test
  void attach_isDoneOnce_howeverOftenItIsAskedFor() {
    assertThat(does(volume.attach(2, OURS, "alpha"))).isEqualTo("attach node=alpha over=nobody");
    assertThat(does(volume.attach(2, OURS, "alpha"))).isEmpty();
    assertThat(volume.attachment()).isEqualTo(Optional.of(new Volume.Attachment("alpha", 2, OURS)));
  }

  @Test
  void aHigherEpochOfTheSameLease_takesOver_andWhatIsOlderIsRefusedFromThenOn() {
    does(volume.attach(2, OURS, "alpha"));

    assertThat(does(volume.attach(9, OURS, "beta"))).isEqualTo("attach node=beta over=alpha:2");
    assertThat(does(volume.attach(2, OURS, "alpha"))).isEqualTo("Stale");
    assertThat(does(volume.write(2, OURS, "x"))).isEqualTo("Stale");
    assertThat(does(volume.detach(8, OURS))).isEqualTo("Stale");
    assertThat(does(volume.write(9, OURS, "x"))).isEqualTo("write text=x");
  }

  @Test
  void anotherLease_isRefusedWhileItIsAttached_atWhateverEpoch() {
    does(volume.attach(2, OURS, "alpha"));

    assertThat(does(volume.attach(99, "nonce-2", "gamma"))).isEqualTo("Held");
    assertThat(does(volume.detach(99, "nonce-2"))).isEqualTo("Held");
    assertThat(does(volume.write(99, "nonce-2", "x"))).isEqualTo("Held");
  }

  @Test
  void anAttachThatItsOwnDetachOvertook_isRefused() {
    assertThat(does(volume.detach(3, OURS))).isEqualTo("close");
    assertThat(does(volume.detach(3, OURS))).isEmpty();

    assertThat(does(volume.attach(2, OURS, "alpha"))).isEqualTo("Stale");
    assertThat(does(volume.attach(3, OURS, "alpha"))).isEqualTo("Stale");
    assertThat(does(volume.attach(4, OURS, "alpha"))).startsWith("attach");
  }

  @Test
  void anAttachOfALeaseThatEnded_isRefused_alsoBehindTheNextLease() {
    does(volume.attach(7, OURS, "alpha"));
    does(volume.detach(7, OURS));
    does(volume.attach(1, "nonce-2", "alpha"));
    does(volume.detach(1, "nonce-2"));

    assertThat(does(volume.attach(6, OURS, "alpha"))).isEqualTo("Stale");
    assertThat(volume.attachment()).isEmpty();
  }

  @Test
  void aChangeUnderAHigherEpoch_movesTheFence_andNotTheAttachment() {
    does(volume.attach(2, OURS, "alpha"));

    assertThat(does(volume.snapshot(5, OURS, "before"))).isEqualTo("snapshot name=before");
    assertThat(volume.attachment().orElseThrow().epoch()).isEqualTo(2);
    assertThat(does(volume.resize(4, OURS, 1L << 31))).isEqualTo("Stale");
    assertThat(does(volume.resize(5, OURS, 1L << 31))).isEqualTo("resize bytes=2147483648");
    assertThat(does(volume.resize(5, OURS, 1))).isEqualTo("Smaller");
    assertThat(does(volume.snapshot(5, OURS, "before"))).isEqualTo("Exists");
  }

  @Test
  void whatIsAttachedToNobody_isNotChanged() {
    assertThat(does(volume.write(2, OURS, "x"))).isEqualTo("NotAttached");
  }
}
