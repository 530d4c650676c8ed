package dev.holdfast.system;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The walls between the modules and packages of the host. */
class ArchitectureTest {
  private static final String ROOT = "dev.holdfast";

  /** An empty scan would find nothing wrong. */
  private static final int CLASSES_MIN = 400;

  /** Which module may use which, of ours; the drawing is in {@code host/docs}. */
  private static final Map<String, List<String>> ARROWS =
      Map.ofEntries(
          entry("spi", List.of()),
          entry("failpoint", List.of()),
          entry("registry", List.of()),
          entry("quorum", List.of("registry")),
          entry("checkpoint", List.of("quorum", "registry")),
          entry("backup", List.of("checkpoint", "quorum", "registry", "failpoint")),
          // The SPI's values (descriptions, health, exits) are what decisions are made of.
          entry("cluster", List.of("registry", "spi")),
          entry("protocol", List.of("spi", "failpoint")),
          entry("monitor", List.of("protocol", "spi", "failpoint")),
          entry(
              "service",
              List.of(
                  "backup",
                  "cluster",
                  "checkpoint",
                  "quorum",
                  "registry",
                  "protocol",
                  "spi",
                  "failpoint")),
          entry("http", List.of("service", "failpoint")),
          // On the class path of somebody else's application.
          entry("client", List.of()),
          // Fail points only to list them: the list is the same without a service. Backups are
          // written, verified and restored without one.
          entry("cli", List.of("backup", "client", "failpoint")));

  /**
   * Where the real clock comes in: programs hand it to all they make; a monitor's log is made by
   * SLF4J, before anybody could hand it one.
   */
  private static final String[] CLOCK_COMES_IN = {
    ROOT + ".cli.Holdfast",
    ROOT + ".cli.Training",
    ROOT + ".monitor.ResourceMonitor",
    ROOT + ".monitor.Training",
    ROOT + ".monitor.log.MonitorLog"
  };

  /**
   * Who may wait for time to pass, having nothing else to wait for: a screen's next drawing, an
   * audit's next look, a deadline's thread, and the readiness of a process that nobody announces.
   */
  private static final String[] WAIT_FOR_TIME = {
    ROOT + ".cli.audit.MachineTime",
    ROOT + ".cli.command.StatusCommand",
    ROOT + ".client.transport.Deadline",
    ROOT + ".spi.ProcessResource"
  };

  /** What a process says that is about to end, or a monitor without its link; in a file mostly. */
  private static final String[] LAST_WORDS = {
    ROOT + ".failpoint.Armed",
    ROOT + ".monitor.MonitorOutput",
    ROOT + ".monitor.ResourceMonitor",
    ROOT + ".monitor.log.MonitorLog"
  };

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT)
            .that(
                DescribedPredicate.not(
                    // Samples are in the distribution, and anybody's programs.
                    resideInAnyPackage(
                        ROOT + ".system..", ROOT + ".samples..", ROOT + "..generated..")));
  }

  static Set<String> modules() {
    return ARROWS.keySet();
  }

  @Test
  void everyModuleIsLookedAt() {
    assertThat(classes.size()).isGreaterThan(CLASSES_MIN);
    for (String module : ARROWS.keySet()) {
      assertThat(classes.stream().anyMatch(resideInAPackage(in(module))))
          .as("there are classes of the module " + module)
          .isTrue();
    }
  }

  private static String in(String module) {
    return ROOT + "." + module + "..";
  }

  @ParameterizedTest
  @MethodSource("modules")
  void module_usesOnlyWhatItsArrowsPointTo(String module) {
    String[] others =
        ARROWS.keySet().stream()
            .filter(
                other ->
                    !other.equals(module)
                        && !ARROWS.getOrDefault(module, List.of()).contains(other))
            .map(ArchitectureTest::in)
            .toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideInAPackage(in(module))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(others));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void module_hasNoCyclesOfPackages(String module) {
    // A module of one package has none to be in a cycle.
    slices()
        .matching(ROOT + "." + module + ".(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(classes);
  }

  @Test
  void spi_isMadeOfTheJdkAlone() {
    check(
        noClasses()
            .that()
            .resideInAPackage(in("spi"))
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(in("spi"), "java..", "org.jspecify.."));
  }

  @Test
  void decisions_haveNoThreadSocketOrFile() {
    check(
        noClasses()
            .that()
            .resideInAPackage(in("cluster"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.util.concurrent..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class));
  }

  @Test
  void pluginFramework_isKnownInOnePackage() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".monitor.plugin..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.pf4j.."));
  }

  /** A child of the JDK's own making would be reaped by the JDK, and its end lost. */
  @Test
  void serviceAndMonitor_startNoProcessByTheJdk() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(in("service"), in("monitor"))
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ProcessBuilder.class)
            .orShould()
            .callMethodWhere(isCallOf(Runtime.class, "exec")));
  }

  @Test
  void onlyTheProgramsThatPeopleStart_print() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(in("cli"))
            .and()
            .resideOutsideOfPackage(ROOT + ".service.demo..")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".service.ClusterServiceMain")
            .and(isNoneOf(LAST_WORDS))
            .should()
            .accessFieldWhere(isAccessTo(System.class, "out"))
            .orShould()
            .accessFieldWhere(isAccessTo(System.class, "err")));
  }

  @Test
  void nothingSleeps() {
    check(
        noClasses()
            .that(isNoneOf(WAIT_FOR_TIME))
            .should()
            .callMethodWhere(isCallOf(Thread.class, "sleep")));
  }

  @Test
  void timeIsAskedOfAClockThatWasGiven() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".service.clock..")
            .and(isNoneOf(CLOCK_COMES_IN))
            .should()
            .callMethodWhere(isCallOf(Instant.class, "now"))
            .orShould()
            .callMethodWhere(isCallOf(System.class, "currentTimeMillis"))
            .orShould()
            .callMethodWhere(isCallOf(Clock.class, "systemUTC", "systemDefaultZone", "system"))
            .orShould()
            .callMethodWhere(isCallOf(InstantSource.class, "system")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"util", "utils", "common", "helper", "helpers", "misc", "manager", "impl"})
  void packageName_saysWhatItIsAbout(String banned) {
    assertThat(classes.stream().map(JavaClass::getPackageName).distinct())
        .noneMatch(name -> Arrays.asList(name.split("\\.")).contains(banned));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(classes);
  }

  private static DescribedPredicate<JavaClass> isNoneOf(String... names) {
    return DescribedPredicate.describe(
        "are none of " + List.of(names), tested -> !List.of(names).contains(tested.getName()));
  }

  private static DescribedPredicate<JavaAccess<?>> isCallOf(Class<?> owner, String... names) {
    return isAccessTo(owner, names);
  }

  private static DescribedPredicate<JavaAccess<?>> isAccessTo(Class<?> owner, String... names) {
    return DescribedPredicate.describe(
        owner.getSimpleName() + "." + String.join("|", names),
        access ->
            access.getTargetOwner().isEquivalentTo(owner)
                && List.of(names).contains(access.getTarget().getName()));
  }
}
