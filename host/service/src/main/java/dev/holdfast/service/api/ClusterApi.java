package dev.holdfast.service.api;

import java.util.List;
import java.util.Set;

/**
 * What the cluster service can be asked and told. Implemented by the service, called by the HTTP
 * layer, whose checks have by then established who asks; nothing here asks again, but for the
 * {@link #registry}.
 *
 * <p>Thread-safe: any number of threads call at once. Questions answer from memory and do not wait
 * for a monitor or a plugin; they answer in full also while no monitor lives. All methods throw
 * {@link ApiException}: {@link ApiException.NotFound} for a name that is not there, {@link
 * ApiException.Unreachable} while the service is starting or stopping, and {@link
 * ApiException.Conflict} while it waits for the quorum, where it is not said otherwise.
 */
public interface ClusterApi {
  /** Answers while the service is starting, too: {@code service.ready} is false then. */
  StatusView status();

  /** Why a resource or a group is in the state it is in. A resource goes before a group. */
  Why why(String resourceOrGroup);

  List<GroupView> groups();

  GroupView group(String group);

  List<ResourceView> resources();

  ResourceView resource(String resource);

  List<TypeView> types();

  TypeView type(String type);

  /**
   * Reads every archive again and compares digests. Reads whole files, so it takes its time; it
   * changes nothing but what {@link #types()} then says of the types it looked at.
   */
  List<TypeView> verifyTypes();

  /** The members of families that could be registered on this node. Asks the families. */
  List<AvailableTypeView> availableTypes();

  List<MonitorView> monitors();

  MonitorView monitor(String monitor);

  /** The nodes that share the quorum, by name. Answers while the service waits, too. */
  List<NodeView> nodes();

  NodeView node(String node);

  /**
   * The service's own word, for an audit from outside. Asks every monitor what it holds, and so,
   * unlike the other questions, waits up to a second for one that does not answer.
   */
  AuditFacts auditFacts();

  /** Oldest first; of more than {@link EventQuery#limit()} the newest are given. */
  List<EventView> events(EventQuery query);

  EventView event(long seq);

  /**
   * Events as they are written, from the one after {@code afterSeq} on, without a gap. The caller
   * closes the feed. A reader that is too slow gets a feed that ends; it may ask again from the
   * last event it has seen.
   */
  Feed<EventView> followEvents(EventQuery query, long afterSeq);

  List<IncidentView> incidents();

  IncidentView incident(long seq);

  /**
   * A piece of what the resource's application has written.
   *
   * @param from the offset of the first byte wanted; negative: that many bytes before the end. What
   *     is no longer kept is skipped, and {@link LogPiece#from()} says so
   * @param maxBytes at most so many bytes are read
   */
  LogPiece log(String resource, long from, int maxBytes);

  /** As {@link #log}, and then goes on with what is written later. The caller closes the feed. */
  Feed<LogPiece> followLog(String resource, long from);

  /** The registry, for which it matters who asks. */
  RegistryApi registry();

  /**
   * Looks whether what will be needed would do: each checkpoint is rehearsed, as if it were to be
   * restored now; each type's archive is read. Changes nothing.
   *
   * @param only the checks that are made: {@code checkpoints}, {@code plugins}; empty for all
   */
  List<ValidationView> validate(Set<String> only);

  /** What other nodes would have to restore if they took over now. */
  List<Rehearsal> rehearsals();

  /**
   * Looks whether checkpoints could be restored on this node, to its own hives and files; changes
   * nothing. Answered also by a node that waits.
   */
  List<ValidationView> rehearse(List<Rehearsal> wanted);

  /** The quorum directory: what it has, and when it was backed up. Answered by the holder. */
  QuorumView quorum();

  /**
   * Begins a backup of the quorum: database, blobs and archives at one revision, read and found
   * good. Writers go on. The caller closes it.
   *
   * @throws ApiException.Conflict another one is being taken
   * @throws ApiException.Failed something could not be read
   */
  QuorumStream backUp();

  /** Has it written down, and told, what became of a backup. */
  void backupEnded(BackupReport report);

  /** What of the resources' configuration follows them. */
  CheckpointApi checkpoints();

  /** The cluster as one document. */
  ClusterFileApi clusterFile();

  /**
   * Starts to carry out a command and returns as soon as it has been accepted; the operation tells
   * the rest. What can be refused at once (unknown name, rejected property, not in this state) is
   * refused by an exception, and then nothing has been changed. An accepted operation goes on when
   * nobody listens.
   *
   * @throws ApiException.NotFound an object it names is not there
   * @throws ApiException.Invalid a name, a property, an archive is rejected
   * @throws ApiException.Conflict it cannot be done in the state the object is in
   */
  Operation submit(Command command, Asker asker);

  /**
   * Brings the series in {@link ApiServer#meters} in line with the resources and monitors that
   * there are; before each reading of them.
   */
  void refreshMeters();

  /** One of the last operations, running or ended. A bounded number is remembered. */
  Operation operation(String id);
}
