package dev.holdfast.http;

import dev.holdfast.service.api.ApiException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may do what: everybody on the machine may read, the owner of the home and root may
 * change things and read what is kept from others, and nobody over TCP, where nobody is known
 * either. Immutable.
 *
 * <p>Over TCP the Host header must name this machine's loopback: otherwise a web page could have
 * its own name resolve to 127.0.0.1 and read through the visitor's browser (DNS rebinding).
 */
final class Doorkeeper {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final UserPrincipal owner;
  private final UserPrincipal root;

  Doorkeeper(UserPrincipal owner, UserPrincipal root) {
    this.owner = owner;
    this.root = root;
  }

  /** Root goes by its number: not every machine has a name for it. */
  static Doorkeeper ofHome(Path home) throws IOException {
    return new Doorkeeper(
        Files.getOwner(home),
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("0"));
  }

  /**
   * Lets the peer in, or throws.
   *
   * @param host the Host header
   * @throws ApiException.NotPermitted in a sentence for the one who asked
   */
  void admit(Peer peer, Access access, @Nullable String host) {
    switch (peer) {
      case Peer.Local(UserPrincipal user) -> {
        if (access == Access.CHANGE && !user.equals(owner) && !user.equals(root)) {
          throw new ApiException.NotPermitted(
              "NotOwner",
              "You are "
                  + user.getName()
                  + ", who may not do that: "
                  + owner.getName()
                  + ", who owns the home, and root may.");
        }
      }
      case Peer.Remote(String address) -> {
        if (!isLoopback(host)) {
          throw new ApiException.NotPermitted(
              "HostNotAllowed",
              "The Host header is \"" + host + "\"; over TCP it must be localhost or 127.0.0.1.");
        }
        if (access == Access.CHANGE) {
          throw new ApiException.NotPermitted(
              "ReadOnlyOverTcp",
              "Over TCP can be read what everybody may know, and no more ("
                  + address
                  + " asked): nothing there tells who asks. Use the Unix socket.");
        }
        if (access == Access.IDENTIFIED) {
          throw new ApiException.NotPermitted(
              "UnknownOverTcp",
              "What the registry tells depends on who asks, and nothing over TCP tells that ("
                  + address
                  + " asked). Use the Unix socket.");
        }
      }
    }
  }

  private static boolean isLoopback(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
    return LOOPBACK.contains(name);
  }
}
