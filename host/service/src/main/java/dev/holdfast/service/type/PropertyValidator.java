package dev.holdfast.service.type;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.protocol.DescriptionCodec;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ValidateProperties;
import dev.holdfast.protocol.wire.Validated;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.supervision.Monitors;
import dev.holdfast.spi.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Has a type's own code look at properties before they are written, in a monitor: the service never
 * runs plugin code. Thread-safe; blocks.
 */
public final class PropertyValidator {
  /** How long an answer may take, loading the plugin included. */
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  private final TypeQuestions<Validated> questions;

  /** What came of asking. */
  public sealed interface Verdict {
    /** What the type has against the properties; nothing, when it takes them. */
    record Given(List<Problem> problems) implements Verdict {}

    /** That monitor could not be asked: it died, or cannot load the type. Another may. */
    record NotAsked(String why) implements Verdict {}
  }

  public PropertyValidator(TypeResolver types, Monitors monitors, LongSupplier callNumbers) {
    questions = new TypeQuestions<>(types, monitors, callNumbers);
  }

  /** To be told of answers. */
  public void answered(Validated answer) {
    questions.answered(answer.getCall(), answer);
  }

  /** To be told of deaths: nobody waits for what the dead were asked. */
  public void died(MonitorName monitor, String reason) {
    questions.died(monitor, reason);
  }

  /**
   * Asks the type, in a monitor, what it has against these properties.
   *
   * @throws ApiException.Unreachable the type's archive cannot be had, or it gives no answer
   */
  public Verdict ask(
      MonitorName monitor, TypeRegistration type, Map<String, List<String>> properties) {
    TypeRegistration.Version version = type.version();
    try {
      Validated answer =
          questions.ask(
              monitor,
              type,
              call -> {
                var validate =
                    ValidateProperties.newBuilder()
                        .setCall(call)
                        .setDigest(version.digest())
                        .setTypeClass(version.className())
                        .addAllProperties(SpiCodec.encode(properties));
                if (version.source().isPresent()) {
                  validate.setDescription(DescriptionCodec.encode(version.description()));
                }
                return ToMonitor.newBuilder().setValidateProperties(validate).build();
              },
              ANSWER_LIMIT);
      if (answer.hasFailure()) {
        return new Verdict.Given(List.of(new Problem(null, answer.getFailure().getMessage())));
      }
      return new Verdict.Given(
          answer.getProblemsList().stream()
              .map(
                  problem ->
                      new Problem(
                          problem.hasProperty() ? problem.getProperty() : null,
                          problem.getMessage()))
              .toList());
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof UnresolvedTypeException) {
        throw new ApiException.Unreachable(
            "TypeNotResolved",
            "The type %s could not be asked about the properties: %s Nothing was changed."
                .formatted(type.name(), cause.getMessage()));
      }
      return new Verdict.NotAsked(String.valueOf(cause.getMessage()));
    } catch (TimeoutException e) {
      throw new ApiException.Unreachable(
          "NoAnswer",
          "The type %s did not say within %d s whether it takes the properties. Nothing was changed."
              .formatted(type.name(), ANSWER_LIMIT.toSeconds()));
    }
  }
}
