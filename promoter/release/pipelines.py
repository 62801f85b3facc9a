"""An application's own pipelines, read for what its release has to match.

They are templates and shell scripts, so they are searched by line, never parsed; what is found is
only ever proposed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from promoter.release.source import SourceTree

_FOLDERS = ("ci/", ".github/")
_DOCKERFILE = re.compile(r"(?i)\bdockerfile:\s*[\"']?([\w./-]+)")
_CONTEXT = re.compile(r"(?i)\bcontext:\s*[\"']?([\w./-]+)")
_IMAGE = re.compile(r"(?:repository|image):[^\n]*?[\"/ ]([a-z0-9]+(?:-[a-z0-9]+)+)[\"']?\s*$", re.M)
_REGISTRY = re.compile(
    r"\b((?:[a-z0-9-]+\.)?(?:gcr\.io|pkg\.dev|azurecr\.io|ghcr\.io)/[a-z0-9][\w./-]*)"
)
_DIGEST_KEY = re.compile(r"\.([\w.\[\]-]+\.digest)\s*=\s*strenv\((\w+)\)")
_VERSION_KEY = re.compile(r"\.([\w.\[\]-]+\.appVersion)\s*=\s*strenv")
_COPIED = re.compile(r"cp -r \S*?\b(tf/[\w-]+)\s")
_PREPENDED = re.compile(r"(?m)^.*git-cliff\b.*--prepend\b.*$")


@dataclass(frozen=True)
class Pipelines:
    """The pipelines of ``source``."""

    source: SourceTree

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {
            path: file.content.decode(errors="replace")
            for path, file in self.source.files.items()
            if path.startswith(_FOLDERS) and not file.symlink and "/rendered/" not in path
        }

    def dockerfiles(self, known: Iterable[str]) -> set[str]:
        """Return those of the ``known`` Dockerfiles that a pipeline names."""
        named = {name for _, name in self._named()}
        return {path for path in known if path in named}

    def context(self, dockerfile: str) -> str:
        """Return the build context that a pipeline names next to ``dockerfile``, "." by default."""
        for lines, name in self._named():
            if name == dockerfile and (found := _CONTEXT.search(lines)):
                path = found[1].rstrip("/")
                return path if self._is_folder(path) else _inside(path)
        return "."

    def images(self) -> list[str]:
        """Return the names of images that the pipelines push or use."""
        return [name for text in self._texts.values() for name in _IMAGE.findall(text)]

    def registry(self) -> str:
        """Return the registry that is named most often, "" without one."""
        found = [name for text in self._texts.values() for name in _REGISTRY.findall(text)]
        folders = [name if name.count("/") == 1 else name.rpartition("/")[0] for name in found]
        return max(folders, key=folders.count, default="")

    def mentions(self, word: str, folder: str) -> bool:
        """Return whether a pipeline that works in ``folder`` uses ``word``."""
        return any(word in text and folder.rstrip("/") in text for text in self._texts.values())

    def writes_changelog_without_config(self) -> bool:
        """Return whether git-cliff is run with its own configuration for CHANGELOG.md."""
        lines = [line for text in self._texts.values() for line in _PREPENDED.findall(text)]
        return bool(lines) and all("--config" not in line for line in lines)

    def terraform_folders(self) -> list[str]:
        """Return the Terraform folders that the pipelines copy into the chart."""
        found = [name for text in self._texts.values() for name in _COPIED.findall(text)]
        return sorted(name for name in set(found) if self._is_folder(name))

    def app_version_key(self) -> str:
        """Return the key path of the version in values.yaml, "" where none is written."""
        found = (key for text in self._texts.values() for key in _VERSION_KEY.findall(text))
        return next(found, "")

    def writes_short_commits(self) -> bool:
        """Return whether the pipelines write the commit's first digits into METADATA."""
        return any("METADATA::" in text and "short_ref" in text for text in self._texts.values())

    def pin(self, image: str, repository: str) -> str:
        """Return the key path that the pipelines write the digest of ``image`` to, "" without one.

        The variable that it comes from has the words of the image's name.
        """
        words = image.removeprefix(f"{repository}-") if image != repository else ""
        for text in self._texts.values():
            for key, variable in _DIGEST_KEY.findall(text):
                subject = variable.lower().removesuffix("digest").removesuffix("image_").strip("_")
                if subject == words.replace("-", "_") or (
                    subject and words and subject in words.split("-")
                ):
                    return str(key)
        return ""

    def _is_folder(self, path: str) -> bool:
        return any(file.startswith(f"{path}/") for file in self.source.files)

    def _named(self) -> Iterator[tuple[str, str]]:
        """Yield each Dockerfile that is named, with the lines around it."""
        for text in self._texts.values():
            lines = text.splitlines()
            for number, line in enumerate(lines):
                if found := _DOCKERFILE.search(line):
                    around = "\n".join(lines[max(0, number - 2) : number + 3])
                    for name in {found[1], _inside(found[1])}:
                        yield around, name


def _inside(path: str) -> str:
    """Return ``path`` without its first folder, which is a task's input."""
    return str(PurePosixPath(*PurePosixPath(path).parts[1:])) if "/" in path else "."
