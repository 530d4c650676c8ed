package dev.holdfast.service.operation;

/** Gives the cluster to another node, as a whole. */
public interface Handover {
  /** Where nobody waits. */
  Handover NONE =
      new Handover() {
        @Override
        public String require(String node) {
          throw new dev.holdfast.service.api.ApiException.NotFound(
              "NodeNotFound", node, "There is no other node.");
        }

        @Override
        public void begin(String node) {}
      };

  /**
   * The node of that name, if it could take the cluster now.
   *
   * @return the name as the node has it
   * @throws dev.holdfast.service.api.ApiException it could not, and why
   */
  String require(String node);

  /** Takes everything offline, and lets that node have the cluster. Returns at once. */
  void begin(String node);
}
