package dev.holdfast.service.operation;

import static dev.holdfast.service.GivenCluster.TEST;
import static dev.holdfast.service.GivenCluster.WEB;
import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.id;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.state;
import static dev.holdfast.service.GivenCluster.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.ResourceEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DryRunTest {
  private static final ClusterState STATE =
      state(resource(config(1, "db"), online()), resource(config(2, "app", id(1)), online()));

  private static String words(ClusterEvent event) {
    return DryRun.words(event, STATE);
  }

  @Test
  void everythingAnOperatorAsksFor_isToldByName() {
    assertThat(words(new ClusterEvent.GroupPut(WEB))).isEqualTo("write the group web");
    assertThat(words(new ClusterEvent.GroupDeleted(WEB.id()))).isEqualTo("delete the group web");
    assertThat(words(new ClusterEvent.ResourceCreated(config(3, "log"))))
        .isEqualTo("create the resource log, Offline");
    assertThat(words(new ClusterEvent.ResourceDeleted(id(2)))).isEqualTo("delete app");
    assertThat(words(new ClusterEvent.Restart(id(2)))).isEqualTo("restart app");
    assertThat(words(new ClusterEvent.TypeRegistered(type(TEST))))
        .isEqualTo("register the type Test");
    assertThat(words(new ClusterEvent.TypeUnregistered("Test")))
        .isEqualTo("unregister the type Test");
    assertThat(words(new ClusterEvent.MonitorReplaced(MonitorName.SHARED)))
        .isEqualTo("replace the monitor shared-0");
    assertThat(words(new ClusterEvent.Stop())).isEqualTo("take everything offline");
  }

  @Test
  void whoElseIsConcerned_isSaid() {
    assertThat(words(new ClusterEvent.Wanted(List.of(id(2)), true)))
        .isEqualTo("bring online app and what they depend on");
    assertThat(words(new ClusterEvent.Wanted(List.of(id(1), id(2)), false)))
        .isEqualTo("take offline db, app and what depends on them");
    assertThat(words(new ClusterEvent.Wanted(List.of(), true)))
        .isEqualTo("change nothing: there is no resource");
  }

  @Test
  void aFailureAndItsForgiving_areToldApart() {
    assertThat(words(new ClusterEvent.OfResource(id(2), new ResourceEvent.FailNow())))
        .isEqualTo("fail app; its restart policy does the rest");
    assertThat(words(new ClusterEvent.OfResource(id(2), new ResourceEvent.ForgetFailures())))
        .isEqualTo("forget the failures of app");
  }

  @Test
  void valuesAreNotShown_forTheyMayBeSecret() {
    assertThat(
            words(
                new ClusterEvent.PropertiesSet(
                    id(2), CommonProperties.DEFAULT, Map.of("Password", List.of("s3cret")))))
        .isEqualTo("set properties of app");
  }

  @Test
  void whatOnlyHappens_isNoDryRun() {
    assertThatThrownBy(() -> words(new ClusterEvent.Tick()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
