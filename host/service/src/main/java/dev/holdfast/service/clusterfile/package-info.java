/**
 * The cluster as one document: reading it, planning what it changes, writing it, and its JSON
 * Schema. Pure: a state and a document in, a plan or problems out. What carries a plan out is in
 * {@code operation}.
 *
 * <p>The hard idea is that a plan is a value. It is made once before types are asked what they have
 * against it, and once more on the deciding thread right before it is committed; when the second is
 * not the first, somebody changed meanwhile what it was made from, and nothing is done.
 */
@NullMarked
package dev.holdfast.service.clusterfile;

import org.jspecify.annotations.NullMarked;
