package dev.holdfast.service.api;

/** How a key with all below it is written into a file. */
public enum RegistryFormat {
  /** Registry text, "Windows Registry Editor Version 5.00": UTF-16 with a byte order mark. */
  REG,

  /** Registry text of Windows 95 and NT 4. */
  REGEDIT4,

  /** A hive file, as RegSaveKey writes it. */
  HIVE
}
