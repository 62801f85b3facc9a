"""The chart that a testflight installs: a folder, or a ref of the charts repository."""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.common.errors import UsageError
from promoter.common.yaml_file import read_yaml
from promoter.testflight.result import TestflightError
from promoter.vendoring.config import find_dependency, read_config
from promoter.vendoring.fetch import fetch

NAME = "lana-bank"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class ChartUnderTest:
    """A chart in ``folder``.

    ``content`` is the hash over its files. ``ref`` is its commit in the charts repository, 40 hex
    digits, or ``content`` if it does not come from there.
    """

    folder: Path
    ref: str
    content: str

    def parts(self) -> Mapping[str, str]:
        """Return the optional parts: key in the values -> chart. The others are libraries."""
        file = self.folder / "Chart.yaml"
        dependencies = _read_yaml(file).get("dependencies") or []
        if not isinstance(dependencies, list) or not all(map(_is_named, dependencies)):
            raise TestflightError(
                f"read chart {file}: dependencies is not a list of named charts",
                next_step="correct it: helm lint shows where",
            )
        optional = (each for each in dependencies if "condition" in each)
        return {each.get("alias", each["name"]): each["name"] for each in optional}

    def unpinned(self) -> Iterator[str]:
        """Yield the optional parts whose image has no digest yet, by their keys in the values."""
        values = _read_yaml(self.folder / "values.yaml")
        for part, chart in self.parts().items():
            own = _read_yaml(self.folder / "charts" / chart / "values.yaml")
            image = {**_mapping(own, "image"), **_mapping(_mapping(values, part), "image")}
            if not _DIGEST.fullmatch(str(image.get("digest"))):
                yield part


@contextmanager
def open_chart(source: str, root: Path) -> Iterator[ChartUnderTest]:
    """Yield the chart in the folder ``source``, or fetched at the ref ``source``.

    The repository is that of the vendir.yml in ``root``. Raises `RefNotFound`, `UnsafeContent`,
    `TestflightError`.
    """
    if not source:
        raise UsageError("testflight: no chart is named", next_step="--chart <folder or ref>")
    if Path(source).is_dir():
        folder = Path(source).resolve()
        content = content_hash(folder)
        yield ChartUnderTest(folder, content, content)
        return
    with TemporaryDirectory(prefix="testflight-chart-") as scratch:
        target = Path(scratch) / NAME
        contents = find_dependency(read_config(root / "vendir.yml"), NAME).contents
        current = root / "charts" / NAME
        locked = fetch(contents, source, current, target, Path(scratch) / "work")
        yield ChartUnderTest(target, locked.sha, content_hash(target))


def content_hash(folder: Path) -> str:
    """Return the sha256 (hex) over the files of a chart: path, executable bits, content.

    It equals the ``chartHash`` of a release of that chart (modules/lana_bank/chart.py, which
    promoter must not import), so the two can be compared.
    """
    if not (folder / "Chart.yaml").is_file():
        raise TestflightError(f"read chart {folder}: no Chart.yaml")
    total = hashlib.sha256()
    files = [entry for entry in folder.rglob("*") if entry.is_symlink() or not entry.is_dir()]
    for file in sorted(files, key=lambda each: each.relative_to(folder).as_posix()):
        if not _is_utf8(file):
            raise TestflightError(f"read chart {folder}: {file.name!a} is not UTF-8")
        if file.is_symlink() or not file.is_file():
            raise TestflightError(f"read chart {folder}: {file.name} is not a regular file")
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        mode = "x" if file.stat().st_mode & 0o111 else "-"
        total.update(f"{file.relative_to(folder).as_posix()}\0{mode}\0{content}\n".encode())
    return total.hexdigest()


def _mapping(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the mapping at ``key``, empty where it is null or something else, as in Helm."""
    found = values.get(key)
    return found if isinstance(found, Mapping) else {}


def _is_named(dependency: Any) -> bool:
    return isinstance(dependency, Mapping) and isinstance(dependency.get("name"), str)


def _is_utf8(file: Path) -> bool:
    return str(file).encode("utf-8", "replace") == os.fsencode(file)


def _read_yaml(file: Path) -> Mapping[str, Any]:
    try:
        document = read_yaml(file.read_bytes(), str(file)) or {}
    except FileNotFoundError as error:
        raise TestflightError(
            f"read chart {file.parent}: no {file.name}",
            next_step="vendor the folder of the dependency with the chart: nothing is downloaded",
        ) from error
    except OSError as error:
        raise TestflightError(f"read chart {file}: {error.strerror}") from error
    if not isinstance(document, dict):
        raise TestflightError(f"read chart {file}: it is not a mapping")
    return document
