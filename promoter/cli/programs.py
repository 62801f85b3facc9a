"""Programs for the commands that run in the task images of other repositories, too."""

from __future__ import annotations

import shutil
from pathlib import Path

from promoter.cli.progress import shown
from promoter.common.errors import ProgramMissing


def program(name: str) -> Path:
    """``name`` on PATH, or the toolchain's where this repository is around.

    The pipelines of the other repositories have it in their task image.
    """
    found = shutil.which(name)
    if found:
        return Path(found)
    from promoter.toolchain import Toolchain

    here = Path(__file__).resolve()
    for folder in (Path.cwd(), *Path.cwd().parents, *here.parents):
        if (folder / "dev" / "toolchain" / name / "go.mod").is_file():
            return Toolchain(folder, progress=shown()).program(name)
    raise ProgramMissing(f"find {name}: it is not on PATH", next_step=f"install {name}")
