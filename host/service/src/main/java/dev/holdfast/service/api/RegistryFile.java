package dev.holdfast.service.api;

import java.util.List;

/**
 * A key with all below it, as a file has it.
 *
 * @param losses what the file does not carry and its reader may miss, in words; times, classes and
 *     security, which no registry text carries, are not told
 * @param revision of the hive, as it was then
 */
@SuppressWarnings("ArrayRecordComponent") // Written out as it is, and compared by nobody.
public record RegistryFile(byte[] bytes, List<String> losses, long revision) {
  public RegistryFile {
    losses = List.copyOf(losses);
  }
}
