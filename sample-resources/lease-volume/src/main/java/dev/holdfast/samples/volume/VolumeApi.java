package dev.holdfast.samples.volume;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The cloud's API, as a plugin asks it: one request, one answer, one time limit. An IOException
 * means that nobody knows whether it was done. {@code java.net.http} would cost the monitor's start
 * more than all of the rest.
 */
final class VolumeApi {
  private static final int ANSWER_BYTES_MAX = 1 << 16;
  private static final int OK = 200;
  private static final int CONFLICT = 409;

  private final String url;
  private final int timeoutMillis;

  VolumeApi(String url, Duration timeout) {
    this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    this.timeoutMillis = Math.toIntExact(timeout.toMillis());
  }

  VolumeStatus status(String volume) throws IOException, RefusedException {
    return VolumeStatus.of(ask("GET", "/volumes/" + volume, Map.of()));
  }

  void attach(String volume, long epoch, String nonce, String node)
      throws IOException, RefusedException {
    change(volume, "attach", epoch, nonce, "node", node);
  }

  void detach(String volume, long epoch, String nonce) throws IOException, RefusedException {
    change(volume, "detach", epoch, nonce, "", "");
  }

  void snapshot(String volume, long epoch, String nonce, String name)
      throws IOException, RefusedException {
    change(volume, "snapshot", epoch, nonce, "name", name);
  }

  void resize(String volume, long epoch, String nonce, long bytes)
      throws IOException, RefusedException {
    change(volume, "resize", epoch, nonce, "bytes", Long.toString(bytes));
  }

  void write(String volume, long epoch, String nonce, String text)
      throws IOException, RefusedException {
    change(volume, "write", epoch, nonce, "text", text);
  }

  private void change(
      String volume, String what, long epoch, String nonce, String name, String value)
      throws IOException, RefusedException {
    var form = new LinkedHashMap<String, String>();
    form.put("epoch", Long.toString(epoch));
    form.put("nonce", nonce);
    if (!name.isEmpty()) {
      form.put(name, value);
    }
    ask("POST", "/volumes/" + volume + "/" + what, form);
  }

  private Map<String, String> ask(String method, String path, Map<String, String> form)
      throws IOException, RefusedException {
    var connection = (HttpURLConnection) URI.create(url + path).toURL().openConnection();
    connection.setConnectTimeout(timeoutMillis);
    connection.setReadTimeout(timeoutMillis);
    connection.setRequestMethod(method);
    try {
      if (!form.isEmpty()) {
        connection.setDoOutput(true);
        byte[] body = encoded(form).getBytes(UTF_8);
        // What is streamed is never repeated by itself, as another POST is when a kept connection
        // turns out to be closed.
        connection.setFixedLengthStreamingMode(body.length);
        connection.getOutputStream().write(body);
      }
      int code = connection.getResponseCode();
      if (code != OK && code != CONFLICT) {
        throw new IOException("HTTP " + code);
      }
      try (InputStream in =
          code == OK ? connection.getInputStream() : connection.getErrorStream()) {
        Map<String, String> answer = lines(new String(in.readNBytes(ANSWER_BYTES_MAX), UTF_8));
        if (code == CONFLICT) {
          throw new RefusedException(
              answer.getOrDefault("code", "Refused"), answer.getOrDefault("message", "it says no"));
        }
        return answer;
      }
    } finally {
      // None is kept. That is not asked for by "Connection: close": the JDK's server, which the
      // cloud is, then resets one of some thousand whose body comes in a packet of its own.
      connection.disconnect();
    }
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static Map<String, String> lines(String text) {
    var answer = new LinkedHashMap<String, String>();
    text.lines()
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              if (equals > 0) {
                answer.put(line.substring(0, equals), line.substring(equals + 1));
              }
            });
    return answer;
  }
}
