"""The chart that a testflight installs: a folder, or a ref of the charts repository."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from promoter.common.errors import UsageError
from promoter.testflight.errors import TestflightError
from promoter.vendoring.config import find_dependency, read_config
from promoter.vendoring.staging import GitFetcher, place

NAME = "lana-bank"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class ChartUnderTest:
    """A chart in ``folder``.

    ``ref`` is the commit it is of, 40 hex digits; for a folder it is ``content``, the hash
    over its files. ``tested_as`` says which of the two.
    """

    folder: Path
    ref: str
    content: str

    @property
    def is_commit(self) -> bool:
        """Whether it came from the charts repository by its ref."""
        return self.ref != self.content

    def unpinned(self) -> tuple[str, ...]:
        """The optional parts whose image has no digest yet, by their key in the values."""
        values = _yaml(self.folder / "values.yaml")
        found = []
        for dependency in self._optional():
            part = dependency.get("alias", dependency["name"])
            own = _yaml(self.folder / "charts" / dependency["name"] / "values.yaml")
            image = {**own.get("image", {}), **(values.get(part) or {}).get("image", {})}
            if not _DIGEST.fullmatch(str(image.get("digest"))):
                found.append(part)
        return tuple(found)

    def parts(self) -> tuple[str, ...]:
        """Every optional part of the chart, by its key in the values."""
        return tuple(each.get("alias", each["name"]) for each in self._optional())

    def _optional(self) -> list[Mapping[str, Any]]:
        """The dependencies that a value switches on and off; the others are libraries."""
        dependencies = _yaml(self.folder / "Chart.yaml").get("dependencies", ())
        return [each for each in dependencies if "condition" in each]


@contextmanager
def chart_of(which: str, root: Path) -> Iterator[ChartUnderTest]:
    """The chart ``which`` names: an existing folder, else a ref of the repository in vendir.yml.

    ``root`` has vendir.yml. Raises `RefNotFound`, `UnsafeContent`, `TestflightError`.
    """
    if Path(which).is_dir():
        folder = Path(which).resolve()
        content = content_hash(folder)
        yield ChartUnderTest(folder, content, content)
        return
    if not which:
        raise UsageError("testflight: no chart is named", next_step="--chart <folder or ref>")
    with TemporaryDirectory(prefix="testflight-chart-") as scratch:
        target = Path(scratch) / NAME
        contents = find_dependency(read_config(root / "vendir.yml"), NAME).contents
        locked = place(
            GitFetcher(), contents, which, root / "charts" / NAME, target, Path(scratch) / "work"
        )
        yield ChartUnderTest(target, locked.sha, content_hash(target))


def content_hash(folder: Path) -> str:
    """The sha256 (hex) over a chart's files: path, executable bit, content.

    The same as the stacks give a release as ``chartHash``, so both can be compared.
    """
    if not (folder / "Chart.yaml").is_file():
        raise TestflightError(f"read chart {folder}: there is no Chart.yaml")
    total = hashlib.sha256()
    files = [entry for entry in folder.rglob("*") if entry.is_symlink() or not entry.is_dir()]
    for file in sorted(files, key=lambda each: each.relative_to(folder).as_posix()):
        if file.is_symlink() or not file.is_file():
            raise TestflightError(f"read chart {folder}: {file.name} is not a regular file")
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        mode = "x" if file.stat().st_mode & 0o111 else "-"
        total.update(f"{file.relative_to(folder).as_posix()}\0{mode}\0{content}\n".encode())
    return total.hexdigest()


def _yaml(file: Path) -> Mapping[str, Any]:
    try:
        return dict(yaml.safe_load(file.read_bytes()) or {})
    except FileNotFoundError as error:
        raise TestflightError(
            f"read chart {file.parent}: there is no {file.name}",
            next_step="vendor the dependency's folder with the chart: nothing is downloaded",
        ) from error
    except (yaml.YAMLError, TypeError, ValueError) as error:
        raise TestflightError(f"read chart {file}: not YAML: {error}") from error
