package dev.holdfast.service.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node among those that share a quorum directory. Each writes down who it is and where it is
 * reached; a file proves nothing, and one whose process is gone counts for nothing. The lock alone
 * says who holds the directory.
 *
 * <pre>
 *   QUORUM/nodes/NAME.json    a {@link Member}, written by rename, removed at a clean end
 *   QUORUM/nodes/NAME.lock    locked by the process that has the name; see {@link NameLock}
 *   QUORUM/quorum.handover    line 1: the node whose turn it is; line 2: until when others let it
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class Membership implements AutoCloseable {
  /** How long others leave the lock to the node that it is handed to. */
  static final Duration TURN_MAX = Duration.ofSeconds(30);

  private static final String SUFFIX = ".json";
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  private final Path quorum;
  private final Member self;
  private final Predicate<Member> lives;
  private final InstantSource clock;
  private final NameLock name;
  private Member.@Nullable Role role;

  private Membership(
      Path quorum, Member self, Predicate<Member> lives, InstantSource clock, NameLock name) {
    this.quorum = quorum;
    this.self = self;
    this.lives = lives;
    this.clock = clock;
    this.name = name;
  }

  /**
   * Joins the nodes of a quorum directory that is there.
   *
   * @param self role and socket are told later
   * @param lives whether a member's process goes on
   * @throws NodeNameTakenException another home that lives has the name
   */
  public static Membership join(
      Path quorum, Member self, Predicate<Member> lives, InstantSource clock) throws IOException {
    Path nodes = Files.createDirectories(quorum.resolve("nodes"));
    Path lock = nodes.resolve(self.node().toLowerCase(Locale.ROOT) + ".lock");
    Optional<NameLock> name = NameLock.tryTake(lock, self);
    if (name.isEmpty()) {
      throw taken(quorum, self, NameLock.holder(lock));
    }
    var membership = new Membership(quorum, self, lives, clock, name.get());
    Optional<Member> same =
        membership.find(self.node()).filter(other -> !other.home().equals(self.home()));
    if (same.isPresent()) {
      membership.close();
      throw taken(quorum, self, same);
    }
    return membership;
  }

  private static NodeNameTakenException taken(Path quorum, Member self, Optional<Member> by) {
    return new NodeNameTakenException(
        "The quorum directory %s has a node %s already: %s. Give this one another name with --node."
            .formatted(
                quorum,
                self.node(),
                by.map(
                        other ->
                            "the service with pid %d on the home %s"
                                .formatted(other.pid(), other.home()))
                    .orElse("another service, which is just starting")));
  }

  private Path file(String node) {
    return quorum.resolve("nodes").resolve(node.toLowerCase(Locale.ROOT) + SUFFIX);
  }

  private Path handover() {
    return quorum.resolve("quorum.handover");
  }

  // ---- what this node tells --------------------------------------------------------------------

  /** Tells what this node does now, and where it is reached. */
  public synchronized void tell(Member.Role now, @Nullable Path socket) throws IOException {
    role = now;
    var member =
        new Member(
            self.node(), self.pid(), self.startTicks(), self.home(), socket, clock.instant(), now);
    write(file(self.node()), member.json());
  }

  private static void write(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes what this node told of itself. */
  @Override
  public synchronized void close() throws IOException {
    try (name) {
      if (role != null) {
        role = null;
        Files.deleteIfExists(file(self.node()));
      }
    }
  }

  // ---- who there is ----------------------------------------------------------------------------

  /** The nodes that live, by name. */
  public List<Member> members() {
    List<Member> members = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(quorum.resolve("nodes"), "*" + SUFFIX)) {
      for (Path file : files) {
        read(file).filter(lives).ifPresent(members::add);
      }
    } catch (NoSuchFileException nobody) {
      return List.of();
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("The nodes of {} cannot be listed: {}", quorum, e.getMessage());
    }
    members.sort(Comparator.comparing(Member::node, String.CASE_INSENSITIVE_ORDER));
    return members;
  }

  /** A node that lives. */
  public Optional<Member> find(String node) {
    return read(file(node)).filter(lives);
  }

  /** The node that holds the directory, if it has said so. */
  public Optional<Member> holder() {
    return members().stream().filter(each -> each.role() == Member.Role.HOLDER).findFirst();
  }

  private static Optional<Member> read(Path file) {
    try {
      return Optional.of(Member.parse(Files.readString(file, StandardCharsets.UTF_8)));
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      LOG.debug("{} tells of no node: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  // ---- whose turn it is ------------------------------------------------------------------------

  /** Has the others, this node among them, leave the lock to a node for a while. */
  public void handTo(String node) throws IOException {
    write(handover(), node + "\n" + clock.instant().plus(TURN_MAX) + "\n");
  }

  /** The lock is taken, or nobody is to wait for it any more. */
  public void endTurn() throws IOException {
    Files.deleteIfExists(handover());
  }

  /** Whether this node may take the lock if it is free. */
  public boolean isMyTurn() {
    try {
      List<String> lines = Files.readAllLines(handover());
      String node = lines.getFirst();
      return node.equalsIgnoreCase(self.node())
          || find(node).isEmpty()
          || clock.instant().isAfter(Instant.parse(lines.get(1)));
    } catch (NoSuchFileException nobodys) {
      return true;
    } catch (IOException
        | DateTimeException
        | IndexOutOfBoundsException
        | IllegalArgumentException e) {
      LOG.warn("{} does not say whose turn it is: {}", handover(), e.toString());
      return true;
    }
  }
}
