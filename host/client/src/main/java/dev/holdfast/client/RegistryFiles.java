package dev.holdfast.client;

import dev.holdfast.client.door.Answers;
import dev.holdfast.client.transport.Body;
import dev.holdfast.client.transport.Reply;
import dev.holdfast.client.transport.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Keys as files. Files pass by in pieces; neither way is one in memory as a whole. Thread-safe. A
 * local file that fails is an {@link UncheckedIOException}; nothing was changed then.
 *
 * <p>Hive files, and so all but {@link #export} of a text and {@link #importText}, are for the
 * home's owner and root alone.
 */
public final class RegistryFiles {
  private static final int PIECE_BYTES = 64 * 1024;

  private final Registry registry;
  private final Service service;

  RegistryFiles(Registry registry, Service service) {
    this.registry = registry;
    this.service = service;
  }

  /** How a key is written. */
  public enum Format {
    /** Registry text, "Windows Registry Editor Version 5.00". */
    REG,
    /** Registry text of Windows 95 and NT 4. */
    REGEDIT4,
    /** A hive file, as RegSaveKey writes it. */
    HIVE
  }

  /** What a file is taken by. */
  public enum Option {
    /** Also while others hold the key or one below it; their handles are worth nothing then. */
    FORCE,
    /** Also a damaged file: what can be read of it. */
    SALVAGE,
    /** Also when what was changed in a loaded hive would be lost. */
    DISCARD
  }

  /**
   * What was written.
   *
   * @param losses what the file does not carry, in words; empty if it carries all
   * @param revision of the hive, as it was then; {@link #unload(String, long, Option...)} takes it
   */
  public record Exported(String losses, long revision, long sizeBytes) {}

  /**
   * Writes a key with all below it; the stream is not closed. When it throws, part of it may have
   * been written.
   */
  public Exported export(String path, Format format, OutputStream out) {
    registry.requireOpen();
    return service.call(
        "GET",
        Target.of("registry", "file")
            .with("path", Registry.sayable(path))
            .with("format", format.name().toLowerCase(Locale.ROOT)),
        "application/octet-stream",
        null,
        service.deadlines().transfer(),
        false,
        reply -> {
          Answers.requireGood(reply);
          return new Exported(
              reply.headers().getOrDefault("holdfast-loss", ""),
              revision(reply),
              copy(reply.body(), out));
        });
  }

  private static long revision(Reply reply) throws IOException {
    String said = reply.headers().getOrDefault("holdfast-revision", "");
    try {
      return Long.parseLong(said);
    } catch (NumberFormatException none) {
      throw new IOException("The service's answer has no revision.", none);
    }
  }

  private static long copy(InputStream in, OutputStream out) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    long copied = 0;
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      write(piece, read, out);
      copied += read;
    }
    return copied;
  }

  private static void write(byte[] piece, int length, OutputStream out) {
    try {
      out.write(piece, 0, length);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Gives a key the contents of a hive file, in place of its own. */
  public Commit restore(String path, Path hive, Option... options) {
    return send(Target.of("registry", "file").with("path", Registry.sayable(path)), hive, options)
        .get(0);
  }

  /** Shows a hive file as a key right below the root, as {@code HKLM\Offline}. */
  public Commit load(String path, Path hive, Option... options) {
    return send(Target.of("registry", "hives").with("path", Registry.sayable(path)), hive, options)
        .get(0);
  }

  /** Does what a registry text says: all that concerns one hive together, hive by hive. */
  public List<Commit> importText(Path text) {
    return send(Target.of("registry", "text"), text);
  }

  private List<Commit> send(Target target, Path file, Option... options) {
    registry.requireOpen();
    with(target, options).with("name", String.valueOf(file.getFileName()));
    try (InputStream in = Files.newInputStream(file)) {
      return service.change(
          "POST", target, new Body(in, Files.size(file)), service.deadlines().transfer(), false);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Lets go of a loaded hive that was not changed since. */
  public void unload(String path, Option... options) {
    unload(Target.of("registry", "hives").with("path", Registry.sayable(path)), options);
  }

  /**
   * Lets go of a loaded hive that was exported.
   *
   * @param saved the revision of what was exported; a later one is not lost unasked
   */
  public void unload(String path, long saved, Option... options) {
    unload(
        Target.of("registry", "hives").with("path", Registry.sayable(path)).with("saved", saved),
        options);
  }

  private void unload(Target target, Option... options) {
    registry.requireOpen();
    service.change("DELETE", with(target, options), null, service.deadlines().transfer(), false);
  }

  private static Target with(Target target, Option... options) {
    Arrays.stream(options)
        .distinct()
        .forEach(option -> target.with(option.name().toLowerCase(Locale.ROOT), true));
    return target;
  }
}
