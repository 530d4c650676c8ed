package dev.holdfast.service.view;

import static dev.holdfast.service.GivenCluster.WEB;
import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.id;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ErrorClass;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LookupTest {
  private static final ClusterState STATE =
      state(
          resource(config(1, "web-db"), online()), resource(config(2, "web-app", id(1)), online()));

  private static ApiException.NotFound refused(ThrowingCallable call) {
    return assertThatExceptionOfType(ApiException.NotFound.class).isThrownBy(call).actual();
  }

  @Test
  void namesAreFoundInAnyCase_andSoAreIds() {
    assertThat(Lookup.resource(STATE, "WEB-APP").id()).isEqualTo(id(2));
    assertThat(Lookup.resource(STATE, id(2).toString()).config().name()).isEqualTo("web-app");
    assertThat(Lookup.group(STATE, "Web")).isEqualTo(WEB);
    assertThat(Lookup.group(STATE, WEB.id().toString())).isEqualTo(WEB);
    assertThat(Lookup.type(STATE, "TEST").name()).isEqualTo("Test");
    assertThat(Lookup.monitor(STATE, "Shared-0").epoch()).isEqualTo(1);
  }

  @Test
  void whatIsNotThere_isRefusedWithTheNearestName() {
    ApiException.NotFound refusal = refused(() -> Lookup.resource(STATE, "web-ap"));

    assertThat(refusal).hasMessage("There is no resource web-ap. Did you mean web-app?");
    assertThat(refusal.code()).isEqualTo("ResourceNotFound");
    assertThat(refusal.errorClass()).isEqualTo(ErrorClass.NOT_FOUND);
    assertThat(refusal.resource()).contains("web-ap");
    assertThat(refused(() -> Lookup.group(STATE, "wep")))
        .hasMessage("There is no group wep. Did you mean web?");
    assertThat(refused(() -> Lookup.type(STATE, "Tset")))
        .hasMessage("There is no type Tset. Did you mean Test?");
    assertThat(refused(() -> Lookup.monitor(STATE, "shared")))
        .hasMessage("There is no monitor shared. Did you mean shared-0?");
  }

  @Test
  void whereNothingIsNear_nothingIsGuessed() {
    assertThat(refused(() -> Lookup.resource(STATE, "printer")))
        .hasMessage("There is no resource printer.");
    assertThat(refused(() -> Lookup.group(STATE, "")).code()).isEqualTo("GroupNotFound");
    assertThat(refused(() -> Lookup.type(STATE, "Other")).code()).isEqualTo("TypeNotFound");
    assertThat(refused(() -> Lookup.monitor(STATE, "x")).code()).isEqualTo("MonitorNotFound");
  }
}
