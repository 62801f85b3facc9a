"""The pipelines of all repositories: their files, and how ytt renders them.

A folder has ``pipeline.yml`` and ``values.yml`` (ytt), ``*.lib.yml``, generated values in
``environments.yml``, ``variables.yml`` (a description of each ((variable))), ``repipe``, and
``rendered/``. Most machines have no ytt, so the checksums of all templates and of the result
are committed: every machine sees a template that changed alone.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import ProgramMissing, PromoterError
from promoter.common.files import write_atomically
from promoter.common.finding import Finding
from promoter.programs.command import run_program

HEADING = "# Rendered by `promoter pipeline generate` from the templates. Not edited.\n"
REMEDY = "run `promoter pipeline generate` where ytt is on PATH and commit the result"
_SECONDS = 60


@dataclass(frozen=True)
class PipelineFiles:
    """A pipeline: its name in Concourse, its repository, and its folder there.

    ``repository`` is relative to the root of this repository, ``folder`` to ``repository``.
    A task's command below one of ``sources`` (resources with the repository) must exist.
    """

    name: str
    repository: str
    folder: str
    sources: tuple[str, ...]

    def path(self, root: Path) -> Path:
        """Return the pipeline's folder below ``root``."""
        return root / self.repository / self.folder

    def templates(self, root: Path) -> tuple[Path, ...]:
        """Return the inputs of ytt, sorted by name."""
        folder = self.path(root)
        named = (folder / name for name in ("environments.yml", "pipeline.yml", "values.yml"))
        return tuple(sorted([*folder.glob("*.lib.yml"), *filter(Path.is_file, named)]))

    def rendered(self, root: Path) -> Path:
        """Return the path of the rendered pipeline."""
        return self.path(root) / "rendered" / "pipeline.yml"

    def checksums(self, root: Path) -> Path:
        """Return the path of the checksums, in the format of ``sha256sum --check``."""
        return self.path(root) / "rendered" / "SHA256SUMS"


DEPLOYMENTS = PipelineFiles("galoy-deployments", ".", "ci/deployments", ("pipeline-tasks",))
_LANA_BANK, _CHARTS = "upstream/lana-bank", "upstream/galoy-private-charts"
PIPELINES = (
    PipelineFiles("lana-bank", _LANA_BANK, "ci/release", ("pipeline-tasks", "repo", "promote-rc")),
    PipelineFiles("nix-cache", _LANA_BANK, "ci/nix-cache", ("pipeline-tasks", "repo", "prs")),
    PipelineFiles("galoy-private-charts", _CHARTS, "ci", ("pipeline-tasks", "charts-repo")),
    DEPLOYMENTS,
    PipelineFiles("promoter", ".", "ci/promoter", ("pipeline-tasks", "repo")),
)


def existing_pipelines(root: Path) -> tuple[PipelineFiles, ...]:
    """Return the pipelines whose folders exist below ``root``."""
    return tuple(each for each in PIPELINES if (each.path(root) / "pipeline.yml").is_file())


def find_ytt() -> Path:
    """Return the ytt on PATH; raises `ProgramMissing`."""
    found = shutil.which("ytt")
    if found is None:
        remedy = "install ytt (carvel.dev/ytt); no package registry has it"
        raise ProgramMissing("render pipelines: ytt is not on PATH", next_step=remedy)
    return Path(found)


def render(files: PipelineFiles, root: Path, ytt: Path) -> str:
    """Return the rendered pipeline; raises `PromoterError` with the message of ytt."""
    arguments = [argument for path in files.templates(root) for argument in ("-f", path)]
    done = run_program([ytt, *arguments], seconds=_SECONDS)
    if done.returncode != 0:
        remedy = "correct the template; every value it reads must be in values.yml"
        raise PromoterError(f"render {files.path(root)}: {done.stderr.strip()}", next_step=remedy)
    return HEADING + "---\n" + done.stdout


def write(files: PipelineFiles, root: Path, ytt: Path) -> bool:
    """Render the pipeline and its checksums; return whether something changed."""
    changed = _replace(files.rendered(root), render(files, root, ytt))
    return _replace(files.checksums(root), checksums_of(files, root)) or changed


def checksums_of(files: PipelineFiles, root: Path) -> str:
    """Return the checksums of the templates and of the rendered pipeline, as they are now."""
    folder = files.path(root)
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in (*files.templates(root), files.rendered(root))
    )


def check_checksums(files: PipelineFiles, root: Path) -> Iterator[Finding]:
    """Find templates, values and results that changed since the pipeline was rendered."""
    file = files.checksums(root)
    recorded = set(file.read_text().splitlines()) if file.is_file() else set()
    for line in sorted(recorded ^ set(checksums_of(files, root).splitlines())):
        name = line.partition("  ")[2]
        yield Finding(f"{files.folder}/{name}", f"changed since it was rendered: {REMEDY}")


def _replace(file: Path, text: str) -> bool:
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    write_atomically(file, text.encode())
    return True
