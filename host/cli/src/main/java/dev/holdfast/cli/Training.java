package dev.holdfast.cli;

import dev.holdfast.cli.session.Surroundings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * Runs what commands run, in this process and into nothing, for the JVM to write down what it loads
 * (its AOT cache). The service it talks to says the same to everybody.
 */
final class Training {
  private static final String RESOURCE =
      """
      {"id":"1","name":"a","group":"g","type":"T","typeStatus":"Registered","plugin":"p","pluginVersion":"1",\
      "state":"Online","health":"Alive","wanted":"Online","node":"n","monitor":"m","monitorPid":1,"pid":2,\
      "since":"2026-01-01T00:00:00.000Z","failures":0,"restarts":0,"adoptions":0,"dependsOn":[],\
      "properties":{"A":"b","C":1},"lastExit":null,"unrestored":false,"unsupervisedSince":null,"detail":null}\
      """;
  private static final String STATUS =
      """
      {"service":{"pid":1,"version":"1","ready":true,"node":"n","revision":1},\
      "groups":[{"id":"2","name":"g","state":"Online","owner":"n","resources":["a"]}],"resources":[%s],\
      "monitors":[{"name":"m","kind":"shared","pid":1,"state":"Ready","resources":["a"],"restarts":0,"epoch":1}],\
      "failures":[{"time":"2026-01-01T00:00:00.000Z","resource":"a","event":1069,"seq":1,"message":"x"}]}\
      """
          .formatted(RESOURCE);
  private static final String OPERATION =
      "{\"id\":\"1\",\"what\":\"w\",\"state\":\"done\",\"tookMillis\":1,\"message\":\"m\"}";

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("status"),
          List.of("status", "-o", "json"),
          List.of("resource", "list"),
          List.of("resource", "show", "a"),
          List.of("resource", "online", "a"),
          List.of("events"),
          List.of("resource", "--help"),
          List.of("stauts"));

  private Training() {}

  static int run() {
    try {
      Path folder = Files.createTempDirectory("holdfast-train");
      Path socket = folder.resolve("s");
      Path file = Files.createDirectory(folder.resolve("run")).resolve("service.json");
      Files.writeString(file, "{\"pid\":1,\"socket\":\"" + socket + "\"}");
      try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().start(() -> serve(server));
        COMMANDS.forEach(command -> run(folder, command));
      } finally {
        for (Path rest : List.of(file, file.getParent(), socket, folder)) {
          Files.deleteIfExists(rest);
        }
      }
      return 0;
    } catch (IOException failed) {
      System.err.println("holdfast: no training: " + failed);
      return 1;
    }
  }

  private static void run(Path home, List<String> command) {
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var surroundings =
        new Surroundings(
            nowhere,
            nowhere,
            Map.of("HOLDFAST_HOME", home.toString()),
            "nobody",
            InstantSource.system(),
            ZoneId.systemDefault(),
            "0");
    Holdfast.run(surroundings, command.toArray(String[]::new));
  }

  private static void serve(ServerSocketChannel server) {
    while (server.isOpen()) {
      try (SocketChannel client = server.accept()) {
        ByteBuffer request = ByteBuffer.allocate(64 * 1024);
        client.read(request);
        String line = new String(request.array(), 0, request.position(), StandardCharsets.UTF_8);
        client.write(ByteBuffer.wrap(answer(line).getBytes(StandardCharsets.UTF_8)));
      } catch (IOException over) {
        // The training has ended, and with it the server.
      }
    }
  }

  private static String answer(String request) {
    if (request.startsWith("POST")) {
      String line =
          "{\"operation\":null,\"line\":{\"time\":\"2026-01-01T00:00:00.000Z\",\"subject\":\"a\",\"text\":\"t\"}}\n";
      String operation = "{\"operation\":" + OPERATION + ",\"line\":null}\n";
      String body = "\n" + operation + line + operation;
      return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
          + Integer.toHexString(body.length())
          + "\r\n"
          + body
          + "\r\n0\r\n\r\n";
    }
    String item = request.contains("/v1/status") ? STATUS : RESOURCE;
    String body = "{\"apiVersion\":\"holdfast/v1\",\"kind\":\"K\",\"items\":[" + item + "]}";
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }
}
