package dev.holdfast.service.operation;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.spi.Control;
import dev.holdfast.spi.Reply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Has a monitor ask a resource for a control; as {@code service.cluster.Controls} does. */
@FunctionalInterface
public interface ControlSender {
  /**
   * Asks.
   *
   * @param parameters checked
   * @param user who asks
   * @param progress what the plugin says meanwhile
   * @return fails with a {@link dev.holdfast.service.cluster.ControlException}
   */
  CompletableFuture<Reply> send(
      ClusterResource resource,
      Control control,
      Map<String, List<String>> parameters,
      String user,
      Consumer<String> progress);
}
