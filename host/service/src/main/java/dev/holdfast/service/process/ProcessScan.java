package dev.holdfast.service.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Looks through all processes of the machine, on one thread. Who asks while a look is being taken
 * shares the next one with all others who ask: stopping five hundred resources at once must not
 * mean five hundred looks.
 */
final class ProcessScan {
  private final ProcFs proc;
  private final ExecutorService thread;
  private final Object lock = new Object();

  /** Who waits for the next look; guarded by the lock. Null when none is due. */
  private @Nullable List<CompletableFuture<Snapshot>> waiting;

  ProcessScan(ProcFs proc, ExecutorService thread) {
    this.proc = proc;
    this.thread = thread;
  }

  /** A look begun after this call. Completed on the scan's thread. */
  CompletableFuture<Snapshot> take() {
    CompletableFuture<Snapshot> result = new CompletableFuture<>();
    synchronized (lock) {
      if (waiting == null) {
        waiting = new ArrayList<>();
        thread.execute(this::look);
      }
      waiting.add(result);
    }
    return result;
  }

  private void look() {
    List<CompletableFuture<Snapshot>> askers;
    synchronized (lock) {
      askers = waiting == null ? List.of() : waiting;
      waiting = null;
    }
    try {
      Snapshot snapshot = new Snapshot(proc, proc.all());
      askers.forEach(asker -> asker.complete(snapshot));
    } catch (RuntimeException e) {
      askers.forEach(asker -> asker.completeExceptionally(e));
    }
  }

  /** All processes at one moment; environments are read when first asked for. */
  static final class Snapshot {
    private final ProcFs proc;
    private final List<ProcStat> processes;
    private final Map<Integer, Optional<SlotToken>> tokens = new ConcurrentHashMap<>();

    Snapshot(ProcFs proc, List<ProcStat> processes) {
      this.proc = proc;
      this.processes = processes;
    }

    /** The living processes that began then or later, without ourselves. */
    List<ProcStat> livingSince(long ticks) {
      long self = ProcessHandle.current().pid();
      return processes.stream()
          .filter(p -> !p.isDead() && p.startTicks() >= ticks && p.pid() != self)
          .toList();
    }

    /**
     * What belongs to a process, itself included: its group, its session, and what carries the
     * token. Nothing has another's group number as long as one process is in the group, so when
     * that pid is another life's by now, the group is none of it.
     */
    List<ProcStat> tree(ProcessIdentity leader, @Nullable SlotToken token) {
      return tree(leader, token, Set.of());
    }

    /**
     * The same with more that is known to belong to it, and with all that descends from any of it,
     * but for what carries another slot's token.
     *
     * @param known seen in an earlier look
     * @param place what runs there without a token belongs to it, too; null for nothing
     */
    List<ProcStat> descent(
        ProcessIdentity leader, SlotToken token, Set<ProcessIdentity> known, @Nullable Path place) {
      List<ProcStat> members = new ArrayList<>(tree(leader, token, known));
      if (place != null) {
        livingSince(leader.startTicks()).stream()
            .filter(p -> !members.contains(p) && token(p).isEmpty() && proc.runsIn(p.pid(), place))
            .toList()
            .forEach(members::add);
      }
      Map<Integer, List<ProcStat>> children = new HashMap<>();
      for (ProcStat process : livingSince(leader.startTicks())) {
        children.computeIfAbsent(process.parent(), _ -> new ArrayList<>()).add(process);
      }
      Set<Integer> seen = new HashSet<>();
      members.forEach(member -> seen.add(member.pid()));
      for (int i = 0; i < members.size(); i++) {
        for (ProcStat child : children.getOrDefault(members.get(i).pid(), List.of())) {
          if (token(child).filter(t -> !t.equals(token)).isEmpty() && seen.add(child.pid())) {
            members.add(child);
          }
        }
      }
      return members;
    }

    private List<ProcStat> tree(
        ProcessIdentity leader, @Nullable SlotToken token, Set<ProcessIdentity> known) {
      boolean numberReused =
          processes.stream()
              .anyMatch(p -> p.pid() == leader.pid() && p.startTicks() != leader.startTicks());
      return livingSince(leader.startTicks()).stream()
          .filter(
              p ->
                  (!numberReused && isKin(p, leader, token))
                      || (token != null && token(p).filter(token::equals).isPresent())
                      || known.contains(p.identity(proc.bootId())))
          .toList();
    }

    private boolean isKin(ProcStat p, ProcessIdentity leader, @Nullable SlotToken token) {
      boolean sameNumber =
          p.pid() == leader.pid() || p.group() == leader.pid() || p.session() == leader.pid();
      // A process that carries another slot's token is that slot's, whatever its numbers are.
      return sameNumber && (token == null || token(p).filter(t -> !t.equals(token)).isEmpty());
    }

    Optional<SlotToken> token(ProcStat process) {
      return tokens.computeIfAbsent(process.pid(), _ -> proc.token(process));
    }
  }
}
