package dev.holdfast.spi;

import java.util.List;

/**
 * A resource type: what an archive offers, and what resources are made from. Found through {@code
 * META-INF/services/dev.holdfast.spi.ResourceType}; one archive may offer several.
 *
 * <p>A type has a public constructor without arguments. Neither the constructor nor {@link
 * #description()} does I/O, starts a thread or waits: they run in every monitor that loads the
 * plugin, also in the standby, which may never hold a resource of the type. A type is made once per
 * monitor and its methods may be called by several threads at once, so it holds no mutable state.
 *
 * <p>MSCS: a resource DLL's {@code Startup} entry point, which returned a function table.
 */
public interface ResourceType {
  /**
   * What this type is: data only, the same at every call. It is stored in the type's registration,
   * so that it is known while no monitor lives.
   */
  Description description();

  /**
   * Says what is wrong with these properties beyond what each one's own declaration says: usually
   * that two of them contradict each other. Called after each property was found right by itself
   * and before anything is written. Pure: no I/O, and the same verdict on every node, so a file's
   * existence is not asked here.
   *
   * @param properties whole and well-formed
   * @return one problem for each thing wrong; empty when they can be stored
   */
  default List<Problem> validate(Properties properties) {
    return List.of();
  }

  /**
   * The same by looking at this node, after {@link #validate(Properties)} found nothing. Told here
   * is only what would be wrong on every node and at any time: a program or a device that is
   * missing now may be there when the resource goes online. Unless overridden it finds nothing.
   *
   * @param properties whole, well-formed, and right as far as can be told without looking
   * @param survey what may be looked with
   * @throws ResourceException when it could not be looked; the properties are then refused with its
   *     sentence
   */
  default List<Problem> validate(Properties properties, Survey survey) throws ResourceException {
    return List.of();
  }

  /**
   * Makes the object that stands for one resource in this monitor. It leaves the thing itself as it
   * is: it may be running, and {@link Resource#find} is asked next. Called again for the same
   * resource in another monitor after this one died.
   *
   * <p>MSCS: {@code Open}.
   *
   * @param context the resource's surroundings, valid until {@link Resource#close} returns
   * @throws ResourceException when the resource cannot be opened; it is shown with the resource
   */
  Resource open(Context context) throws ResourceException;
}
