package dev.holdfast.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.EntryPoint;
import dev.holdfast.cluster.ResourceId;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CallsTest {
  private static final ResourceId DB = new ResourceId(new UUID(0, 1));

  private final AtomicInteger late = new AtomicInteger();
  private final Calls calls = new Calls(late::incrementAndGet);

  @Test
  void theNewestIsWaitedFor_andTheAnswerOfAnyOtherIsLate() {
    var first = calls.begin(DB, 1, EntryPoint.OPEN);
    var second = calls.begin(DB, 1, EntryPoint.FIND);

    assertThat(calls.end(DB, first.call())).isEmpty();
    assertThat(late).hasValue(1);
    assertThat(calls.end(DB, second.call())).contains(second);
    assertThat(calls.current(DB)).isEmpty();
  }

  @Test
  void whatWasHeldUpUntilItsMonitorWasGone_takesNobodysPlace() {
    var next = calls.begin(DB, 2, EntryPoint.OPEN);
    var heldUp = calls.begin(DB, 1, EntryPoint.OPEN);

    assertThat(calls.current(DB)).contains(next);
    assertThat(calls.end(DB, heldUp.call())).isEmpty();
    assertThat(calls.end(DB, next.call())).contains(next);
  }
}
