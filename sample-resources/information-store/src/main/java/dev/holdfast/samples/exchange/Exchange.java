package dev.holdfast.samples.exchange;

import dev.holdfast.client.Registry;
import dev.holdfast.client.RegistryException;
import dev.holdfast.client.RegistryLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The main of all programs: the first word says which. Its process gets that name, so that {@code
 * ps}, and whoever is told who holds a key, can tell them apart.
 */
public final class Exchange {
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;
  private static final String USAGE =
      """
      usage: exchange PROGRAM [--home DIR] …
        internet-mail [--count-starts]     the Internet Mail Service: reads its key, follows changes
        event-service                      the Event Service: the same
        information-store STORE            the Information Store: starts when file and key agree
        isinteg STORE                      repairs what a restored backup broke: isinteg -patch
        winlogon SOCKET                    opens keys for others, and does not close them
        administrator SOCKET KEY…          has Winlogon open keys, looks, and ends
      --home: the home of the cluster service whose registry is used; or HOLDFAST_HOME\
      """;

  private Exchange() {}

  /** Runs a program until it ends. */
  public static void main(String[] args) throws Exception {
    List<String> words = new ArrayList<>(List.of(args));
    String home = home(words);
    if (home == null || words.isEmpty()) {
      System.err.println(USAGE);
      System.exit(EXIT_USAGE);
      return;
    }
    String program = words.removeFirst();
    call(program);
    try (var registry = Registry.connect(RegistryLocation.home(Path.of(home)))) {
      run(program, words, registry);
    } catch (RegistryException | IOException failed) {
      System.err.println(program + ": " + failed.getMessage());
      System.exit(EXIT_FAILED);
    }
  }

  /** Takes it from the words. */
  private static @Nullable String home(List<String> words) {
    int at = words.indexOf("--home");
    if (at < 0 || at + 1 == words.size()) {
      return System.getenv("HOLDFAST_HOME");
    }
    String said = words.remove(at + 1);
    words.remove(at);
    return said;
  }

  private static void run(String program, List<String> words, Registry registry)
      throws IOException, InterruptedException {
    switch (program) {
      case "internet-mail" ->
          new SettingsService(
                  "internet mail service", registry, SettingsService.SERVICES + "MSExchangeIMC")
              .run(words.contains("--count-starts"));
      case "event-service" ->
          new SettingsService("event service", registry, SettingsService.SERVICES + "MSExchangeES")
              .run(false);
      case "information-store" -> new InformationStore(registry, Path.of(words.get(0))).run();
      case "isinteg" -> new InformationStore(registry, Path.of(words.get(0))).patch();
      case "winlogon" -> Winlogon.serve(registry, Path.of(words.get(0)));
      case "administrator" -> Winlogon.ask(Path.of(words.get(0)), words.subList(1, words.size()));
      default -> {
        System.err.println(USAGE);
        System.exit(EXIT_USAGE);
      }
    }
  }

  /** Linux knows a process by the name in this file, and lets it change its own. */
  private static void call(String name) throws IOException {
    Path comm = Path.of("/proc/self/comm");
    if (Files.isWritable(comm)) {
      Files.writeString(comm, name);
    }
  }
}
