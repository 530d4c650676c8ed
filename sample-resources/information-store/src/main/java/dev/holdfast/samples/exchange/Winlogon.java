package dev.holdfast.samples.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.client.HeldKey;
import dev.holdfast.client.Registry;
import dev.holdfast.client.RegistryException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The fault of Q316772: a process that opens keys on behalf of others, and does not notice that a
 * client has ended. "Even after you quit the Exchange Server Administrator program, Winlogon keeps
 * these registry keys locked."
 */
final class Winlogon {
  private Winlogon() {}

  /** Opens what clients ask for, a path a line, until it is killed. */
  static void serve(Registry registry, Path socket) throws IOException {
    List<HeldKey> leaked = new ArrayList<>();
    Files.deleteIfExists(socket);
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      System.out.println("winlogon opens keys for whoever asks at " + socket);
      while (true) {
        try (SocketChannel client = server.accept();
            var asked = new BufferedReader(Channels.newReader(client, UTF_8));
            var answers = new PrintWriter(Channels.newWriter(client, UTF_8), true)) {
          for (String path = asked.readLine(); path != null; path = asked.readLine()) {
            answers.println(open(registry, path, leaked));
          }
          // The client is gone. Here its handles should be closed, and are not.
        } catch (IOException clientIsGone) {
          System.out.println("a client went away: " + clientIsGone.getMessage());
        }
      }
    }
  }

  private static String open(Registry registry, String path, List<HeldKey> leaked) {
    try {
      HeldKey held = registry.hold(path);
      leaked.add(held);
      return "opened " + held.handle().key();
    } catch (RegistryException refused) {
      return "refused: " + refused.getMessage();
    }
  }

  /** What an administrator's program does: it has keys opened, shows them, and ends. */
  static void ask(Path socket, List<String> paths) throws IOException {
    try (var server = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        var answers = new BufferedReader(Channels.newReader(server, UTF_8));
        var questions = new PrintWriter(Channels.newWriter(server, UTF_8), true)) {
      for (String path : paths) {
        questions.println(path);
        System.out.println("Winlogon " + answers.readLine());
      }
    }
  }
}
