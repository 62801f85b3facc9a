"""Which pipelines there are, where their files lie, and what each must look like.

A folder has ``pipeline.yml`` and ``values.yml`` (ytt), more ``*.lib.yml`` beside them (and
``environments.yml``, values too, where they are generated), ``variables.yml`` (each
((variable)) with what it is), ``repipe``, and ``rendered/``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PipelineFiles:
    """One pipeline: its name in Concourse, its folder, the repository that it belongs to.

    ``repository`` and ``folder`` are relative to the root of this repository, ``folder`` to
    ``repository``. ``sources`` are the resources that are this very repository: a task's
    command below one of them is a file that must exist.
    """

    name: str
    repository: str
    folder: str
    sources: tuple[str, ...]

    def path(self, root: Path) -> Path:
        """The pipeline's folder below ``root``."""
        return root / self.repository / self.folder

    def templates(self, root: Path) -> tuple[Path, ...]:
        """What ytt is given, in the order of their names."""
        folder = self.path(root)
        named = (folder / name for name in ("environments.yml", "pipeline.yml", "values.yml"))
        return tuple(
            sorted([*folder.glob("*.lib.yml"), *(path for path in named if path.is_file())])
        )

    def rendered(self, root: Path) -> Path:
        """The rendered pipeline."""
        return self.path(root) / "rendered" / "pipeline.yml"

    def sums(self, root: Path) -> Path:
        """The sums of what was rendered and what came of it, as ``sha256sum --check`` reads."""
        return self.path(root) / "rendered" / "SHA256SUMS"

    def variables(self, root: Path) -> Path:
        """The list of the pipeline's variables."""
        return self.path(root) / "variables.yml"


DEPLOYMENTS = PipelineFiles("galoy-deployments", ".", "ci/deployments", ("pipeline-tasks",))

PLACES = (
    PipelineFiles(
        "lana-bank",
        "upstream/lana-bank",
        "ci/release",
        ("pipeline-tasks", "repo", "promote-rc"),
    ),
    PipelineFiles(
        "nix-cache", "upstream/lana-bank", "ci/nix-cache", ("pipeline-tasks", "repo", "prs")
    ),
    PipelineFiles(
        "galoy-private-charts",
        "upstream/galoy-private-charts",
        "ci",
        ("pipeline-tasks", "charts-repo"),
    ),
    DEPLOYMENTS,
)


def places(root: Path) -> tuple[PipelineFiles, ...]:
    """The pipelines whose folders exist below ``root``."""
    return tuple(place for place in PLACES if (place.path(root) / "pipeline.yml").is_file())
