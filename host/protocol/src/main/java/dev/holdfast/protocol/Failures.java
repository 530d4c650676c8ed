package dev.holdfast.protocol;

import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** Failures as messages: who must act, a stable code, a sentence, and a bounded stack trace. */
public final class Failures {
  /** Longer sentences are cut. */
  public static final int MESSAGE_LIMIT_CHARS = 4 * 1024;

  /** Longer stack traces are cut. */
  public static final int DETAIL_LIMIT_CHARS = 16 * 1024;

  /** The code of what was thrown and is no ResourceException. */
  public static final String UNEXPECTED = "Unexpected";

  /** The code of a check that did not end in time, and so says nothing. */
  public static final String CHECK_TIMED_OUT = "CheckTimedOut";

  /** The code of a call that was cancelled and is still inside. */
  public static final String CALL_HANGS = "CallHangs";

  /** The code of a control whose parameters the type's own checks refuse. */
  public static final String INVALID_PARAMETERS = "InvalidParameters";

  private Failures() {}

  /** A failure without a stack trace. */
  public static Failure of(
      Responsibility responsibility, Retry retry, String code, String sentence) {
    return of(responsibility, retry, code, sentence, null);
  }

  /** A failure with what was caught. */
  public static Failure of(
      Responsibility responsibility,
      Retry retry,
      String code,
      String sentence,
      @Nullable Throwable thrown) {
    return Failure.newBuilder()
        .setCode(code)
        .setResponsibility(SpiCodec.encode(responsibility))
        .setRetry(SpiCodec.encode(retry))
        .setMessage(cut(sentence, MESSAGE_LIMIT_CHARS))
        .setDetail(thrown == null ? "" : stackTrace(thrown))
        .build();
  }

  /** What plugin code threw: its own word for a ResourceException, else {@link #UNEXPECTED}. */
  public static Failure thrown(Throwable thrown) {
    if (thrown instanceof ResourceException exception) {
      return of(
          exception.responsibility(),
          exception.retry(),
          exception.code(),
          sentenceOf(thrown),
          thrown);
    }
    return of(Responsibility.INTERNAL, Retry.HERE, UNEXPECTED, sentenceOf(thrown), thrown);
  }

  /** The exception that a failure tells of. */
  public static ResourceException exception(Failure failure) {
    return new ResourceException(
        SpiCodec.decode(failure.getResponsibility()),
        SpiCodec.decode(failure.getRetry()),
        failure.getCode(),
        failure.getMessage());
  }

  /** A stack trace of at most {@link #DETAIL_LIMIT_CHARS}; never throws. */
  public static String stackTrace(Throwable thrown) {
    try {
      var text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text));
      return cut(text.toString(), DETAIL_LIMIT_CHARS);
    } catch (Throwable second) {
      // The exception is plugin code, too, and its own methods can throw.
      return thrown.getClass().getName() + " (its stack trace cannot be printed)";
    }
  }

  private static String sentenceOf(Throwable thrown) {
    try {
      var message = thrown.getMessage();
      if (thrown instanceof ResourceException && message != null && !message.isBlank()) {
        return message;
      }
      return thrown.toString();
    } catch (Throwable second) {
      // As above: getMessage() may be overridden.
      return thrown.getClass().getName();
    }
  }

  /** The text, or its beginning with a mark that it was cut. */
  public static String cut(String text, int limitChars) {
    if (text.length() <= limitChars) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(limitChars - 1)) ? limitChars - 1 : limitChars;
    return text.substring(0, end) + "… (" + (text.length() - end) + " characters left out)";
  }
}
