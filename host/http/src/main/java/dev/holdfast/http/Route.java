package dev.holdfast.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;

/**
 * One line of the table: what is asked for, what it needs, who answers.
 *
 * @param path as Javalin has it, parameters in braces
 */
record Route(HandlerType method, String path, Access access, Answerer answerer) {

  /** Answers a request of somebody who has been let in. */
  @FunctionalInterface
  interface Answerer {
    void answer(Context context) throws Exception;
  }
}
