package dev.holdfast.cli.session;

import java.io.PrintStream;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;

/**
 * What a command finds around it; given, so that tests can give their own.
 *
 * @param out data
 * @param err narration and errors
 */
public record Surroundings(
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    String user,
    InstantSource clock,
    ZoneId zone,
    String version) {}
