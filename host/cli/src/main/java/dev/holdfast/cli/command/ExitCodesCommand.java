package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/** {@code holdfast exit-codes}. */
final class ExitCodesCommand extends Verb {
  @Override
  int run(Session session) {
    JsonNode[] codes =
        Arrays.stream(ExitCode.values())
            .map(c -> Json.object().put("code", c.number()).put("meaning", c.meaning()))
            .toArray(JsonNode[]::new);
    session.print(
        Session.envelope("ExitCodeList", codes),
        items -> {
          var table = new Table("CODE", "MEANING");
          items.forEach(
              i -> table.row(i.path("code").asString(""), i.path("meaning").asString("")));
          return table.lines();
        });
    return ExitCode.OK.number();
  }
}
