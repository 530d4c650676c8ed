package dev.holdfast.service.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.cluster.ResourceId;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ExternalSlotsTest {
  private static final ResourceId DATA = new ResourceId(new UUID(0, 1));
  private static final ResourceId OTHER = new ResourceId(new UUID(0, 2));
  private static final SlotKey VOLUME = new SlotKey(DATA, "volume");

  private final FakeExternals store = new FakeExternals();
  private int ids;
  private ExternalSlots slots = on("alpha");

  private ExternalSlots on(String node) {
    return new ExternalSlots(store, node, () -> new UUID(7, ++ids));
  }

  private ExternalRecord reserve(long epoch) {
    return slots.reserve(VOLUME, "lease-volume", "data-1", epoch).join();
  }

  @Test
  void reserve_completesOnlyWhenItIsDurable() {
    store.slow = true;

    CompletableFuture<ExternalRecord> reserved = slots.reserve(VOLUME, "lease-volume", "data-1", 8);

    assertThat(reserved).isNotDone();
    // A find that comes now must ask for what is about to be asked for.
    assertThat(slots.of(DATA)).containsKey("volume");
    store.sync();
    assertThat(reserved).isCompletedWithValue(store.durable.get(VOLUME));
    assertThat(reserved.join().label()).isEqualTo("lease-volume data-1 (epoch 8 of node alpha)");
  }

  @Test
  void theNonceStays_overEpochs_services_andNodes_untilItIsReleased() {
    String nonce = reserve(8).nonce();
    assertThat(reserve(10))
        .isEqualTo(new ExternalRecord("lease-volume", "data-1", nonce, 8, 10, "alpha"));

    slots = on("beta");
    assertThat(slots.of(DATA).values()).extracting(ExternalRecord::node).containsOnly("alpha");
    assertThat(reserve(13))
        .isEqualTo(new ExternalRecord("lease-volume", "data-1", nonce, 8, 13, "beta"));

    slots.release(DATA);
    assertThat(store.durable).isEmpty();
    assertThat(reserve(15).nonce()).isNotEqualTo(nonce);
    assertThat(slots.of(DATA).values()).extracting(ExternalRecord::firstEpoch).containsOnly(15L);
  }

  @Test
  void aSlotWithAnotherOccupant_isRefused_andStaysAsItIs() {
    ExternalRecord written = reserve(8);

    for (String[] other : new String[][] {{"lease-volume", "data-2"}, {"address", "data-1"}}) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> slots.reserve(VOLUME, other[0], other[1], 10).get())
          .withCauseInstanceOf(SlotException.class)
          .withMessageContaining("lease-volume data-1 (epoch 8 of node alpha)");
    }
    assertThat(slots.of(DATA)).containsEntry("volume", written);
    assertThat(store.durable).containsEntry(VOLUME, written);
  }

  @Test
  void release_ofOne_leavesTheOthers_andOfNothing_isHarmless() {
    reserve(8);
    slots.reserve(new SlotKey(OTHER, "volume"), "lease-volume", "data-2", 3).join();

    slots.release(DATA);
    slots.release(DATA);

    assertThat(slots.of(DATA)).isEmpty();
    assertThat(slots.of(OTHER)).containsKey("volume");
    assertThat(store.durable).hasSize(1);
  }

  @Test
  void aReleaseThatWasCutOff_isFoundByTheNextService_underTheSameNonce() {
    String nonce = reserve(8).nonce();
    store.slow = true;
    slots.release(DATA);

    slots = on("alpha");
    store.slow = false;

    assertThat(reserve(12).nonce()).isEqualTo(nonce);
  }

  @Test
  void reserveBehindARelease_isAnewOccupant_thoughTheReleaseIsNotDurableYet() {
    String nonce = reserve(8).nonce();
    store.slow = true;

    slots.release(DATA);
    CompletableFuture<ExternalRecord> next = slots.reserve(VOLUME, "lease-volume", "data-2", 10);
    store.sync();

    assertThat(next.join().nonce()).isNotEqualTo(nonce);
    assertThat(store.durable).containsEntry(VOLUME, next.join());
  }

  @Test
  void whatAnEarlierLifeHolds_isSuperseded_onWhateverNodeThatWas() {
    reserve(8);
    slots = on("beta");

    assertThat(slots.superseded(DATA, "alpha", 8, 11)).isPresent();
    // beta wrote it down, and died before anybody there heard of it; alpha has the resource again.
    reserve(12);
    slots = on("alpha");
    assertThat(slots.superseded(DATA, "alpha", 8, 14)).isPresent();
    assertThat(slots.superseded(DATA, "beta", 12, 14)).isPresent();
  }

  /** Epochs go on far above where a restored database stopped to know them. */
  @Test
  void whatWasWrittenDownAfterABackup_isSuperseded_onceThatIsRestored() {
    reserve(8);

    assertThat(slots.superseded(DATA, "beta", 40, 1_700_000_000_000L)).isPresent();
  }

  @Test
  void aStranger_isNot() {
    assertThat(slots.superseded(DATA, "beta", 8, 11)).as("nothing was written down").isEmpty();
    reserve(8);

    assertThat(slots.superseded(DATA, "gamma", 8, 11)).as("no node of this cluster").isEmpty();
    assertThat(slots.superseded(DATA, "beta", 7, 11)).as("before it was ours").isEmpty();
    assertThat(slots.superseded(DATA, "beta", 8, 8)).as("that is this life").isEmpty();
    assertThat(slots.superseded(DATA, "beta", 20, 11)).as("newer than ours").isEmpty();
    assertThat(slots.superseded(OTHER, "beta", 8, 11)).as("of another resource").isEmpty();
    slots.release(DATA);
    assertThat(slots.superseded(DATA, "alpha", 8, 11)).as("released").isEmpty();
  }
}
