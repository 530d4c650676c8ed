package dev.holdfast.backup;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What a backup says of itself. It is a backup's first member:
 *
 * <pre>
 * backup.json                        this, as JSON
 * format                             from here on what a quorum directory has, by the same names
 * cluster.log                        the cluster database at one revision: a log without batches,
 * cluster.log.REVISION.regf          its snapshot as a hive file of Windows' format,
 * cluster.log.REVISION.digest        and the digest and the revisions of that
 * blobs/SHA256                       what generations of checkpoints name
 * plugins/SHA256.zip                 what versions of types name
 * backup.json.sha256                 the digest of backup.json, as sha256sum writes it
 * </pre>
 *
 * <p>A plain tar: each member a ustar header and its content filled up with zeros to 512 bytes; two
 * blocks of zeros at the end. Owner 0, mode 0600 and the time of the backup everywhere, so that a
 * reader knows each header before he has read it.
 *
 * @param format {@link #FORMAT}
 * @param cluster the database's own id, the same in all backups of one cluster
 * @param node which node took it
 * @param quorum of which directory
 * @param revision of the database
 * @param takenAt when it was taken
 * @param members all between this one and the last
 * @param lacking what the database names, and was missing or damaged where it was kept
 */
public record Manifest(
    String format,
    UUID cluster,
    String node,
    String quorum,
    long revision,
    Instant takenAt,
    List<Member> members,
    List<Lacking> lacking) {
  /** The one that is written and read. */
  public static final String FORMAT = "holdfast-quorum-backup 1";

  static final String FILE = "backup.json";
  static final String SEAL = "backup.json.sha256";

  public Manifest {
    members = List.copyOf(members);
    lacking = List.copyOf(lacking);
  }

  /**
   * A file in a backup.
   *
   * @param digest {@code sha256:HEX}
   */
  public record Member(String name, long sizeBytes, String digest) {}

  /**
   * A content that is not in a backup.
   *
   * @param name the name that it would have
   * @param why {@code missing} or {@code damaged}
   * @param neededBy what of the cluster needs it
   */
  public record Lacking(String name, String why, String neededBy) {}

  /** Bytes of all members. */
  public long contentBytes() {
    return members.stream().mapToLong(Member::sizeBytes).sum();
  }
}
