package dev.holdfast.service.posix;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link PosixSpawn} starts.
 *
 * @param program the file to execute, an absolute path
 * @param arguments its arguments, the zeroth first
 * @param environment its environment, {@code NAME=value} each
 * @param directory where it runs
 * @param output the file that descriptors 1 and 2 append to; with {@code errors}, that descriptor 1
 *     writes anew
 * @param input what it finds on descriptor 0 before the end of file, or null for {@code /dev/null};
 *     no more than a pipe holds
 * @param errors the file that descriptor 2 writes anew, or null
 */
public record SpawnRequest(
    String program,
    List<String> arguments,
    List<String> environment,
    String directory,
    String output,
    @Nullable String input,
    @Nullable String errors) {}
