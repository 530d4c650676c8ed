package dev.holdfast.cli.clusterfile;

/** A text is no YAML that we take. The message is a whole sentence. */
public final class YamlProblemException extends Exception {
  private final transient Place place;

  YamlProblemException(Place place, String sentence) {
    super(sentence);
    this.place = place;
  }

  public Place place() {
    return place;
  }
}
