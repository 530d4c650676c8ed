/**
 * Being told that something changed at a key, the pure half: which notifications a commit fires.
 *
 * <p>The hard idea: re-arming loses nothing. RegNotifyChangeKeyValue fires once and has to be armed
 * again, and what happens in between is missed. Here whoever arms says from which revision on it
 * wants to know, which is the one that it has read; if something matching was committed since, it
 * fires at once. For that the effects of the last commits are kept, and who asks for something
 * older is told to look.
 *
 * <p>This package has no thread and no queue. The commits come from the hive in the order of their
 * revisions, as {@link dev.holdfast.registry.CommitFeed} gives them; its promise, no commit left
 * out or the word that some were, is the one built on. Start reading at {@link
 * dev.holdfast.registry.notify.Notifications}.
 */
@NullMarked
package dev.holdfast.registry.notify;

import org.jspecify.annotations.NullMarked;
