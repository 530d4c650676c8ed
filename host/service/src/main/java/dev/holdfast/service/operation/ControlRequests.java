package dev.holdfast.service.operation;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.NearestName;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.ShellWord;
import dev.holdfast.service.checkpoint.PatchDesk;
import dev.holdfast.service.cluster.ClusterLoop;
import dev.holdfast.service.cluster.ControlException;
import dev.holdfast.service.view.Lookup;
import dev.holdfast.spi.Control;
import dev.holdfast.spi.InvalidPropertiesException;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;

/**
 * Asks resources for controls: whether the type declares it and takes the parameters is checked by
 * the stored registration, whether the resource can be asked by its state, and only then is
 * anything sent. Nothing is decided by it, so it does not pass through the deciding thread.
 */
final class ControlRequests {
  private final ClusterLoop loop;
  private final ControlSender sender;
  private final PatchDesk patches;
  private final Operations operations;
  private final InstantSource clock;

  ControlRequests(
      ClusterLoop loop,
      ControlSender sender,
      PatchDesk patches,
      Operations operations,
      InstantSource clock) {
    this.loop = loop;
    this.sender = sender;
    this.patches = patches;
    this.operations = operations;
    this.clock = clock;
  }

  Operation ask(Command.ControlResource wanted, Asker asker) {
    ClusterState state = loop.state();
    ClusterResource resource = Lookup.resource(state, wanted.resource());
    TypeRegistration type = Lookup.type(state, resource.config().type());
    Control control = find(resource, type, wanted.control());
    Properties parameters = checked(resource, control, wanted);
    requireState(resource, control);
    if (!control.isReadOnly()) {
      patches.requireNone(resource, "cannot be asked for " + control.name());
    }
    String name = resource.config().name();
    String what = "control %s of %s".formatted(control.name(), name);
    if (asker.dryRun()) {
      Operation operation = operations.begin("dry run: " + what);
      operation.narrate(new Narration(clock.instant(), name, "would ask for " + control.name()));
      operations.done(operation, "nothing was changed");
      return operation;
    }
    Operation operation = operations.begin(what);
    var _ =
        sender
            .send(
                resource,
                control,
                parameters.asText(),
                asker.user(),
                line -> operation.narrate(new Narration(clock.instant(), name, line)))
            .whenComplete(
                (reply, failure) -> {
                  if (failure == null) {
                    String message = reply.message().isEmpty() ? "done" : reply.message();
                    operations.done(operation, message, reply.values());
                  } else {
                    operations.failed(
                        operation, refusal(name, failure), Set.of(resource.id()), loop.state());
                  }
                });
    return operation;
  }

  private static Control find(ClusterResource resource, TypeRegistration type, String name) {
    List<Control> controls = type.version().description().controls();
    return type.version()
        .description()
        .control(name)
        .orElseThrow(
            () -> {
              List<String> names = controls.stream().map(Control::name).toList();
              String known =
                  NearestName.to(name, names)
                      .map(near -> "Did you mean " + near + "?")
                      .orElseGet(
                          () ->
                              names.isEmpty()
                                  ? "It has none."
                                  : "It has " + String.join(", ", names) + ".");
              return new ApiException.NotFound(
                  "ControlNotFound",
                  resource.config().name(),
                  "Type %s has no control %s. %s".formatted(type.name(), name, known));
            });
  }

  private static Properties checked(
      ClusterResource resource, Control control, Command.ControlResource wanted) {
    try {
      return control.check(wanted.parameters());
    } catch (InvalidPropertiesException e) {
      throw new ApiException.Invalid(
          "ParameterRejected",
          resource.config().name(),
          e.problems().getFirst().message(),
          e.problems().stream().map(ControlRequests::problem).toList());
    }
  }

  private static ApiException.Invalid.Problem problem(Problem problem) {
    return new ApiException.Invalid.Problem(problem.property(), problem.message());
  }

  private static void requireState(ClusterResource resource, Control control) {
    String name = resource.config().name();
    ResourceState state = resource.state();
    boolean rests = state == ResourceState.OFFLINE || state == ResourceState.FAILED;
    if (state != ResourceState.ONLINE && !(control.isWhileOffline() && rests)) {
      throw new ApiException.Conflict(
          "NotOnline",
          name,
          "%s is %s; %s can be asked for while it is Online%s."
              .formatted(
                  name,
                  state,
                  control.name(),
                  control.isWhileOffline() ? ", Offline or Failed" : ""));
    }
    if (!resource.isSupervised() || resource.openIn().isEmpty()) {
      throw new ApiException.Conflict(
          "NotSupervised",
          name,
          "%s cannot be asked for %s: no monitor holds it now. holdfast why %s"
              .formatted(name, control.name(), ShellWord.of(name)));
    }
  }

  private static ApiException refusal(String name, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
    if (!(cause instanceof ControlException why)) {
      return new ApiException.Internal(
          "Internal", "The cluster service failed: " + cause.getMessage(), cause);
    }
    String message = String.valueOf(why.getMessage());
    return switch (why.fate()) {
      case NOT_DONE -> new ApiException.Conflict(why.code(), name, message);
      case REFUSED -> new ApiException.Invalid(why.code(), name, message, List.of());
      case FAILED, UNKNOWN -> new ApiException.Failed(why.code(), name, message, why);
    };
  }
}
