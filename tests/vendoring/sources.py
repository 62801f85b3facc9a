"""Real repositories to vendor from and into, created for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

CHART = {
    "charts/lana-bank/Chart.yaml": "apiVersion: v2\nname: lana-bank\nversion: 0.1.0\n",
    "charts/lana-bank/values.yaml": "replicas: 1\n",
    "charts/lana-bank/templates/deployment.yaml": "kind: Deployment\n",
    "charts/lana-bank/.helmignore": "*.orig\n",
    "charts/other/Chart.yaml": "name: other\n",
    "LICENSE": "a licence\n",
    "README.md": "a readme\n",
}

CONFIG = """\
apiVersion: vendir.k14s.io/v1alpha1
kind: Config
directories:
  - path: charts
    contents:
      - path: lana-bank
        git:
          url: {url}
          ref: {ref}
        includePaths:
          - charts/lana-bank/**/*
        newRootPath: charts/lana-bank
"""


def multiplied() -> str:
    """Return a few lines of YAML whose last key, ``p``, expands to more than fits in memory."""
    return "a: &a [x, y]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in pairwise("abcdefghijklmnop")
    )


def git(folder: Path, *arguments: str, stdin: bytes | None = None, check: bool = True) -> str:
    """Run git in ``folder`` with a fixed author and committer; return its output."""
    who = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "Ada"), ("EMAIL", "ada@example.invalid"))
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        input=stdin,
        env={**os.environ, **who},
        capture_output=True,
        check=False,
    )
    if check and done.returncode != 0:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout.decode(errors="surrogateescape").strip()


@dataclass(frozen=True)
class Source:
    """A repository that charts are vendored from, at ``url``."""

    folder: Path

    @classmethod
    def new(cls, folder: Path, files: Mapping[str, str | bytes] = CHART) -> Source:
        """Create one with a first commit of ``files`` on main."""
        folder.mkdir(parents=True)
        git(folder, "init", "-q", "-b", "main")
        source = cls(folder)
        source.commit("feat: first", files)
        return source

    @property
    def url(self) -> str:
        return f"file://{self.folder}"

    @property
    def head(self) -> str:
        return git(self.folder, "rev-parse", "HEAD")

    def commit(self, message: str, files: Mapping[str, str | bytes | None] | None = None) -> str:
        """Commit ``files`` (None removes one); return the commit's id."""
        for path, content in (files or {}).items():
            file = self.folder / path
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "--allow-empty", "--allow-empty-message", "-m", message)
        return self.head

    def commit_entries(self, entries: list[tuple[str, str, bytes]], message: str = "odd") -> str:
        """Commit a tree written by hand: mode, name (with slashes), content or id; return its id.

        Names that git's own commands refuse are written as raw tree objects.
        """
        tree = self._tree([(mode, name.split("/"), content) for mode, name, content in entries])
        commit = git(self.folder, "commit-tree", tree, "-p", "HEAD", "-m", message)
        git(self.folder, "update-ref", "refs/heads/odd", commit)
        return commit

    def _tree(self, entries: list[tuple[str, list[str], bytes]]) -> str:
        raw: list[tuple[str, bytes]] = []
        folders: dict[str, list[tuple[str, list[str], bytes]]] = {}
        for mode, (first, *rest), content in entries:
            if rest:
                folders.setdefault(first, []).append((mode, rest, content))
            else:
                object_id = content.decode() if mode == "160000" else self._blob(content)
                raw.append(
                    (
                        first,
                        f"{mode} {first}\0".encode(errors="surrogateescape")
                        + bytes.fromhex(object_id),
                    )
                )
        for name, inside in folders.items():
            raw.append((f"{name}/", f"40000 {name}\0".encode() + bytes.fromhex(self._tree(inside))))
        body = b"".join(entry for _, entry in sorted(raw))
        write = ("hash-object", "-w", "-t", "tree", "--literally", "--stdin")
        return git(self.folder, *write, stdin=body)

    def _blob(self, content: bytes) -> str:
        return git(self.folder, "hash-object", "-w", "--stdin", stdin=content)


@dataclass(frozen=True)
class Target:
    """A repository that charts are vendored into."""

    folder: Path

    @classmethod
    def new(cls, folder: Path, config: str) -> Target:
        """Create one with ``config`` as its vendir.yml, not committed yet."""
        folder.mkdir(parents=True)
        git(folder, "init", "-q", "-b", "main")
        git(folder, "config", "user.name", "Ada")
        git(folder, "config", "user.email", "ada@example.invalid")
        (folder / "vendir.yml").write_bytes(config.encode())
        return cls(folder)

    def commit_all(self, message: str = "chore: vendor") -> str:
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "-m", message)
        return self.head

    @property
    def head(self) -> str:
        return git(self.folder, "rev-parse", "HEAD")

    @property
    def status(self) -> str:
        return git(self.folder, "status", "--short")

    @property
    def chart(self) -> Path:
        return self.folder / "charts" / "lana-bank"


def contents(folder: Path, *, without: tuple[str, ...] = (".git",)) -> dict[str, object]:
    """Return everything below ``folder``: files with mode and content, links, folders."""
    found: dict[str, object] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in without]
        for name in (*folders, *names):
            path = Path(place) / name
            shown = str(path.relative_to(folder))
            mode = oct(path.lstat().st_mode & 0o7777)
            if path.is_symlink():
                found[shown] = ("link", str(path.readlink()))
            elif path.is_dir():
                found[shown] = ("folder", mode)
            else:
                found[shown] = (mode, path.read_bytes())
    return found


def vendir() -> str | None:
    """Return the path of vendir, if it is installed to compare with."""
    return shutil.which("vendir")
