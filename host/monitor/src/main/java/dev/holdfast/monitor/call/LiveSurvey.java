package dev.holdfast.monitor.call;

import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.Survey;

/** A look around while plugin code is inside for it. */
record LiveSurvey(Entry entry, ServiceRequests requests) implements Survey {
  @Override
  public CommandResult run(Command command) throws ResourceException {
    if (command.effect() != Command.Effect.LOOKS) {
      throw new IllegalArgumentException(
          "A survey only looks; %s may change something.".formatted(command.launch()));
    }
    if (!entry.isInside()) {
      throw new IllegalStateException("This survey is over.");
    }
    var frames = new CommandFrames("", 0, entry.what().call());
    try {
      return SpiCodec.decode(requests.run(request -> frames.run(request, command), frames::cancel));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ResourceException(
          Responsibility.RESOURCE,
          Retry.HERE,
          Entry.CANCELLED,
          "%s wanted to run %s: it was cancelled."
              .formatted(entry.what().subject(), command.launch()),
          e);
    }
  }
}
