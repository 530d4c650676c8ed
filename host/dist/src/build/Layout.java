import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Lays out the distribution: every jar once in {@code lib}, and beside them a list of jars for each
 * of the three class paths. All files get the same time of last change: an AOT cache is good for
 * jars of one time, and a rebuild of the same sources must not spoil it.
 *
 * <p>Usage: {@code java Layout.java DISTRIBUTION CHECKOUT TIMESTAMP}
 */
final class Layout {
  private static final List<Program> PROGRAMS =
      List.of(
          new Program("cli", "cli"),
          new Program("service", "http"),
          new Program("monitor", "monitor"));

  private static final Set<String> LAUNCHERS = Set.of("holdfast", "exchange", "cloud");

  private final Path dist;
  private final Path lib;
  private final Path checkout;

  /** By name, where each jar in {@code lib} comes from. */
  private final Map<String, Path> copied = new HashMap<>();

  private Layout(Path dist, Path checkout) {
    this.dist = dist;
    this.lib = dist.resolve("lib");
    this.checkout = checkout;
  }

  /** A class path: that of a module of {@code host}, under the name of what it is for. */
  private record Program(String name, String module) {}

  public static void main(String[] args) throws Exception {
    var layout = new Layout(Path.of(args[0]), Path.of(args[1]));
    layout.clear();
    layout.jars();
    layout.scripts();
    layout.settle(FileTime.from(Instant.parse(args[2])));
  }

  /** What an earlier build left, except the archives, which are copied before this runs. */
  private void clear() throws IOException {
    for (String folder : List.of("lib", "bin")) {
      Path old = dist.resolve(folder);
      if (Files.exists(old)) {
        try (Stream<Path> files = Files.walk(old)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
      Files.createDirectories(old);
    }
  }

  private void jars() throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    for (Program program : PROGRAMS) {
      var names = new TreeSet<String>();
      for (Path jar : classPath(program)) {
        String name = jar.getFileName().toString();
        if (!name.endsWith(".jar") || !names.add(name)) {
          throw new IOException("The class path of " + program + " has no good jar at " + jar);
        }
        copyOnce(jar, name);
      }
      for (String name : names) {
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(lib.resolve(name)));
      }
      Files.write(lib.resolve(program.name() + ".classpath"), names);
    }
    String hex = HexFormat.of().formatHex(digest.digest(), 0, 8);
    Files.writeString(lib.resolve("digest"), hex + "\n");
  }

  private List<Path> classPath(Program program) throws IOException {
    Path target = checkout.resolve("host").resolve(program.module()).resolve("target");
    List<Path> jars = new ArrayList<>();
    try (var files = Files.newDirectoryStream(target, "holdfast-" + program.module() + "-*.jar")) {
      for (Path file : files) {
        if (!file.toString().endsWith("-tests.jar")) {
          jars.add(file);
        }
      }
    }
    if (jars.size() != 1) {
      throw new IOException("There should be one jar in " + target + ", and there are " + jars);
    }
    String written = Files.readString(target.resolve("runtime.classpath")).strip();
    Arrays.stream(written.split(":")).map(Path::of).forEach(jars::add);
    return jars;
  }

  /** Two class paths may share a jar; two jars of one name would be a mix-up of versions. */
  private void copyOnce(Path jar, String name) throws IOException {
    Path before = copied.putIfAbsent(name, jar);
    if (before == null) {
      NewerClasses.copy(jar, lib.resolve(name));
    } else if (Files.mismatch(jar, before) >= 0) {
      throw new IOException("There are two different jars by the name of " + name);
    }
  }

  private void scripts() throws IOException {
    Path sources = checkout.resolve("host/dist/src");
    copy(sources.resolve("lib/find-java.sh"), lib.resolve("find-java.sh"));
    Path unit = lib.resolve("systemd/holdfast.service");
    Files.createDirectories(unit.getParent());
    copy(sources.resolve("lib/systemd/holdfast.service"), unit);
    copy(
        checkout.resolve("host/protocol/src/main/resources/dev/holdfast/protocol/monitor.flags"),
        lib.resolve("monitor.flags"));
    Path launcher = dist.resolve("bin/holdfast");
    copy(sources.resolve("bin/holdfast"), launcher);
    Path exchange = dist.resolve("samples/information-store/exchange");
    copy(checkout.resolve("sample-resources/information-store/src/main/sh/exchange"), exchange);
    Path cloud = dist.resolve("samples/lease-volume/cloud");
    copy(checkout.resolve("sample-resources/lease-volume/src/main/sh/cloud"), cloud);
    copy(sources.resolve("docs/README.md"), dist.resolve("README.md"));
    if (Files.exists(checkout.resolve("LICENSE"))) {
      copy(checkout.resolve("LICENSE"), dist.resolve("LICENSE"));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private void settle(FileTime time) throws IOException {
    try (Stream<Path> files = Files.walk(dist)) {
      for (Path file : files.toList()) {
        boolean open = Files.isDirectory(file) || LAUNCHERS.contains(file.getFileName().toString());
        Files.setPosixFilePermissions(
            file, PosixFilePermissions.fromString(open ? "rwxr-xr-x" : "rw-r--r--"));
        Files.setLastModifiedTime(file, time);
      }
    }
  }
}
