"""The files of an application in the commit that is released."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from promoter.git import Git
from promoter.git.objects import SourceFile
from promoter.release.errors import ReleaseError


@dataclass(frozen=True)
class SourceTree:
    """An application's files by path, their commit, and that commit's time (UTC)."""

    files: Mapping[str, SourceFile] = field(repr=False)
    commit: str
    time: datetime

    def file(self, path: str) -> bytes:
        """Return the bytes of ``path``; raises `ReleaseError` where there is no such file."""
        if path not in self.files:
            raise ReleaseError(
                f"read {path} in {self.commit[:12]}: no such file",
                next_step="add it, or correct its path in ci/release/release.yml",
            )
        return self.files[path].content

    def below(self, path: str) -> Iterator[tuple[str, SourceFile]]:
        """Yield the file ``path`` as ``("", file)``, or the files of the folder by relative path.

        Raises `ReleaseError` where neither exists.
        """
        if path in self.files:
            yield "", self.files[path]
            return
        prefix = f"{path.rstrip('/')}/"
        names = sorted(name for name in self.files if name.startswith(prefix))
        if not names:
            self.file(path)
        for name in names:
            yield name.removeprefix(prefix), self.files[name]


def source_of_commit(git: Git, revision: str) -> SourceTree:
    """Return the files of ``revision`` as git stores them; submodules are left out.

    Read as objects: in a checkout or ``git archive`` one machine's line-ending and export
    settings would change the build. Raises `ReleaseError` for an unknown revision.
    """
    if (commit := git.commit(revision)) is None:
        raise ReleaseError(
            f"read {revision}: no such commit in {git.dir}",
            next_step="fetch it, or correct the name",
        )
    entries = git.listing(commit)
    contents = git.blobs(entry.blob for entry in entries.values())
    files = {
        path: SourceFile(contents[entry.blob], entry.executable, entry.symlink)
        for path, entry in entries.items()
    }
    seconds = int(git.text("show", "--no-patch", "--format=%ct", commit))
    return SourceTree(files, commit, datetime.fromtimestamp(seconds, UTC))
