"""The files of an application as its release sees them: those of a commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from promoter.git import Git
from promoter.git.objects import SourceFile
from promoter.release.errors import ReleaseError

_EXECUTABLE = "100755"
_SYMLINK = "120000"
_SUBMODULE = "160000"


@dataclass(frozen=True)
class SourceTree:
    """An application's files by path, the commit they are of, and that commit's time (UTC)."""

    files: Mapping[str, SourceFile] = field(repr=False)
    commit: str
    time: datetime

    def file(self, path: str) -> bytes:
        """The bytes of ``path``; raises `ReleaseError` where there is no such file."""
        if path not in self.files:
            raise ReleaseError(
                f"read {path} in {self.commit[:12]}: no such file",
                next_step="add it, or correct the path in ci/release/release.yml",
            )
        return self.files[path].content

    def below(self, path: str) -> Iterator[tuple[str, SourceFile]]:
        """The file ``path`` as ``("", file)``, or every file below the folder ``path``.

        Sorted by path, relative to the folder; raises `ReleaseError` where nothing is there.
        """
        if path in self.files:
            yield "", self.files[path]
            return
        prefix = f"{path.rstrip('/')}/"
        found = sorted(name for name in self.files if name.startswith(prefix))
        if not found:
            self.file(path)
        for name in found:
            yield name.removeprefix(prefix), self.files[name]


def source_of_commit(git: Git, revision: str) -> SourceTree:
    """The files of ``revision``, as git stores them.

    Read as objects, not through a checkout or ``git archive``: line-ending and export
    settings of one machine would otherwise change what is built.
    Raises `ReleaseError` for an unknown revision.
    """
    commit = git.commit(revision)
    if commit is None:
        raise ReleaseError(
            f"read {revision}: no such commit in {git.dir}",
            next_step="fetch it, or correct the name",
        )
    listed = git.text("ls-tree", "-r", "-z", commit).split("\0")
    entries = [_entry(line) for line in listed if line]
    contents = _blobs(git, [object_id for _, object_id, _ in entries])
    files = {
        path: SourceFile(contents[object_id], mode == _EXECUTABLE, mode == _SYMLINK)
        for mode, object_id, path in entries
        if mode != _SUBMODULE
    }
    seconds = int(git.text("show", "--no-patch", "--format=%ct", commit))
    return SourceTree(files, commit, datetime.fromtimestamp(seconds, UTC))


def _entry(line: str) -> tuple[str, str, str]:
    facts, _, path = line.partition("\t")
    mode, _, object_id = facts.split(" ")
    return mode, object_id, path


def _blobs(git: Git, object_ids: list[str]) -> dict[str, bytes]:
    """The contents of many blobs by one process."""
    wanted = list(dict.fromkeys(object_ids))
    answer = git.output("cat-file", "--batch", stdin="".join(f"{o}\n" for o in wanted).encode())
    contents: dict[str, bytes] = {}
    at = 0
    for object_id in wanted:
        end_of_header = answer.index(b"\n", at)
        size = int(answer[at:end_of_header].split(b" ")[2])
        contents[object_id] = answer[end_of_header + 1 : end_of_header + 1 + size]
        at = end_of_header + 1 + size + 1
    return contents
