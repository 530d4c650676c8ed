package dev.holdfast.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Types by a pattern of names, each made from something that stands on a node: an agent, a script,
 * a unit. Found as any {@link ResourceType} is. Its own description has a name that ends in {@code
 * *}, such as {@code ocf:*}; it stands for all types whose names begin so. No resource can be of
 * the family itself.
 *
 * <p>A member becomes a type when somebody registers it by name. Its registration keeps what {@link
 * #member} said, and the digest of the file that it said it from: so that the type is known while
 * no monitor lives, and that it is told when the file is missing or another one.
 *
 * <p>Unlike {@link #description}, {@link #available} and {@link #member} may look at the node, and
 * take their time.
 */
public interface ResourceTypeFamily extends ResourceType {
  /** What the name of a family ends in. */
  String SUFFIX = "*";

  /**
   * A member.
   *
   * @param description its own; its registered name begins as the family's does
   * @param source the file that it is made from, absolute
   */
  record Member(Description description, Path source) {
    /** Checks. */
    public Member {
      Objects.requireNonNull(description, "description");
      Objects.requireNonNull(source, "source");
    }
  }

  /** The names that could be registered on this node, in order. */
  List<String> available() throws ResourceException;

  /**
   * Describes the member of this name as it stands on this node.
   *
   * @throws ResourceException when there is none, or when it cannot be a type; the sentence says
   *     why
   */
  Member member(String name, Survey survey) throws ResourceException;

  /**
   * The type of a registered member. Pure, as a constructor of a type is.
   *
   * @param registered what {@link #member} said when it was registered
   */
  ResourceType type(Description registered);
}
