package dev.holdfast.service;

import dev.holdfast.service.api.ApiServer;
import java.util.ServiceLoader;

/**
 * A short life of the service without a home, for the JVM to write down what a start loads (its AOT
 * cache). It starts nothing and touches no file but temporary ones.
 */
final class Training {
  private Training() {}

  static int run() {
    ServiceLoader.load(ApiServer.class).findFirst();
    return ClusterServiceMain.EXIT_OK;
  }
}
