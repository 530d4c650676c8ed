package dev.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.output.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ArticleTest {
  private static ObjectNode event(String resource, String key) {
    return Json.object()
        .put("id", 1024)
        .put("source", "ClusSvc")
        .put("type", "Error")
        .put("category", "(64)")
        .put(
            "message",
            "The registry checkpoint for cluster resource "
                + resource
                + " could not be restored to registry key HKEY_LOCAL_MACHINE\\"
                + key
                + ". The resource may not function correctly. Make sure that no other processes"
                + " have open handles to registry keys in this registry subtree.");
  }

  @Test
  void q316772_isPrintedAsItStandsThere() {
    ObjectNode event =
        event(
            "Microsoft Exchange Internet Mail Service",
            "SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC");

    assertThat(String.join("\n", Article.Q316772.lines(event)) + "\n")
        .isEqualTo(
            """
              Event ID: 1024
              Source: ClusSvc
              Type: Error
              Category: (64)
              Description: The registry checkpoint for cluster resource Microsoft Exchange
              Internet Mail Service could not be restored to registry key
              HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC. The
              resource may not function correctly. Make sure that no other processes have
              open handles to registry keys in this registry subtree.
            """);
  }

  @Test
  void q192493_differsInItsFirstLine() {
    ObjectNode event =
        event(
            "Microsoft Exchange Event Service",
            "SYSTEM\\CurrentControlSet\\Services\\MSExchangeES");

    assertThat(Article.Q192493.lines(event))
        .startsWith("  Event: 1024", "  Source: ClusSvc", "  Type: Error", "  Category: (64)")
        .contains("  Description: The registry checkpoint for cluster resource Microsoft Exchange");
    assertThat(String.join(" ", Article.Q192493.lines(event)).replaceAll(" +", " "))
        .endsWith(
            "Description: The registry checkpoint for cluster resource Microsoft Exchange Event"
                + " Service could not be restored to registry key"
                + " HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeES. The"
                + " resource may not function correctly. Make sure that no other processes have"
                + " open handles to registry keys in this registry subtree.");
  }

  @Test
  void aWordWiderThanALine_hasALineOfItsOwn_andNothingCommandsTheTerminal() {
    ObjectNode event = event("x", "K".repeat(100) + "\u001b[2J");

    assertThat(Article.Q316772.lines(event))
        .contains("  HKEY_LOCAL_MACHINE\\" + "K".repeat(100) + "\uFFFD[2J.")
        .allSatisfy(line -> assertThat(line).startsWith("  ").doesNotEndWith(" "));
  }
}
