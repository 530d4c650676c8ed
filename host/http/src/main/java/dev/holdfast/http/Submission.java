package dev.holdfast.http;

import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.Operation;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.function.Function;

/** Has something changed, and answers with the operation, or with its stream. */
final class Submission {
  private Submission() {}

  static void answer(Context context, Streams streams, Function<Asker, Operation> change)
      throws IOException, InterruptedException {
    String user =
        switch (Peer.of(context)) {
          case Peer.Local(var principal) -> principal.getName();
          case Peer.Remote(String address) -> address;
        };
    StepPoint.HTTP_SUBMIT.before();
    Operation operation = change.apply(new Asker(user, Requests.flag(context, "dryRun")));
    StepPoint.HTTP_SUBMIT.after();
    String accept = context.header("Accept");
    if (accept != null && accept.contains(Streams.MEDIA_TYPE)) {
      streams.narrate(context, operation);
    } else {
      context.status(202);
      StepPoint.HTTP_ANSWER.before();
      context.contentType("application/json");
      context.header("Cache-Control", "no-store");
      context.result(Json.write(Envelope.of("Operation", OperationView.withLines(operation))));
    }
  }
}
