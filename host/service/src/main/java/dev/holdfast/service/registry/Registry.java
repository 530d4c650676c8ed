package dev.holdfast.service.registry;

import dev.holdfast.checkpoint.Source;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.BlockingFeed;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.Feed;
import dev.holdfast.service.api.RegistryApi;
import dev.holdfast.service.api.RegistryBatch;
import dev.holdfast.service.api.RegistryChangeView;
import dev.holdfast.service.api.RegistryCommitView;
import dev.holdfast.service.api.RegistryFile;
import dev.holdfast.service.api.RegistryFormat;
import dev.holdfast.service.api.RegistryHandleView;
import dev.holdfast.service.api.RegistryKeyView;
import dev.holdfast.service.api.RegistrySecurityView;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The tree below {@code HKLM}, as callers have it: each question to the part that answers it. */
public final class Registry implements RegistryApi, AutoCloseable {
  private final RegistryTree tree;
  private final KeyGuard guard;
  private final KeyHolds holds;
  private final CheckpointWatches watches;
  private final KeyReader reader;
  private final KeyWriter writer;
  private final KeyFiles files;
  private final Followers followers;
  private final KeySecurity security;
  private final InstantSource clock;
  private volatile Function<Set<KeyPath>, List<String>> advice = _ -> List.of();

  /**
   * @param hives in the order in which they are shown
   * @param loaded come after them
   */
  public Registry(
      List<MountedHive> hives,
      LoadedHives loaded,
      HomeOwner owner,
      CallerProcesses processes,
      RegistryListener listener,
      InstantSource clock) {
    this.tree = new RegistryTree(Stream.concat(hives.stream(), loaded.mounted().stream()).toList());
    this.guard = new KeyGuard(owner, listener);
    this.holds = new KeyHolds(tree, guard, processes, listener, clock);
    this.watches = new CheckpointWatches(tree);
    this.reader = new KeyReader(guard);
    this.writer = new KeyWriter(guard, holds, keys -> advice.apply(keys));
    this.followers = new Followers(clock);
    this.files = new KeyFiles(tree, guard, holds, followers, loaded, clock);
    this.security = new KeySecurity(guard);
    this.clock = clock;
  }

  @Override
  public boolean mayRestore(Caller caller) {
    return guard.mayRestore(caller);
  }

  @Override
  public List<RegistryKeyView> keys(Caller caller, KeyName key, boolean recursive) {
    if (key.handle() != null || !RegistryPath.of(key.path()).below().isRoot()) {
      return reader.keys(caller, holds.place(caller, key), recursive);
    }
    List<RegistryKeyView> views = new ArrayList<>(List.of(KeyReader.root(tree.hives())));
    if (recursive) {
      tree.hives()
          .forEach(hive -> views.addAll(reader.keys(caller, tree.place(hive.path()), true)));
    }
    return views;
  }

  @Override
  public RegistryCommitView change(Caller caller, RegistryBatch batch, boolean dryRun) {
    return writer.change(caller, batch, dryRun);
  }

  @Override
  public RegistryFile export(Caller caller, String path, RegistryFormat format) {
    return files.export(caller, tree.place(path), format);
  }

  @Override
  public RegistryCommitView restore(
      Caller caller, String path, HiveUpload hive, boolean force, boolean dryRun) {
    return files.restore(caller, tree.place(path), hive, force, dryRun);
  }

  @Override
  public RegistryCommitView load(Caller caller, String path, HiveUpload hive, boolean dryRun) {
    return files.load(caller, path, hive, dryRun);
  }

  @Override
  public RegistryCommitView unload(
      Caller caller,
      String path,
      boolean force,
      @Nullable Long saved,
      boolean discard,
      boolean dryRun) {
    return files.unload(caller, path, force, saved, discard, dryRun);
  }

  @Override
  public List<RegistryCommitView> importText(
      Caller caller, String name, byte[] text, boolean dryRun) {
    return files.importText(caller, name, text, dryRun);
  }

  @Override
  public Feed<RegistryChangeView> follow(
      Caller caller, String path, boolean recursive, List<String> kinds, @Nullable Long after) {
    Place place = tree.place(path);
    var filter = KeyFollower.filter(kinds);
    guard.require(caller, place, KeyAccess.KEY_NOTIFY);
    Revision from = after == null ? place.hive().snapshot().revision() : new Revision(after);
    var feed = new BlockingFeed<RegistryChangeView>();
    var executor = Executors.newVirtualThreadPerTaskExecutor();
    Watch watch =
        place
            .hive()
            .watching()
            .watch(
                from,
                executor,
                new KeyFollower(place, recursive, filter, clock, feed::add, feed::close));
    followers.add(place.hive(), feed);
    feed.releasing(
        () -> {
          followers.remove(place.hive(), feed);
          watch.close();
          executor.shutdown();
        });
    if (!tree.hives().contains(place.hive())) {
      followers.unloaded(place.hive()); // Between our two looks.
    }
    return feed;
  }

  @Override
  public Feed<RegistryHandleView> hold(Caller caller, List<String> paths, String rights) {
    if (paths.isEmpty()) {
      throw new ApiException.Usage("MissingParameter", "Which key is to be held?");
    }
    return holds.hold(caller, paths, rights(rights));
  }

  @Override
  public List<RegistryHandleView> handles(Caller caller, @Nullable String path) {
    return holds.list(caller, path);
  }

  @Override
  public RegistryHandleView closeHandle(Caller caller, long handle, boolean dryRun) {
    return holds.close(caller, handle, dryRun);
  }

  @Override
  public RegistrySecurityView security(Caller caller, String path) {
    return security.show(caller, tree.place(path));
  }

  @Override
  public RegistryCommitView grant(
      Caller caller, String path, String principal, String rights, boolean dryRun) {
    return security.grant(
        caller, tree.place(path), Principals.find(principal), rights(rights), dryRun);
  }

  @Override
  public RegistryCommitView revoke(
      Caller caller, String path, String principal, String rights, boolean dryRun) {
    return security.revoke(
        caller, tree.place(path), Principals.find(principal), rights(rights), dryRun);
  }

  // ---- checkpoints -----------------------------------------------------------------------------

  /**
   * Who says what somebody should know who changes keys.
   *
   * @param advisor takes the keys from HKLM on, links followed
   */
  public void adviseOnChanges(Function<Set<KeyPath>, List<String>> advisor) {
    advice = advisor;
  }

  /**
   * A key as checkpoints reach it.
   *
   * @param path relative to HKLM
   */
  public Source source(String path) {
    return new KeySource(tree, guard, holds, watches, RegistryPath.ROOT + "\\" + path);
  }

  /**
   * Where a path leads, from below HKLM on.
   *
   * @param path relative to HKLM; whether there is a key, or a hive, is another question
   */
  public KeyPath resolved(String path) {
    try {
      return tree.place(RegistryPath.ROOT + "\\" + path).resolvedFullPath();
    } catch (ApiException.NotFound | ApiException.Usage e) {
      return KeyPath.of(RegistryPath.ROOT + "\\" + path);
    }
  }

  /**
   * What the cluster service is not granted at a key that it would have to save and restore, in
   * sentences for people; also when its siblings grant it (Q192493: Setup forgot one).
   */
  public List<String> missingRights(String path) {
    return security.missingRights(tree.place(path));
  }

  /** A saved hive as registry text. */
  public byte[] textOf(String path, byte[] hive) {
    return files.textOf(tree.place(path), hive);
  }

  private static KeyAccess rights(String text) {
    try {
      return KeyAccess.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ApiException.Usage("BadRights", Sentence.of(e));
    }
  }

  @Override
  public void close() {
    holds.close();
  }
}
