package dev.holdfast.service.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The registry: every call says for whom it is, and each key's security descriptor decides what
 * that caller may do there. Nobody passes it, root neither; but for the home's owner and root, who
 * may save, restore and load whatever the descriptors say, as those may on Windows who have the
 * privileges to back up and to restore.
 *
 * <p>Thread-safe. Reading answers from memory; a change returns when it is durable. Paths go from
 * their root on, as {@code HKLM\Software\Contoso}. All methods throw {@link ApiException}: {@link
 * ApiException.NotPermitted} for what the caller may not do (that is an event, too), {@link
 * ApiException.NotFound} for a key that is not there, {@link ApiException.Usage} for a path that no
 * key can have.
 */
public interface RegistryApi {
  /**
   * A key, where it is known by its path or by an open handle.
   *
   * @param path from its root on; with a handle from the handle's key on, empty for that itself
   * @param handle of a handle that the caller's process holds; null for none. What the handle was
   *     granted counts for its own key, whatever the key's descriptor says by now; keys below it
   *     are opened anew
   */
  record KeyName(String path, @Nullable Long handle) {
    public static KeyName of(String path) {
      return new KeyName(path, null);
    }
  }

  /**
   * A hive file that is to become a key's contents.
   *
   * @param name what the file is called in messages
   * @param salvage takes also a file that was not written to its end, or in which what only helps
   *     to find things is wrong
   */
  @SuppressWarnings("ArrayRecordComponent") // Read once, and compared by nobody.
  record HiveUpload(String name, byte[] bytes, boolean salvage) {}

  /** Whether the caller is the home's owner or root. */
  boolean mayRestore(Caller caller);

  /**
   * A key; with all below it when asked, each key before its subkeys. Of keys below it that the
   * caller may not read, the answer says that they are there, and why not more.
   *
   * @throws ApiException.Usage also when there is too much below it to be told in one answer
   */
  List<RegistryKeyView> keys(Caller caller, KeyName key, boolean recursive);

  /**
   * Makes changes to keys of one hive; they are durable when it returns. Keys that are made belong
   * to the caller.
   *
   * @param dryRun checks everything, and changes nothing
   * @throws ApiException.Conflict a precondition does not hold
   * @throws ApiException.NotPermitted also where the cluster service alone writes
   */
  RegistryCommitView change(Caller caller, RegistryBatch batch, boolean dryRun);

  /**
   * A key with all below it, as a file has it. As a hive file for the home's owner and root only,
   * and whatever the descriptors say; as a text for everybody who may read all of it.
   */
  RegistryFile export(Caller caller, String path, RegistryFormat format);

  /**
   * Gives a key the contents of a hive file: its values, subkeys, class and security become the
   * file's. A key that is not there is made. For the home's owner and root only.
   *
   * @param force also while others hold the key or one below it; their handles are worth nothing
   *     then
   * @throws ApiException.Invalid it is no hive file, or a damaged one
   * @throws ApiException.Conflict others hold it
   */
  RegistryCommitView restore(
      Caller caller, String path, HiveUpload hive, boolean force, boolean dryRun);

  /**
   * Shows a hive file as a key right below the root, until it is unloaded, over deaths of the
   * service too. The file is left alone. For the home's owner and root only.
   *
   * @param path as {@code HKLM\Offline}
   * @throws ApiException.Invalid it is no hive file, or a damaged one
   * @throws ApiException.Conflict there is a hive of that name
   */
  RegistryCommitView load(Caller caller, String path, HiveUpload hive, boolean dryRun);

  /**
   * Lets go of a loaded hive. For the home's owner and root only.
   *
   * @param force also while keys of it are held; the handles are worth nothing then
   * @param saved the revision of the hive at which it was exported; null when it was not
   * @param discard also when it was changed since it was loaded or saved
   * @throws ApiException.Conflict it was not loaded, is held, or was changed
   */
  RegistryCommitView unload(
      Caller caller,
      String path,
      boolean force,
      @Nullable Long saved,
      boolean discard,
      boolean dryRun);

  /**
   * Does what a registry text says: all that concerns one hive together or not at all, hive by
   * hive.
   *
   * @param name what the text is called in messages
   */
  List<RegistryCommitView> importText(Caller caller, String name, byte[] text, boolean dryRun);

  /**
   * Changes at a key as they are made, from the one after a revision on, without a gap. The caller
   * closes the feed. A reader that is too slow gets a feed that ends; it may ask again from the
   * last revision that it has seen.
   *
   * @param recursive changes below it, too
   * @param kinds of {@code name}, {@code attributes}, {@code value} and {@code security}; none for
   *     all. That the key is gone is told in any case
   * @param after null for all from now on
   */
  Feed<RegistryChangeView> follow(
      Caller caller, String path, boolean recursive, List<String> kinds, @Nullable Long after);

  /**
   * Opens handles, and holds them until the feed is closed or the caller's process has ended. The
   * feed tells each of them, and each change of its state; it ends when all are closed.
   *
   * @param rights as {@code read}, {@code KEY_SET_VALUE,KEY_NOTIFY} or {@code MAXIMUM_ALLOWED}
   */
  Feed<RegistryHandleView> hold(Caller caller, List<String> paths, String rights);

  /**
   * Open handles, in the order in which they were opened: those of the caller's user; for the
   * home's owner and root all.
   *
   * @param path only those to this key and below; null for all
   */
  List<RegistryHandleView> handles(Caller caller, @Nullable String path);

  /**
   * Closes a handle of the caller's user; for the home's owner and root any. Who holds it hears.
   */
  RegistryHandleView closeHandle(Caller caller, long handle, boolean dryRun);

  /** Who may do what with a key. Takes READ_CONTROL. */
  RegistrySecurityView security(Caller caller, String path);

  /**
   * Gives a principal rights to a key and those below that inherit. Takes WRITE_DAC.
   *
   * @param principal a name, as {@code alice}, {@code group:adm}, {@code cluster-service}, {@code
   *     Everyone}; or a SID
   * @param rights as in {@link #hold}
   */
  RegistryCommitView grant(
      Caller caller, String path, String principal, String rights, boolean dryRun);

  /**
   * Takes rights from what the entries for a principal give it. Where such an entry is inherited,
   * the key inherits no more: it keeps copies of the others. Takes WRITE_DAC.
   *
   * @throws ApiException.NotFound no entry for the principal gives it any of them
   */
  RegistryCommitView revoke(
      Caller caller, String path, String principal, String rights, boolean dryRun);
}
