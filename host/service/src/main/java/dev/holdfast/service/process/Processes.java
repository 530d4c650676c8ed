package dev.holdfast.service.process;

import dev.holdfast.service.posix.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The processes of this node, as the cluster service needs them: start, watch, stop, find again.
 *
 * <p>Safe for use by many threads. No method waits for a process, a disk or an exec; what takes
 * time comes back as a future, which is completed on a thread of this object's own (continue
 * elsewhere with {@code …Async}). The order for a child is {@code spawn}, {@code watch}, and, when
 * its exit was told and written down, {@code acknowledge}: until then the kernel keeps the exit and
 * nobody else gets its pid. A child that is never watched stays a zombie.
 *
 * <p>Only Linux is supported now: {@link LinuxProcesses} is the one implementation.
 */
public interface Processes extends AutoCloseable {

  /**
   * Starts a process. The future fails with a {@link SpawnException} whose message can be shown as
   * it is. Cancelling does not stop it; a start that outlasts its limit is killed and told as
   * {@code HUNG}. Nothing durable happens here: write the intent down before, the identity after.
   */
  CompletableFuture<ProcessIdentity> spawn(ProcessSpec spec);

  /**
   * Has the listener told of the end of this process, child or not, once. One that is gone already,
   * or whose pid belongs to another life by now, is reported before this returns.
   *
   * @throws IllegalStateException when it is being watched already
   */
  void watch(ProcessIdentity process, ExitListener listener);

  /**
   * The exit that was told is written down: a child is reaped and its pid free for others. Harmless
   * for what is not our child and when done before.
   *
   * @throws IllegalStateException when its exit was not told yet
   */
  void acknowledge(ProcessIdentity process);

  /**
   * Signals the process's group and continues it (a stopped process does not see SIGTERM), waits
   * for its end up to the grace, then kills what is left of its group and session and everything
   * that carries the token, and completes when all of it is seen gone. When the leader is dead
   * already, those are signalled and waited for. Never fails for a process that cannot be killed:
   * {@link StopOutcome#standing} names it.
   *
   * <p>Does not acknowledge an exit, and keeps the leader unreaped until it is done, also when its
   * exit is acknowledged meanwhile. Works for adopted processes and for a leader dead already.
   *
   * @param token what else belongs to it: processes that left its session, found by their
   *     environment
   */
  CompletableFuture<StopOutcome> stop(
      ProcessIdentity leader, @Nullable SlotToken token, Signal signal, Duration grace);

  /** The same with SIGKILL at once. */
  CompletableFuture<StopOutcome> kill(ProcessIdentity leader, @Nullable SlotToken token);

  /**
   * The same as {@link #kill}, and what descends from the leader goes with it even where it left
   * session, group and environment behind, as a program that was started through {@code su -} does.
   * As long as the leader lives, that is: of a dead one nobody knows the descendants.
   */
  CompletableFuture<StopOutcome> killDescent(ProcessIdentity leader, SlotToken token);

  /**
   * Looks whether anything is left of the tree of a process that is dead. Once there is nothing,
   * there never will be: only what belongs to it could add to it. Most often it is known at once,
   * and the future is complete when it is returned.
   */
  CompletableFuture<Boolean> leftNothing(ProcessIdentity dead, SlotToken token);

  /**
   * The same, and what has no token and runs in a folder that belongs to it alone counts, too: a
   * program that writes its title where its environment was (nginx does) has no token any more.
   */
  CompletableFuture<Boolean> leftNothing(ProcessIdentity dead, SlotToken token, Path place);

  /** Ends what {@link #leftNothing(ProcessIdentity, SlotToken, Path)} sees: asked, then killed. */
  CompletableFuture<StopOutcome> endLeft(
      ProcessIdentity dead, SlotToken token, Path place, Duration grace);

  /**
   * Sends a signal to this one process.
   *
   * @return false when it is gone
   */
  boolean signal(ProcessIdentity process, Signal signal);

  /** Whether this very life of it goes on. A zombie is dead, and so is all of another boot. */
  boolean isAlive(ProcessIdentity process);

  /** Who has this pid now; empty when nobody living has. */
  Optional<ProcessIdentity> identify(int pid);

  /** The name of the program that it runs, as {@code ps} shows it; "?" when it has ended. */
  String programOf(ProcessIdentity process);

  /** The state letter of a living process ('T' is stopped), empty when it is gone. */
  Optional<Character> state(ProcessIdentity process);

  /** Now, to be written down with an intent to start something. */
  BootTicks now();

  /**
   * Living processes begun since that moment whose environment carries the token; session leaders
   * first, then the oldest. Empty for a moment of another boot. What cannot be read (processes of
   * other users, when we are not root) is not found.
   */
  CompletableFuture<List<TokenHolder>> search(SlotToken token, BootTicks since);

  /**
   * Living processes of this boot whose token begins so, by that token; for what was never written
   * down.
   */
  CompletableFuture<Map<SlotToken, List<ProcessIdentity>>> searchByPrefix(String prefix);

  /**
   * All living processes but this one, as they are now. What cannot be read of one (processes of
   * other users, when we are not root) it does not have.
   */
  CompletableFuture<List<SeenProcess>> all();

  /**
   * Keeps an output file bounded from now on, and reads it. Close it to stop that.
   *
   * @throws IllegalStateException when it is kept already
   */
  BoundedOutput keepBounded(Path output, long limitBytes);

  /** Watches and starts nothing any more, and ends its threads. Touches no process. */
  @Override
  void close();
}
