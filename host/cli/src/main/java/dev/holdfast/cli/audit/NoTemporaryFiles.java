package dev.holdfast.cli.audit;

import java.util.List;

/** What is made under another name and then renamed leaves nothing under the other name. */
final class NoTemporaryFiles implements Rule {
  @Override
  public String name() {
    return "files";
  }

  @Override
  public String promise() {
    return "no temporary file or folder is left in the home or the quorum directory";
  }

  @Override
  public Judgement judge(Look look) {
    List<Finding> findings =
        look.temporaryFiles().stream()
            .map(
                file ->
                    new Finding(
                        file.toString(),
                        String.valueOf(file.getFileName()),
                        file + " is half of something that was never finished",
                        "the next start of the service removes it"))
            .toList();
    return Judgement.of(this, "archives, unpacked plugins, incidents, run", findings);
  }
}
