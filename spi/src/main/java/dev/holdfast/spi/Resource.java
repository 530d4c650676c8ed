package dev.holdfast.spi;

import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One resource in one monitor: the entry points the host calls.
 *
 * <p><b>Order.</b>
 *
 * <pre>
 * open ─► find ─► online ─► (looksAlive | isAlive | control | changed)* ─► offline ─► find ─► … ─► close
 *                   └───────────── terminate at any moment ─────────────┘
 * </pre>
 *
 * Where {@code find} said Foreign, an operator may have {@code adopt} called in place of {@code
 * online}. Nothing is called after {@code close}. After the death of a monitor another one calls
 * {@code open} and {@code find}; when that says {@link Found.Running}, polling goes on and {@code
 * online} is not called.
 *
 * <p><b>Threads.</b> Every call runs on a platform thread of the host. One call at a time is inside
 * a resource, except {@link #terminate}, which may enter beside any other and beside itself. Two
 * calls need not run on the same thread; what one wrote, the next one sees. Blocking is allowed, up
 * to the call's deadline; when it passes, the call is cancelled: {@link Call#cancelled} turns true
 * and the thread is interrupted. A call that does not return even then costs the monitor, not the
 * application.
 *
 * <p><b>Truth.</b> A type never sets a state. Returning from {@code online} is Online; {@code
 * offline} is believed when the slots are empty and {@code find} says Absent.
 *
 * <p><b>Errors.</b> Throw a {@link ResourceException} to say who must act and where trying again
 * makes sense; anything else that is thrown counts as an error inside the type ({@code INTERNAL}).
 *
 * <p>MSCS: the function table of a resource DLL. Not taken over: {@code ERROR_IO_PENDING} (block
 * instead) and states set from anywhere.
 */
public interface Resource extends AutoCloseable {
  /**
   * Looks whether the thing runs, and attaches to it if it does. Never starts or stops anything.
   * Called before each online, after each death of a monitor or of the cluster service, and after
   * each offline and terminate.
   *
   * @return what was found, with the evidence; {@link Found.Unknown} rather than a guess
   */
  Found find(Call call) throws Exception;

  /**
   * Starts the thing and returns when it is usable. Entered only after {@link #find} said Absent.
   * Reports progress while it waits. When it throws, {@link #terminate} follows, so it need not
   * clean up what runs.
   */
  void online(OnlineCall call) throws Exception;

  /**
   * Takes over what {@link #find} called {@link Found.Foreign}, as it runs: an operator said so.
   * Starts nothing; from now on {@code find} calls it Running. Entered only after find said
   * Foreign, which is asked again behind it. When it throws, the thing is Foreign as before, and is
   * not terminated.
   *
   * @throws ResourceException unless overridden, that this type can adopt nothing
   */
  default void adopt(OnlineCall call) throws Exception {
    throw new ResourceException(
        Responsibility.USER,
        Retry.NOWHERE,
        "CannotAdopt",
        "Its type cannot take over what was started outside Holdfast; stop that, and bring the"
            + " resource online.");
  }

  /**
   * Stops the thing in an orderly way; returns when it is stopped and has flushed what it keeps.
   */
  void offline(OfflineCall call) throws Exception;

  /**
   * Stops the thing now. Called at any moment, any number of times, also while another call is
   * inside; it must bear finding nothing to do. The host verifies the effect. Unless overridden it
   * kills all slots and what commands have left.
   *
   * <p>MSCS: {@code Terminate}, its only re-entrant entry point.
   */
  default void terminate(Call call) throws Exception {
    @Nullable ResourceException first = null;
    for (Slot slot : call.slots()) {
      try {
        slot.kill();
      } catch (ResourceException e) {
        // The other slots are killed all the same; all that went wrong is told together.
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    try {
      call.endLeft();
    } catch (ResourceException e) {
      if (first == null) {
        throw e;
      }
      first.addSuppressed(e);
    }
    if (first != null) {
      throw first;
    }
  }

  /**
   * Checks thoroughly whether the thing does its work: polled at long intervals, after {@link
   * #looksAlive} failed, and after {@link Context#signal}.
   *
   * @return {@link Health.Failed} only when the thing is known not to work. An exception or a
   *     timeout is "the check is broken", which is counted apart
   */
  Health isAlive(Call call) throws Exception;

  /** Checks cheaply, at short intervals. A failure is confirmed by {@link #isAlive}. */
  default Health looksAlive(Call call) throws Exception {
    return isAlive(call);
  }

  /**
   * Does what was asked for by name: one of the controls that the type's description declares.
   * Called while the resource is Online, or also Offline and Failed where the declaration says so;
   * in turn with all other calls, and never repeated by the host. When the monitor dies in it, who
   * asked is told that it may have been done.
   *
   * <p>MSCS: {@code ResourceControl}; what is not handled there is {@code ERROR_INVALID_FUNCTION}.
   *
   * @return what was done, with values for programs
   */
  default Reply control(ControlCall call) throws Exception {
    return Reply.notHandled();
  }

  /**
   * Puts properties in effect that were set while the resource is Online, and that the type
   * declares changeable then ({@link Property.Effect#LIVE}). {@link Call#properties} are those that
   * shall hold from now on: the new values of these, and of all others what this life has had so
   * far, also where they were set meanwhile and wait for the next online.
   *
   * <p>Called while the resource is Online, in turn with all other calls, and only for values that
   * differ from those in effect. Returning means that what runs has them: every later call is given
   * them. When it throws, or is cancelled, the resource stays Online, later calls are given the old
   * values, and the new ones stay set for the next online; so leave what runs with the old ones, or
   * let {@link #isAlive} say what is wrong with it. It is not called again for the same values
   * unless an operator sets properties again. When the monitor dies in it, nobody knows which
   * values the thing has: bear being given values that it has already.
   *
   * <p>Its deadlines are those of an online: PendingTimeout without new progress, and the type's
   * limit of an online altogether. Unless overridden it does nothing, which is enough for a
   * property that is read in each call.
   *
   * <p>MSCS: {@code CLUSCTL_RESOURCE_SET_PRIVATE_PROPERTIES}, whose resource DLLs applied what they
   * could at once and answered {@code ERROR_RESOURCE_PROPERTIES_STORED} for the rest. OCF 1.1:
   * {@code reload-agent}.
   *
   * @param what the properties whose values differ from those in effect; never empty
   */
  default void changed(Call call, Set<Property<?>> what) throws Exception {}

  /**
   * Lets go of what this object holds in the monitor. The thing itself stays as it is, unless it
   * lives in the monitor. Threads made by {@link Context#threads} are interrupted afterwards.
   */
  @Override
  default void close() {}
}
