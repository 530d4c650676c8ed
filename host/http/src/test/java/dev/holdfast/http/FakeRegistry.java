package dev.holdfast.http;

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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says back what it was asked, and by whom. */
final class FakeRegistry implements RegistryApi {
  /** No UTF-8 holds it, and a registry name may. */
  static final String HALF_A_CHARACTER = "\ud83d";

  private static final Instant THEN = Instant.parse("2026-11-21T22:40:00.120Z");

  @Override
  public boolean mayRestore(Caller caller) {
    return true;
  }

  @Override
  public List<RegistryKeyView> keys(Caller caller, KeyName key, boolean recursive) {
    return List.of(
        new RegistryKeyView(
            "Contoso",
            key.path(),
            "handle " + key.handle(),
            7,
            List.of(),
            List.of(HALF_A_CHARACTER),
            "asked by pid " + caller.pid()));
  }

  @Override
  public RegistryCommitView change(Caller caller, RegistryBatch batch, boolean dryRun) {
    return commit("HKLM\\Software", 8, batch.changes().size());
  }

  private static RegistryCommitView commit(
      String hive, long revision, int changes, String... notes) {
    return new RegistryCommitView(hive, revision, changes, List.of(notes));
  }

  @Override
  public RegistryFile export(Caller caller, String path, RegistryFormat format) {
    return new RegistryFile(
        format.name().getBytes(StandardCharsets.US_ASCII),
        List.of("half of it", "the caf\u00e9"),
        6);
  }

  @Override
  public RegistryCommitView restore(
      Caller caller, String path, HiveUpload hive, boolean force, boolean dryRun) {
    return commit(
        path, 10, hive.bytes().length, hive.name(), "salvage " + hive.salvage(), "force " + force);
  }

  @Override
  public RegistryCommitView load(Caller caller, String path, HiveUpload hive, boolean dryRun) {
    return commit(path, 1, 1, "loaded", hive.name());
  }

  @Override
  public RegistryCommitView unload(
      Caller caller,
      String path,
      boolean force,
      @Nullable Long saved,
      boolean discard,
      boolean dryRun) {
    return commit(path, 1, 0, "unloaded", "force " + force, "saved " + saved);
  }

  @Override
  public Feed<RegistryChangeView> follow(
      Caller caller, String path, boolean recursive, List<String> kinds, @Nullable Long after) {
    return feedOf(
        new RegistryChangeView(
            "HKLM\\Software",
            11,
            THEN,
            path + "\\" + HALF_A_CHARACTER,
            (recursive ? "value" : "name") + kinds));
  }

  private static <T> Feed<T> feedOf(T thing) {
    var feed = new BlockingFeed<T>();
    feed.add(thing);
    feed.close();
    return feed;
  }

  @Override
  public List<RegistryCommitView> importText(
      Caller caller, String name, byte[] text, boolean dryRun) {
    return List.of(commit("HKLM\\Software", 9, text.length, name));
  }

  @Override
  public Feed<RegistryHandleView> hold(Caller caller, List<String> paths, String rights) {
    return feedOf(handle(caller, String.join("+", paths), rights, "OPEN"));
  }

  private static RegistryHandleView handle(
      Caller caller, String path, String rights, String state) {
    return new RegistryHandleView(
        17, path, path, rights, "java", caller.pid(), 5, caller.uid(), 1, THEN, THEN, 0, 0, state);
  }

  @Override
  public List<RegistryHandleView> handles(Caller caller, @Nullable String path) {
    return List.of(handle(caller, String.valueOf(path), "KEY_READ", "OPEN"));
  }

  @Override
  public RegistryHandleView closeHandle(Caller caller, long handle, boolean dryRun) {
    return handle(caller, "handle " + handle, "KEY_READ", "CLOSED");
  }

  @Override
  public RegistrySecurityView security(Caller caller, String path) {
    return new RegistrySecurityView(
        path, path, caller.user(), "group:adm", false, true, false, "D:", List.of());
  }

  @Override
  public RegistryCommitView grant(
      Caller caller, String path, String principal, String rights, boolean dryRun) {
    return commit(path, 12, 1, "granted", principal, rights);
  }

  @Override
  public RegistryCommitView revoke(
      Caller caller, String path, String principal, String rights, boolean dryRun) {
    return commit(path, 13, 1, "revoked", principal, rights);
  }
}
