package dev.holdfast.service.archive;

import static dev.holdfast.service.archive.ArchiveBuilder.SERVICES;
import static dev.holdfast.service.archive.ArchiveBuilder.TYPE;
import static dev.holdfast.service.archive.ArchiveBuilder.classFile;
import static dev.holdfast.service.archive.ArchiveBuilder.descriptor;
import static dev.holdfast.service.archive.ArchiveBuilder.good;
import static dev.holdfast.service.archive.ArchiveBuilder.patched;
import static dev.holdfast.service.archive.ArchiveBuilder.typeJar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.protocol.PluginLimits;
import dev.holdfast.service.archive.ArchiveRefusedException.Reason;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluginArchiveTest {
  private static final ArchiveLimits SMALL = new ArchiveLimits(1 << 22, 50, 8 << 20, 100, 50);

  @TempDir Path directory;
  private Path scratch;

  @BeforeEach
  void makeScratch() throws IOException {
    scratch = Files.createDirectory(directory.resolve("scratch"));
  }

  /** Whatever the verdict: nothing is left, and nothing was written beside it. */
  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(scratch).isEmptyDirectory();
    assertThat(directory)
        .isDirectoryNotContaining(p -> p.getFileName().toString().contains("evil"));
  }

  @Test
  void goodArchive_tellsWhatItIs() throws Exception {
    assertThat(inspect(good().bytes()))
        .isEqualTo(
            new PluginArchive(
                "example",
                "1.0.0",
                ">=0.1.0 & <1.0.0",
                "Größe & Co",
                "An example.",
                List.of(TYPE)));
  }

  @Test
  void typesOfSeveralJars_areFound_alsoInAnotherJarThanTheirService() throws Exception {
    byte[] names = new ArchiveBuilder().with(SERVICES, "other.Second\nexample.Type\n").bytes();
    byte[] second =
        new ArchiveBuilder().with("other/Second.class", classFile("other.Second")).bytes();

    assertThat(
            inspect(good().with("lib/second.jar", second).with("lib/names.jar", names).bytes())
                .typeClasses())
        .containsExactly(TYPE, "other.Second");
  }

  @Test
  void moreTypesThanAMonitorTakes_areRefused() throws Exception {
    String names =
        IntStream.rangeClosed(0, PluginLimits.TYPES_MAX)
            .mapToObj(i -> "other.Type" + i + "\n")
            .collect(Collectors.joining());
    byte[] jar = new ArchiveBuilder().with(SERVICES, names).bytes();

    assertRefused(
        good().with("lib/names.jar", jar).bytes(),
        Reason.TOO_LARGE,
        "at most " + PluginLimits.TYPES_MAX + " are taken");
  }

  @Test
  void fileThatIsNotThere_isNoVerdict() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> PluginArchive.inspect(directory.resolve("none.zip"), scratch));
  }

  @Test
  void noZip_isUnreadable() throws Exception {
    assertRefused(new byte[0], Reason.UNREADABLE, "zip");
    assertRefused("hello".getBytes(StandardCharsets.UTF_8), Reason.UNREADABLE, "zip");
  }

  @Test
  void damagedContent_isSeenByItsChecksum() throws Exception {
    var noise = new byte[1_000];
    new Random(1).nextBytes(noise); // which deflate leaves as it is
    byte[] bytes = good().with("README", noise).bytes();
    int at = Collections.indexOfSubList(boxed(bytes), boxed(Arrays.copyOf(noise, 16)));
    bytes[at] ^= 1;

    assertRefused(bytes, Reason.UNREADABLE, "the checksum of its entry 'README' is wrong");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20260101})
  void anyFlippedBit_isRefusedOrChangesNothing(long seed) throws Exception {
    var random = new Random(seed);
    byte[] bytes = good().bytes();
    PluginArchive expected = inspect(bytes);
    for (int i = 0; i < 200; i++) {
      byte[] flipped = bytes.clone();
      int at = random.nextInt(flipped.length);
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      try {
        assertThat(inspect(flipped)).as("seed %d, byte %d", seed, at).isEqualTo(expected);
      } catch (ArchiveRefusedException e) {
        assertThat(e.reason()).isNotNull();
      }
    }
  }

  private static List<Byte> boxed(byte[] bytes) {
    var list = new ArrayList<Byte>();
    for (byte b : bytes) {
      list.add(b);
    }
    return list;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "lib/../../evil",
        "/evil",
        "lib//evil",
        "./evil",
        "lib/./evil",
        "..",
        "C:evil",
        "lib\\..\\evil",
        "evil\u0007"
      })
  void nameThatLeadsElsewhere_isRefused_wherever_itStands(String name) throws Exception {
    assertRefused(good().with(name, "x").bytes(), Reason.BAD_ENTRY_NAME, "");
    byte[] first =
        new ArchiveBuilder()
            .with(name, "x")
            .with("plugin.properties", descriptor("example", "1.0.0", "*"))
            .with("lib/example.jar", typeJar())
            .bytes();
    assertRefused(first, Reason.BAD_ENTRY_NAME, "");
  }

  @Test
  void nameThatIsANovel_isRefused() throws Exception {
    assertRefused(good().with("x".repeat(600), "x").bytes(), Reason.BAD_ENTRY_NAME, "too long");
  }

  @Test
  void oneNameTwice_isRefused() throws Exception {
    byte[] bytes = good().with("lib/exampl2.jar", typeJar()).bytes();

    assertRefused(
        patched(bytes, "lib/exampl2.jar", "lib/example.jar"),
        Reason.DUPLICATE_ENTRY,
        "lib/example.jar");
  }

  @Test
  void fileWhereAFolderIsNeeded_isRefused() throws Exception {
    assertRefused(
        good().with("docs", "x").with("docs/readme", "x").bytes(),
        Reason.DUPLICATE_ENTRY,
        "'docs' as a file and as a folder");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "classes/example/Type.class",
        "Classes/x",
        "example/Type.class",
        "other.jar",
        "lib/deep/other.jar",
        "lib/other.JAR",
        ".complete",
        ".hidden/x"
      })
  void whatWouldBeLoadedUnseen_isMisplaced(String name) throws Exception {
    assertRefused(good().with(name, "x").bytes(), Reason.MISPLACED_ENTRY, name);
  }

  @Test
  void tooMuchOfAnything_isRefusedByTheNameOfItsLimit() throws Exception {
    ArchiveBuilder many = good();
    for (int i = 0; i < 50; i++) {
      many.with("docs/" + i, "x");
    }
    assertRefused(many.bytes(), Reason.TOO_LARGE, "entries");

    var noise = new byte[5 << 20];
    new Random(1).nextBytes(noise);
    assertRefused(good().with("noise", noise).bytes(), Reason.TOO_LARGE, "bytes");

    ArchiveBuilder large = good();
    for (int i = 0; i < 10; i++) {
      large.with("docs/" + i, new byte[1 << 20]);
    }
    assertRefused(large.bytes(), Reason.TOO_LARGE, "unpacked bytes");

    assertRefused(good().with("bomb", new byte[4 << 20]).bytes(), Reason.TOO_LARGE, "ratioMax");
  }

  @Test
  void jarWithTooManyEntries_isRefused() throws Exception {
    var jar = new ArchiveBuilder();
    for (int i = 0; i < 51; i++) {
      jar.with("x/" + i, "x");
    }
    assertRefused(
        good().with("lib/many.jar", jar.bytes()).bytes(), Reason.TOO_LARGE, "lib/many.jar");
  }

  @Test
  void jarThatIsNone_isRefused() throws Exception {
    assertRefused(good().with("lib/bad.jar", "x").bytes(), Reason.UNREADABLE, "lib/bad.jar");
  }

  @Test
  void withoutDescriptor_orWithAnEmptyOne_isRefused() throws Exception {
    assertRefused(
        good().without("plugin.properties").bytes(), Reason.BAD_DESCRIPTOR, "no plugin.properties");
    assertRefused(good().with("plugin.properties", "").bytes(), Reason.BAD_DESCRIPTOR, "plugin.id");
    assertRefused(
        good().with("plugin.properties", "x".repeat(70_000)).bytes(),
        Reason.BAD_DESCRIPTOR,
        "65536");
    assertRefused(
        good().with("plugin.properties", new byte[] {(byte) 0xff, 'x'}).bytes(),
        Reason.BAD_DESCRIPTOR,
        "UTF-8");
    assertRefused(
        good().with("plugin.properties", "plugin.id=\\u00zz").bytes(),
        Reason.BAD_DESCRIPTOR,
        "cannot be read");
  }

  @ParameterizedTest
  @CsvSource({
    "../evil, 1.0.0, *, plugin.id",
    "a b, 1.0.0, *, plugin.id",
    "example, one, *, plugin.version",
    "example, 1.0, *, plugin.version",
    "example, 1.0.0, '', plugin.requires",
    "example, 1.0.0, ~1.0, plugin.requires",
    "example, 1.0.0, >=0.1.0 | <1.0.0, plugin.requires"
  })
  void descriptor_thatSaysTheImpossible_isRefused(
      String id, String version, String requires, String key) throws Exception {
    assertRefused(
        good().with("plugin.properties", descriptor(id, version, requires)).bytes(),
        Reason.BAD_DESCRIPTOR,
        key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plugin.class=evil.Plugin", "plugin.dependencies=other@1.0.0"})
  void descriptor_thatWouldHaveTheLoaderDoMore_isRefused(String line) throws Exception {
    assertRefused(
        good().with("plugin.properties", descriptor("example", "1.0.0", "*") + line).bytes(),
        Reason.BAD_DESCRIPTOR,
        "which Holdfast does not use");
  }

  @Test
  void anotherSpi_isIncompatible() throws Exception {
    assertRefused(
        good().with("plugin.properties", descriptor("example", "1.0.0", ">=9.0.0")).bytes(),
        Reason.INCOMPATIBLE,
        "example 1.0.0 works with versions >=9.0.0 of the SPI; this is 0.1.0.");
  }

  @Test
  void withoutJars_isRefused() throws Exception {
    assertRefused(good().without("lib/example.jar").bytes(), Reason.NO_JARS, "lib/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev/holdfast/spi/ResourceType.class",
        "META-INF/versions/21/dev/holdfast/spi/X.class"
      })
  void jarThatBringsTheSpi_isRefused(String name) throws Exception {
    byte[] jar =
        new ArchiveBuilder().with(name, classFile("dev.holdfast.spi.ResourceType")).bytes();

    assertRefused(
        good().with("lib/spi.jar", jar).bytes(), Reason.BUNDLES_SPI, "lib/spi.jar brings the SPI");
  }

  @Test
  void typeThatIsNotNamed_orNamedAndNotThere_isRefused() throws Exception {
    byte[] unnamed = new ArchiveBuilder().with("example/Type.class", classFile(TYPE)).bytes();
    byte[] missing = new ArchiveBuilder().with(SERVICES, "example.Gone\n").bytes();
    byte[] empty = new ArchiveBuilder().with(SERVICES, "# nothing\n").bytes();

    assertRefused(good().with("lib/example.jar", unnamed).bytes(), Reason.NO_TYPES, "META-INF");
    assertRefused(good().with("lib/example.jar", empty).bytes(), Reason.NO_TYPES, "META-INF");
    assertRefused(good().with("lib/gone.jar", missing).bytes(), Reason.NO_TYPES, "'example.Gone'");
  }

  @Test
  void classForANewerJava_isRefused_unlessOnlyANewerJavaWouldLoadIt() throws Exception {
    byte[] newer = classFile(TYPE);
    newer[7] = 70;
    byte[] preview = classFile(TYPE);
    preview[4] = (byte) 0xff;
    preview[5] = (byte) 0xff;

    assertRefused(
        withClass("example/Newer.class", newer),
        Reason.BAD_CLASS_FILE,
        "lib/more.jar's example/Newer.class is compiled for Java 26; monitors run Java 25.");
    assertRefused(
        withClass("META-INF/versions/25/example/Newer.class", newer), Reason.BAD_CLASS_FILE, "26");
    assertThat(inspect(withClass("META-INF/versions/26/example/Newer.class", newer))).isNotNull();
    assertRefused(withClass("example/Preview.class", preview), Reason.BAD_CLASS_FILE, "preview");
  }

  @Test
  void classThatATypesOwnCodeNames_andNobodyHas_isRefused() throws Exception {
    byte[] type = naming(TYPE, "example.inside.Client");
    byte[] client = naming("example.inside.Client", "com.library.Gone");

    assertRefused(
        withTypeJar(type),
        Reason.MISSING_CLASS,
        "lib/example.jar's class example.Type needs the class example.inside.Client");
    assertRefused(
        withTypeJar(type, "example/inside/Client.class", client),
        Reason.MISSING_CLASS,
        "example.inside.Client needs the class com.library.Gone");
    assertRefused(
        withTypeJar(naming(TYPE, "dev.holdfast.spi.NotYet")),
        Reason.MISSING_CLASS,
        "dev.holdfast.spi.NotYet");
  }

  @Test
  void classThatALibraryNames_andNobodyHas_isTheLibrarysAffair() throws Exception {
    byte[] type = naming(TYPE, "com.library.Client");
    byte[] library = naming("com.library.Client", "com.other.Gone");

    assertThat(inspect(withTypeJar(type, "com/library/Client.class", library))).isNotNull();
  }

  @Test
  void classesOfTheJdkAndTheSpi_areNotMissing() throws Exception {
    for (String known :
        List.of(
            "java.util.List",
            "java.net.http.HttpClient",
            "javax.management.MBeanServer",
            "dev.holdfast.spi.ProcessResource",
            "org.jspecify.annotations.Nullable")) {
      assertThat(inspect(withTypeJar(naming(TYPE, known)))).as(known).isNotNull();
    }
  }

  /** A class that names another one, in an array of arrays. */
  private static byte[] naming(String name, String other) {
    return ClassFile.of()
        .build(
            ClassDesc.of(name),
            builder ->
                builder.withMethodBody(
                    "use",
                    MethodTypeDesc.of(ConstantDescs.CD_void),
                    ClassFile.ACC_STATIC,
                    code ->
                        code.aconst_null()
                            .checkcast(ClassDesc.of(other).arrayType().arrayType())
                            .pop()
                            .return_()));
  }

  private static byte[] withTypeJar(byte[] type) {
    return withTypeJar(type, "README", new byte[0]);
  }

  private static byte[] withTypeJar(byte[] type, String more, byte[] content) {
    return good()
        .with(
            "lib/example.jar",
            new ArchiveBuilder()
                .with(SERVICES, TYPE)
                .with("example/Type.class", type)
                .with(more, content)
                .bytes())
        .bytes();
  }

  @Test
  void classThatIsNone_isRefused() throws Exception {
    assertRefused(
        withClass("example/Bad.class", new byte[] {1, 2}), Reason.BAD_CLASS_FILE, "no class file");
    assertRefused(
        withClass("example/Bad.class", new byte[20]), Reason.BAD_CLASS_FILE, "no class file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:/evil.jar", "../evil.jar", "..%2fevil.jar", "http://x/evil.jar"})
  void classPathThatLeadsOut_isRefused(String element) throws Exception {
    byte[] jar =
        new ArchiveBuilder()
            .with(
                "META-INF/MANIFEST.MF",
                "Manifest-Version: 1.0\r\nClass-Path: a.jar " + element + "\r\n\r\n")
            .bytes();

    assertRefused(
        good().with("lib/more.jar", jar).bytes(), Reason.MISPLACED_ENTRY, "leads out of lib/");
  }

  private static byte[] withClass(String name, byte[] content) {
    return good().with("lib/more.jar", new ArchiveBuilder().with(name, content).bytes()).bytes();
  }

  private PluginArchive inspect(byte[] bytes) throws IOException, ArchiveRefusedException {
    Path zip = Files.write(directory.resolve("archive.zip"), bytes);
    return PluginArchive.inspect(zip, scratch, SMALL);
  }

  private void assertRefused(byte[] bytes, Reason reason, String said) {
    assertThat(catchThrowableOfType(ArchiveRefusedException.class, () -> inspect(bytes)))
        .returns(reason, ArchiveRefusedException::reason)
        .hasMessageContaining(said)
        .message()
        .endsWith(".")
        .doesNotContainPattern("\\p{Cntrl}");
  }
}
