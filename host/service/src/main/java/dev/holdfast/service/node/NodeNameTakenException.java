package dev.holdfast.service.node;

import java.io.IOException;

/** Another home has this node's name. */
public final class NodeNameTakenException extends IOException {
  private static final long serialVersionUID = 1;

  public NodeNameTakenException(String message) {
    super(message);
  }
}
