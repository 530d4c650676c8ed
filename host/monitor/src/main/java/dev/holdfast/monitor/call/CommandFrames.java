package dev.holdfast.monitor.call;

import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.CancelCommand;
import dev.holdfast.protocol.wire.RunCommand;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.spi.Command;

/**
 * Commands as they are asked for.
 *
 * @param resource its id; empty for a survey
 * @param call the service's number; 0 for a poll
 */
record CommandFrames(String resource, long epoch, long call) {
  ToService run(long request, Command command) {
    return ToService.newBuilder()
        .setRunCommand(
            RunCommand.newBuilder()
                .setRequest(request)
                .setResource(resource)
                .setEpoch(epoch)
                .setCall(call)
                .setLaunch(SpiCodec.encode(command.launch()))
                .setChanges(command.effect() == Command.Effect.CHANGES)
                .setLimitMillis(Math.max(1, command.limit().toMillis())))
        .build();
  }

  ToService cancel(long request) {
    return ToService.newBuilder()
        .setCancelCommand(CancelCommand.newBuilder().setRequest(request).setResource(resource))
        .build();
  }
}
