package dev.holdfast.http;

import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.POST;

import dev.holdfast.service.api.BackupReport;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.QuorumStream;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * What can be asked of the quorum directory. A backup has everything in it, so it is for the home's
 * owner and root; it is written as it is read, however large, and its length is said beforehand, so
 * that one which breaks off is known for that.
 */
final class QuorumRoutes {
  private final ClusterApi api;

  QuorumRoutes(ClusterApi api) {
    this.api = api;
  }

  List<Route> table() {
    return List.of(
        new Route(GET, "/v1/quorum", Access.READ, c -> one(c, "Quorum", api.quorum())),
        new Route(GET, "/v1/quorum/backup", Access.CHANGE, this::backUp),
        new Route(POST, "/v1/quorum/backup", Access.CHANGE, this::ended));
  }

  private void backUp(Context context) throws IOException {
    try (QuorumStream backup = api.backUp()) {
      context.contentType("application/x-tar");
      context.header("Cache-Control", "no-store");
      context.header("Holdfast-Revision", Long.toString(backup.revision()));
      context.res().setContentLengthLong(backup.sizeBytes());
      // Not Javalin's own stream, which keeps everything to the end.
      OutputStream out = context.res().getOutputStream();
      backup.writeTo(out);
      out.flush();
    }
  }

  private void ended(Context context) throws IOException {
    api.backupEnded(Requests.body(context, BackupReport.class));
    one(context, "Quorum", api.quorum());
  }

  private static void one(Context context, String kind, Object item) {
    context.contentType("application/json");
    context.header("Cache-Control", "no-store");
    context.result(Json.write(Envelope.of(kind, item)));
  }
}
