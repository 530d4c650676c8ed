/**
 * {@code holdfast audit}: holds what the service says against what can be seen without asking it:
 * processes in {@code /proc}, and the files of the home.
 *
 * <pre>
 *   Observer ──► Look ──► each Rule ──► Judgement       pure from the Look on
 *      ▲                                    │ a finding?
 *      └──────────── Auditor ◄──────────────┘ look again, within a bound: only what is there in
 *                                             every look counts
 * </pre>
 *
 * <p>Everything that reads is in {@code Observer} and what it uses; rules get a {@code Look} and
 * nothing else, so that a test can show each of them a broken cluster without breaking one.
 */
@NullMarked
package dev.holdfast.cli.audit;

import org.jspecify.annotations.NullMarked;
