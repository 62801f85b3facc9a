"""ytt's templates in, rendered/pipeline.yml and its sums out.

ytt comes from no package registry, so most machines do not have it. The sums of everything
that was rendered are therefore kept beside the result: a template that changed without it
is seen everywhere, and where ytt is, the result itself is compared.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from promoter.common.errors import ProgramMissing, PromoterError
from promoter.concourse.finding import PipelineFinding
from promoter.concourse.pipelines import PipelineFiles

HEADING = "# Rendered by `promoter pipeline generate` from the templates. Not edited.\n"
REMEDY = "run `promoter pipeline generate` where ytt is on PATH and commit what it changes"


def ytt() -> Path:
    """The ytt on PATH; raises `ProgramMissing` where there is none."""
    found = shutil.which("ytt")
    if found is None:
        raise ProgramMissing(
            "render pipelines: ytt is not on PATH",
            next_step="install ytt (carvel.dev/ytt); no package registry has it",
        )
    return Path(found)


def render(place: PipelineFiles, root: Path, program: Path) -> str:
    """The rendered pipeline; raises `PromoterError` with what ytt says of the templates."""
    files = [argument for path in place.templates(root) for argument in ("-f", str(path))]
    done = subprocess.run(
        [str(program), *files],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    if done.returncode != 0:
        raise PromoterError(
            f"render {place.path(root)}: {done.stderr.strip()}",
            next_step="correct the template; every value it reads must be in values.yml",
        )
    return HEADING + "---\n" + done.stdout


def write(place: PipelineFiles, root: Path, program: Path) -> bool:
    """Render ``place`` anew; whether something changed."""
    rendered, sums = place.rendered(root), place.sums(root)
    text = render(place, root, program)
    rendered.parent.mkdir(exist_ok=True)
    changed = _replaced(rendered, text)
    return _replaced(sums, sums_of(place, root)) or changed


def sums_of(place: PipelineFiles, root: Path) -> str:
    """The sums, as ``sha256sum --check`` reads them in the pipeline's folder."""
    folder = place.path(root)
    files = (*place.templates(root), place.rendered(root))
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in files
    )


def check_sums(place: PipelineFiles, root: Path) -> Iterator[PipelineFinding]:
    """A template, value or rendered file that is not the one that was rendered."""
    file = place.sums(root)
    kept = set(file.read_text().splitlines()) if file.is_file() else set()
    now = set(sums_of(place, root).splitlines())
    for line in sorted(kept ^ now):
        name = line.partition("  ")[2]
        yield PipelineFinding(f"{place.folder}/{name}", f"is not what was rendered: {REMEDY}")


def _replaced(file: Path, text: str) -> bool:
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    aside = file.with_name(f".{file.name}.new")
    aside.write_text(text, encoding="utf-8")
    aside.replace(file)
    return True
