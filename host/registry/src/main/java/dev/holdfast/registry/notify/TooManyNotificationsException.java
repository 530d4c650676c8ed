package dev.holdfast.registry.notify;

/**
 * No notification can be armed until another has fired or is disarmed; the message has the limit.
 */
public final class TooManyNotificationsException extends Exception {
  TooManyNotificationsException(int found) {
    super(
        "no notification armed: found %,d, at most %,d allowed (NOTIFICATIONS_MAX)"
            .formatted(found, Notifications.NOTIFICATIONS_MAX));
  }
}
