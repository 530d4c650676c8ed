package dev.holdfast.service.type;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.protocol.DescriptionCodec;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.Survey;
import dev.holdfast.protocol.wire.Surveyed;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.archive.ArchiveDigest;
import dev.holdfast.service.supervision.Monitors;
import dev.holdfast.spi.Description;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Asks families what members there are on this node, and what one of them is, in a monitor that is
 * started for it. Thread-safe; blocks.
 */
public final class Surveyor {
  /** How long an answer may take, loading the plugin included. */
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(45);

  private final TypeResolver types;
  private final TypeRegistrar registrar;
  private final Monitors monitors;
  private final LongSupplier callNumbers;
  private final Map<Long, Question> waiting = new ConcurrentHashMap<>();

  private record Question(MonitorName monitor, CompletableFuture<Surveyed> answer) {}

  public Surveyor(
      TypeResolver types, TypeRegistrar registrar, Monitors monitors, LongSupplier callNumbers) {
    this.types = types;
    this.registrar = registrar;
    this.monitors = monitors;
    this.callNumbers = callNumbers;
  }

  /** To be told of answers. */
  public void answered(Surveyed answer) {
    Question question = waiting.remove(answer.getCall());
    if (question != null) {
      question.answer().complete(answer);
    }
  }

  /** To be told of deaths: nobody waits for what the dead were asked. */
  public void died(MonitorName monitor, String reason) {
    waiting.values().stream()
        .filter(question -> question.monitor().equals(monitor))
        .forEach(
            question ->
                question
                    .answer()
                    .completeExceptionally(
                        new IllegalStateException(
                            "the monitor %s died: %s".formatted(monitor, reason))));
  }

  /** The names of all members that could be registered on this node. */
  public List<String> available(TypeRegistration family) {
    return List.copyOf(ask(family, "").getNamesList());
  }

  /**
   * A member as it stands on this node.
   *
   * @throws ApiException.Invalid there is none of this name, or it cannot be a type
   */
  public TypeRegistration.Version member(TypeRegistration family, String name) {
    Surveyed answer = ask(family, name);
    TypeRegistration.Version own = family.version();
    try {
      Description description = DescriptionCodec.decode(answer.getDescription());
      if (!own.description().isFamilyOf(description.registeredName())) {
        throw invalid(
            name,
            "the family %s made the type %s of it"
                .formatted(family.name(), description.registeredName()));
      }
      Path source = Path.of(answer.getSource());
      return new TypeRegistration.Version(
          own.plugin(),
          own.pluginVersion(),
          own.digest(),
          own.className(),
          description,
          Optional.of(
              new TypeRegistration.Source(source.toString(), ArchiveDigest.of(source).toString())));
    } catch (IllegalArgumentException e) {
      throw invalid(name, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw invalid(name, "%s cannot be read: %s".formatted(answer.getSource(), e.getMessage()));
    }
  }

  private Surveyed ask(TypeRegistration family, String name) {
    Surveyed answer = registrar.inOwnMonitor(monitor -> ask(monitor, family, name));
    if (answer.hasFailure()) {
      throw invalid(name.isEmpty() ? family.name() : name, answer.getFailure().getMessage());
    }
    return answer;
  }

  private Surveyed ask(MonitorName monitor, TypeRegistration family, String name) {
    TypeRegistration.Version version = family.version();
    long call = callNumbers.getAsLong();
    var answered = new CompletableFuture<Surveyed>();
    waiting.put(call, new Question(monitor, answered));
    try {
      return types
          .resolve(monitor, family)
          .thenCompose(
              folder ->
                  monitors.load(
                      monitor,
                      LoadPlugin.newBuilder()
                          .setCall(callNumbers.getAsLong())
                          .setPlugin(version.plugin())
                          .setVersion(version.pluginVersion())
                          .setDigest(version.digest())
                          .setFolder(folder.toString())
                          .build()))
          .thenCompose(
              loaded -> {
                if (loaded.hasFailure()) {
                  throw new IllegalStateException(loaded.getFailure().getMessage());
                }
                var frame =
                    ToMonitor.newBuilder()
                        .setSurvey(
                            Survey.newBuilder()
                                .setCall(call)
                                .setDigest(version.digest())
                                .setTypeClass(version.className())
                                .setName(name))
                        .build();
                if (!monitors.send(monitor, frame)) {
                  throw new IllegalStateException("the monitor " + monitor + " is not there");
                }
                return answered;
              })
          .get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw invalid(name.isEmpty() ? family.name() : name, String.valueOf(cause.getMessage()));
    } catch (TimeoutException e) {
      throw new ApiException.Unreachable(
          "NoAnswer",
          "The family %s did not answer within %d s. Nothing was changed."
              .formatted(family.name(), ANSWER_LIMIT.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException.Unreachable("Stopping", "The service is stopping.");
    } finally {
      waiting.remove(call);
    }
  }

  private static ApiException.Invalid invalid(String name, String why) {
    return new ApiException.Invalid(
        "MemberRefused",
        name,
        "%s cannot be registered: %s".formatted(name, why.endsWith(".") ? why : why + "."),
        List.of());
  }
}
