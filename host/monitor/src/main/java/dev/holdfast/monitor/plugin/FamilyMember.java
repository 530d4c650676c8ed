package dev.holdfast.monitor.plugin;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceType;
import dev.holdfast.spi.ResourceTypeFamily;
import dev.holdfast.spi.Survey;
import java.util.List;

/**
 * A registered member of a family. The family is asked for the type itself where plugin code may
 * run, and not before.
 */
record FamilyMember(ResourceTypeFamily family, Description description) implements ResourceType {
  @Override
  public List<Problem> validate(Properties properties) {
    return family.type(description).validate(properties);
  }

  @Override
  public List<Problem> validate(Properties properties, Survey survey) throws ResourceException {
    return family.type(description).validate(properties, survey);
  }

  @Override
  public Resource open(Context context) throws ResourceException {
    return family.type(description).open(context);
  }
}
