package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * A call did not do what it was to do. The kinds say what is known then:
 *
 * <pre>
 *   {@link NotFoundException}            nothing was done: it is not there
 *   {@link DeniedException}              nothing was done: the caller may not
 *   {@link ConflictException}            nothing was done: things are not as they would have to be
 *     {@link PreconditionFailedException}    ... as the changes themselves required
 *   {@link RefusedException}             nothing was done: the request makes no sense, or it failed
 *   {@link UnreachableException}         nothing was done: no service took the request
 *   {@link MayHaveBeenDoneException}     <b>unknown</b>: it was sent, and no answer came
 * </pre>
 */
public abstract sealed class RegistryException extends RuntimeException
    permits ConflictException,
        DeniedException,
        MayHaveBeenDoneException,
        NotFoundException,
        RefusedException,
        UnreachableException {
  private final String code;

  RegistryException(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /**
   * A stable word for programs: the service's, as {@code KeyNotFound} or {@code AccessDenied}; or
   * the client's own, where the service said nothing: {@code NoService}, {@code ServiceStarting},
   * {@code ConnectionLost}, {@code TimedOut}.
   */
  public String code() {
    return code;
  }
}
