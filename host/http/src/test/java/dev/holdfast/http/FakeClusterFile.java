package dev.holdfast.http;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.ClusterFileApi;
import dev.holdfast.service.api.ClusterPlanView;
import dev.holdfast.service.api.ClusterPlanView.Change;
import dev.holdfast.service.api.ClusterPlanView.Field;
import dev.holdfast.service.api.ClusterPlanView.LeftAlone;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers documents, and finds in them what it is told to. */
public final class FakeClusterFile implements ClusterFileApi {
  /** What was sent, with whether to prune. */
  public record Sent(String verb, Map<String, Object> document, boolean prune, boolean dryRun) {}

  public final List<Sent> sent = new CopyOnWriteArrayList<>();

  /** What is wrong with whatever is sent. */
  public final List<ApiException.Invalid.Problem> problems = new CopyOnWriteArrayList<>();

  public volatile ClusterPlanView plan =
      new ClusterPlanView(
          7,
          List.of(
              new Change(
                  "create",
                  "resource",
                  "web-db",
                  "web",
                  List.of(new Field("type", null, "Generic Application")),
                  null),
              new Change(
                  "change",
                  "resource",
                  "web-app",
                  "web",
                  List.of(
                      new Field("CommandLine", "sleep 1", "sleep 2"),
                      new Field("Port", "8080", null)),
                  "takes effect at the next online"),
              new Change(
                  "delete", "checkpoint", "registry:Software\\X", "web-app", List.of(), null)),
          List.of(new LeftAlone("group", "mail", null)));

  @Override
  public Map<String, Object> export() {
    return Map.of(
        "apiVersion",
        "holdfast/v1",
        "kind",
        "Cluster",
        "groups",
        List.of(
            Map.of(
                "name",
                "web",
                "resources",
                List.of(Map.of("name", "web-db", "secrets", List.of("Password"))))));
  }

  @Override
  public Map<String, Object> schema() {
    return Map.of("title", "a schema");
  }

  @Override
  public ClusterPlanView diff(Map<String, Object> document, boolean prune) {
    take("diff", document, prune, false);
    return plan;
  }

  @Override
  public Operation apply(Map<String, Object> document, boolean prune, Caller caller, Asker asker) {
    take("apply", document, prune, asker.dryRun());
    var operation = new Operation("op-apply", "apply a cluster file", FakeCluster.NOW);
    operation.narrate(new Narration(FakeCluster.NOW, "web-db", "created"));
    operation.end(new Outcome.Done(Duration.ofMillis(100), "1 created", List.of()));
    return operation;
  }

  private void take(String verb, Map<String, Object> document, boolean prune, boolean dryRun) {
    sent.add(new Sent(verb, document, prune, dryRun));
    if (!problems.isEmpty()) {
      throw new ApiException.Invalid(
          "ClusterFileRejected", null, problems.getFirst().message(), problems);
    }
  }
}
