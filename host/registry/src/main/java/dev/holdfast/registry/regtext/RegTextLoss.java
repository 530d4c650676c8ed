package dev.holdfast.registry.regtext;

/**
 * Something that a text does not carry of the tree that it was written from.
 *
 * @param kind what is lost
 * @param count how often
 * @param firstWhere the key or the value where it was lost first
 */
public record RegTextLoss(Kind kind, long count, String firstWhere) {
  /** What a text can lose. */
  public enum Kind {
    SECURITY("security descriptors are not in a text"),
    CLASS_NAME("classes of keys are not in a text"),
    LAST_WRITTEN("times of keys are not in a text"),
    LINK("a key that is a symbolic link is an ordinary key in a text"),
    KEY_LEFT_OUT("a key's name cannot be put into a line; it is left out with all below it"),
    VALUE_LEFT_OUT("a value's name cannot be put into a line; it is left out"),
    NUL_ADDED("reading adds a NUL to a REG_EXPAND_SZ or REG_MULTI_SZ that does not end with one"),
    NOT_IN_CODE_PAGE("characters that are not in the code page are question marks");

    private final String sentence;

    Kind(String sentence) {
      this.sentence = sentence;
    }

    public String sentence() {
      return sentence;
    }
  }

  @Override
  public String toString() {
    return "%s (%,d, first at %s)".formatted(kind.sentence(), count, firstWhere);
  }
}
