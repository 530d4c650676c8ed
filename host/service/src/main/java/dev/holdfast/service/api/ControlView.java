package dev.holdfast.service.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that resources of a type can be asked to do.
 *
 * @param help a sentence; may be empty
 * @param whileOffline whether also while the resource is Offline or Failed
 * @param readOnly whether it leaves everything as it is
 * @param limitMillis how long it may take
 */
public record ControlView(
    String name,
    String help,
    List<Parameter> parameters,
    boolean whileOffline,
    boolean readOnly,
    long limitMillis) {
  public ControlView {
    parameters = List.copyOf(parameters);
  }

  /**
   * One of its parameters.
   *
   * @param kind {@code Text Integer Duration Size Path List Choice Secret}
   * @param defaultValue what is taken where none is given; null when there is none
   * @param minimum null when there is none
   * @param maximum null when there is none
   * @param choices the words of a Choice
   */
  public record Parameter(
      String name,
      String kind,
      boolean required,
      @Nullable String defaultValue,
      @Nullable String minimum,
      @Nullable String maximum,
      List<String> choices,
      String help) {
    public Parameter {
      choices = List.copyOf(choices);
    }
  }
}
