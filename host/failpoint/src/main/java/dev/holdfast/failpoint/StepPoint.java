package dev.holdfast.failpoint;

/** A place where something happens that is neither on a disk nor on the link. */
public enum StepPoint implements FailPoint {
  SERVICE_TAKE_MONITORS("monitors that an earlier service left are ended"),
  SERVICE_TAKE_SLOT("a slot of an earlier service is taken over"),
  SERVICE_OPEN_API("the API's sockets are opened"),
  SERVICE_READY("the service calls itself ready"),
  STEP_CARRY_OUT("a decided and durable step is shown, and its actions taken"),
  STEP_TELL("a step that was carried out is told: events, incidents, who waits for it"),
  SLOT_INTENT("the intent to start an application is made durable"),
  SLOT_FORK("an application is forked"),
  SLOT_IDENTITY("the identity of a started application is made durable"),
  SLOT_WATCH("a started application is watched"),
  SLOT_END("the end of an application is told and made durable"),
  EXTERNAL_RESERVE("what a resource is about to have elsewhere is made durable"),
  EXTERNAL_RELEASE("what a resource had elsewhere, and was seen gone, is forgotten"),
  PROCESS_SIGNAL("an application's process group is signalled"),
  PROCESS_REAP("a child that ended is reaped"),
  MONITOR_FORK("a monitor is forked"),
  MONITOR_DEATH("the death of a monitor is reported to the decisions"),
  HTTP_SUBMIT("a change that was asked for over HTTP is begun"),
  HTTP_ANSWER("who asked for a change over HTTP is told of it, or of its end"),
  MONITOR_CONNECT(Side.MONITOR, "the monitor connects to the service"),
  MONITOR_RELEASE(Side.MONITOR, "the monitor, its link closed, releases what lives in it"),
  CALL_LOAD(Side.MONITOR, "a plugin is loaded"),
  CALL_VALIDATE(Side.MONITOR, "plugin code looks at properties"),
  CALL_OPEN(Side.MONITOR, "plugin code opens a resource"),
  CALL_FIND(Side.MONITOR, "plugin code looks for what runs"),
  CALL_ONLINE(Side.MONITOR, "plugin code brings a resource online"),
  CALL_ADOPT(Side.MONITOR, "plugin code takes over what somebody else started"),
  CALL_OFFLINE(Side.MONITOR, "plugin code takes a resource offline"),
  CALL_TERMINATE(Side.MONITOR, "plugin code terminates a resource"),
  CALL_LOOKS_ALIVE(Side.MONITOR, "plugin code makes a short check"),
  CALL_IS_ALIVE(Side.MONITOR, "plugin code makes a thorough check"),
  CALL_CLOSE(Side.MONITOR, "plugin code closes a resource"),
  CALL_CONTROL(Side.MONITOR, "plugin code does what a control asks for"),
  CALL_CHANGED(Side.MONITOR, "plugin code puts properties in effect while a resource is Online");

  private final Side side;
  private final String standsFor;

  StepPoint(String standsFor) {
    this(Side.SERVICE, standsFor);
  }

  StepPoint(Side side, String standsFor) {
    this.side = side;
    this.standsFor = standsFor;
  }

  @Override
  public String place() {
    return FailPoint.placeName(name(), 1);
  }

  @Override
  public Side side() {
    return side;
  }

  @Override
  public String standsFor() {
    return standsFor;
  }

  /** What it stands for is about to happen. */
  public void before() {
    if (Armed.ON) {
      Armed.step(this, Moment.BEFORE);
    }
  }

  /** It has happened. */
  public void after() {
    if (Armed.ON) {
      Armed.step(this, Moment.AFTER);
    }
  }
}
