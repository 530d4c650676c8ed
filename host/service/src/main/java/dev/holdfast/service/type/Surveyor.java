package dev.holdfast.service.type;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.protocol.DescriptionCodec;
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
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Asks families what members there are on this node, and what one of them is, in a monitor that is
 * started for it. Thread-safe; blocks.
 */
public final class Surveyor {
  /** How long an answer may take, loading the plugin included. */
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(45);

  private final TypeRegistrar registrar;
  private final TypeQuestions<Surveyed> questions;

  public Surveyor(
      TypeResolver types, TypeRegistrar registrar, Monitors monitors, LongSupplier callNumbers) {
    this.registrar = registrar;
    questions = new TypeQuestions<>(types, monitors, callNumbers);
  }

  /** To be told of answers. */
  public void answered(Surveyed answer) {
    questions.answered(answer.getCall(), answer);
  }

  /** To be told of deaths: nobody waits for what the dead were asked. */
  public void died(MonitorName monitor, String reason) {
    questions.died(monitor, reason);
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
    try {
      return questions.ask(
          monitor,
          family,
          call ->
              ToMonitor.newBuilder()
                  .setSurvey(
                      Survey.newBuilder()
                          .setCall(call)
                          .setDigest(version.digest())
                          .setTypeClass(version.className())
                          .setName(name))
                  .build(),
          ANSWER_LIMIT);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw invalid(name.isEmpty() ? family.name() : name, String.valueOf(cause.getMessage()));
    } catch (TimeoutException e) {
      throw new ApiException.Unreachable(
          "NoAnswer",
          "The family %s did not answer within %d s. Nothing was changed."
              .formatted(family.name(), ANSWER_LIMIT.toSeconds()));
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
