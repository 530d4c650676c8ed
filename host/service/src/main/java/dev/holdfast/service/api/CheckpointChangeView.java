package dev.holdfast.service.api;

import java.util.List;

/**
 * What came of a change to a checkpoint.
 *
 * @param checkpoint as it is now; as it would be, of a dry run
 * @param notes what should be said beside: a warning, what the change will lead to
 * @param differences what the change replaced, where that can be told
 */
public record CheckpointChangeView(
    CheckpointView checkpoint, List<String> notes, List<CheckpointDiffView.Line> differences) {}
