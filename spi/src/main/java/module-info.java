/** What the author of a resource type compiles against. */
module dev.holdfast.spi {
  requires static transitive org.jspecify;

  exports dev.holdfast.spi;
}
