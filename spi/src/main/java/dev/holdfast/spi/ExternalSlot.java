package dev.holdfast.spi;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What is written down about a thing that a resource has elsewhere: at a cloud, a storage, a name
 * server. It is durable before the thing is created or attached ({@link OnlineCall#external}), and
 * removed only when the resource was taken offline or terminated and {@link Resource#find} said
 * {@link Found.Absent}. So whatever dies in between, the next life knows what to ask the remote
 * system for. It follows the resource to another node. Immutable.
 *
 * @param name the slot's name; process slots have names of their own
 * @param kind what kind of thing it is: {@code lease-volume}
 * @param key what the remote system knows it by: the volume's name, the address
 * @param nonce tells this occupant from every other, ever: create or attach with it, and a request
 *     that is made twice, by whatever life, does it once. It stays the same from the first write
 *     until the record is removed, over the deaths of monitors, services and nodes. No secret
 * @param epoch the epoch under which it was written last: the fencing token in force, unless a
 *     death came before the remote system heard of it
 * @param node the node that wrote it last
 */
public record ExternalSlot(
    String name, String kind, String key, String nonce, long epoch, String node) {
  /** How long a key may be, in chars. */
  public static final int KEY_CHARS_MAX = 1_024;

  private static final Pattern WORD = Pattern.compile("[a-z0-9-]{1,64}");

  public ExternalSlot {
    Objects.requireNonNull(nonce, "nonce");
    Objects.requireNonNull(node, "node");
    requireWord("name", name);
    requireWord("kind", kind);
    requireKey(key);
  }

  private static void requireWord(String what, String word) {
    if (!WORD.matcher(word).matches()) {
      throw new IllegalArgumentException(
          "'" + word + "' cannot be an external slot's " + what + ": 1 to 64 of a-z 0-9 -");
    }
  }

  private static void requireKey(String key) {
    if (key.isBlank() || key.length() > KEY_CHARS_MAX || key.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException(
          "An external slot's key is 1 to "
              + KEY_CHARS_MAX
              + " characters, none of them a control character; it has "
              + key.length()
              + ".");
    }
  }
}
