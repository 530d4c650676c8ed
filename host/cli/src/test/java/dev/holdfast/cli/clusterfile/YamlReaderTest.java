package dev.holdfast.cli.clusterfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Yaml;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class YamlReaderTest {
  private static YamlDocument read(String text) throws YamlProblemException {
    return YamlReader.read(text.getBytes(UTF_8));
  }

  /** {@code LINE:COLUMN sentence}. */
  private static String problem(byte[] bytes) {
    YamlProblemException e =
        assertThatExceptionOfType(YamlProblemException.class)
            .isThrownBy(() -> YamlReader.read(bytes))
            .actual();
    return e.place() + " " + e.getMessage();
  }

  private static String problem(String text) {
    return problem(text.getBytes(UTF_8));
  }

  @Test
  void scalarsAreTextsAsTheyWereWritten_butForNull() throws Exception {
    YamlDocument document =
        read(
            """
            a: 1.10
            b: no
            c: 0123
            d: true
            e:
            f: ~
            g: 'null'
            h: ''
            i: "x\\ty"
            j: |
              l
            """);

    assertThat(document.root().toString())
        .isEqualTo(
            "{\"a\":\"1.10\",\"b\":\"no\",\"c\":\"0123\",\"d\":\"true\",\"e\":null,\"f\":null,"
                + "\"g\":\"null\",\"h\":\"\",\"i\":\"x\\ty\",\"j\":\"l\\n\"}");
  }

  @Test
  void jsonIsRead_too() throws Exception {
    assertThat(read("{\"a\": [1, {\"b\": null}]}").root().toString())
        .isEqualTo("{\"a\":[\"1\",{\"b\":null}]}");
  }

  @Test
  void everythingHasItsPlace_andWhatIsNotThereThatOfWhatIsAroundIt() throws Exception {
    YamlDocument document =
        read("# comment\ngroups:\n  - name: web\n    a/b~c:\n      - x\n      - y\n");

    assertThat(document.place("/groups")).isEqualTo(new Place(2, 1));
    assertThat(document.place("/groups/0")).isEqualTo(new Place(3, 5));
    assertThat(document.place("/groups/0/name")).isEqualTo(new Place(3, 5));
    assertThat(document.place("/groups/0/a~1b~0c/1")).isEqualTo(new Place(6, 9));
    assertThat(document.place("/groups/0/type")).isEqualTo(new Place(3, 5));
    assertThat(document.place("/nothing/of/that")).isEqualTo(new Place(2, 1));
  }

  @Test
  void whatAnAnchorRepeats_standsWhereItIsRepeated() throws Exception {
    YamlDocument document = read("a: &x\n  k: v\nb: *x\n");

    assertThat(document.root().at("/b/k").asString()).isEqualTo("v");
    assertThat(document.place("/b/k")).isEqualTo(new Place(3, 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'a: 1\nb: 2\na: 3'  | '3:1 \"a\" is there twice, first at 1:1; say it once.'",
        "'a: 1\n---\nb: 2'   | '2:1 A second document begins here'",
        "'a: !!str x'        | '1:4 A tag has no meaning here: tag:yaml.org,2002:str.'",
        "'a: !java.Runtime x'| '1:4 A tag has no meaning here: !java.Runtime.'",
        "'a: *x'             | '1:4 *x repeats what has no anchor'",
        "'a: &x\n  - *x'     | '2:5 *x repeats what has no anchor, or not ended yet'",
        "'<<: {a: b}'        | '1:1 \"<<\" merges in YAML 1.1 only'",
        "'? [a, b]\n: c'     | '1:3 A key is a plain text.'",
        "'- a'               | '1:1 A cluster file is a mapping with apiVersion, kind and groups;"
            + " this is a list.'",
        "'just words'        | '1:1 A cluster file is a mapping'",
        "'a: [1, 2'          | 'This is no YAML'",
        "'a: b: c'           | 'This is no YAML'",
        "'a: \"x\\qy\"'      | 'This is no YAML'",
        "'a:\n\t- b'         | '2:1 YAML takes no tab here; indent with blanks.'",
        "''                  | '1:1 The file is empty.'",
        "'# only a comment'  | '1:1 The file is empty.'",
      })
  void whatIsNotTaken_isToldWithItsPlace(String text, String sentence) {
    assertThat(problem(text)).contains(sentence);
  }

  @Test
  void anchorsWithinAnchors_areBounded() {
    var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append("*a%d,".formatted(i - 1).repeat(10)).append("]\n");
    }

    assertThat(problem(bomb.toString())).startsWith("6:").contains("more than the 200,000 values");
  }

  /** Few values, and a gigabyte of them. */
  @Test
  void textThatAnchorsRepeat_isBounded() {
    String bomb = "a: &a " + "x".repeat(1 << 20) + "\nb:\n" + "  - *a\n".repeat(1000);

    assertThat(problem(bomb))
        .isEqualTo("7:5 Anchors repeat more text than the 4 MiB that are taken.");
  }

  @Test
  void whatIsWritten_isReadAgain_alsoWhatNobodyCanPrint() throws Exception {
    var random = new Random(14);
    for (int i = 0; i < 500; i++) {
      ObjectNode tree = Json.object();
      for (int field = 0; field < 5; field++) {
        tree.put("k" + field + text(random), text(random));
      }
      tree.putArray("list").add(text(random)).add(text(random));

      assertThat(read(Yaml.write(tree)).root()).isEqualTo(tree);
    }
  }

  private static String text(Random random) {
    String odd =
        "\u0000\t\n\r\"'\\\u007f\u0080\u0085\u009f\u00a0\u2028\ufeff\ufffe\uffff #:-?~a é→";
    var text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(odd.charAt(random.nextInt(odd.length())));
    }
    return text.append(random.nextInt(8) == 0 ? "🚀" : "").toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- "})
  void depthIsBounded(String level) {
    assertThat(problem(level.repeat(20_000) + "x")).contains("deeper than the 50 levels");
  }

  @Test
  void aFileOfManyValues_isBounded() {
    assertThat(problem("a:\n" + "- b\n".repeat(250_000))).contains("200,000");
  }

  @Test
  void bytesThatAreNoText_areTold_withThePlace() {
    byte[] bytes = "a: b\nc: x".getBytes(UTF_8);
    bytes[8] = (byte) 0xFF;

    assertThat(problem(bytes)).startsWith("2:4 This is no text in UTF-8");
  }

  /** Whatever is in a file: a document, or a sentence with a place. */
  @Test
  void noise_isRefusedInASentence() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      byte[] noise = new byte[random.nextInt(200)];
      for (int i = 0; i < noise.length; i++) {
        noise[i] =
            (byte)
                (seed % 3 == 0
                    ? random.nextInt(256)
                    : " \n\t:-[]{}&*!|>'\"%@`#,?ab0\u0000\u0085".charAt(random.nextInt(27)));
      }
      try {
        assertThat(YamlReader.read(noise).root()).isNotNull();
      } catch (YamlProblemException e) {
        assertThat(e.getMessage()).as("seed %d", seed).endsWith(".").doesNotContain("\n");
        assertThat(e.place().line()).isPositive();
      }
    }
  }
}
