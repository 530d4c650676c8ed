package dev.holdfast.registry.security;

import java.util.List;

/** What {@link AccessCheck} says. Immutable. */
public sealed interface Access {
  /**
   * The caller has these rights; with {@link KeyAccess#MAXIMUM_ALLOWED} maybe more than it named.
   */
  record Granted(KeyAccess rights) implements Access {}

  /**
   * The caller has less than it asked for, and gets nothing (ERROR_ACCESS_DENIED, 5).
   *
   * @param desired what it asked for, generic rights mapped
   * @param refusals entries that took away some of that, in their order
   * @param ungranted rights of that of which no entry speaks for this caller
   * @param note what else there is to say of the descriptor or the rights; can be empty
   */
  record Denied(
      Sid caller, KeyAccess desired, List<Refusal> refusals, KeyAccess ungranted, String note)
      implements Access {
    public Denied {
      refusals = List.copyOf(refusals);
    }

    /** One sentence for the caller and for the event. */
    public String explanation() {
      return "access denied: " + explanation(caller.toString());
    }

    /** The same of a caller whom people know by a name, where it is clear that it was denied. */
    public String explanation(String name) {
      var text = new StringBuilder("%s asked for %s".formatted(name, desired));
      refusals.forEach(refusal -> text.append("; ").append(refusal.explanation()));
      if (!ungranted.isEmpty()) {
        text.append("; no entry grants ").append(ungranted);
      }
      if (!note.isEmpty()) {
        text.append("; ").append(note);
      }
      return text.toString();
    }
  }

  /** An entry that denies, by its place in the discretionary list from 1, and what it took away. */
  record Refusal(int place, Ace ace, KeyAccess rights) {
    String explanation() {
      return "entry %d, %s, denies %s".formatted(place, ace, rights);
    }
  }
}
