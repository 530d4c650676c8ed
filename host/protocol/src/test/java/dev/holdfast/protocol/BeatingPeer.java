package dev.holdfast.protocol;

import dev.holdfast.protocol.wire.Beat;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import java.nio.file.Path;

/** A process that beats without end, to be killed. */
final class BeatingPeer {
  private BeatingPeer() {}

  public static void main(String[] args) throws Exception {
    var link = Link.connect(Path.of(args[0]), "peer");
    link.start(new Recorder<ToMonitor>());
    long count = 0;
    while (link.send(ToService.newBuilder().setBeat(Beat.newBuilder().setCount(++count)).build())) {
      Thread.onSpinWait();
    }
  }
}
