"""The root filesystem that our images stand on: Debian, by debootstrap.

The same state of Debian's archive gives the same bytes: its date is the newest time that a file
may have, and everything that belongs to a machine (logs, caches, its name) is left out.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import ssl
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from promoter.common.errors import ProgramMissing, PromoterError
from promoter.common.progress import Progress
from promoter.toolchain.build import run
from promoter.toolchain.cache import Cache

_APT = Path("/etc/apt")
_SOURCES = ("sources.list", "sources.list.d/*.list", "sources.list.d/*.sources")
_MIRROR = re.compile(r"(?m)^[^#\n]*?\b(https?://\S+/debian)/?(?=\s|$)")
# Traces of the place and time of the build, and files that no task reads.
_EMPTIED = (
    *("tmp", "run", "var/cache/apt", "var/cache/debconf", "var/cache/ldconfig", "var/log"),
    *("var/lib/apt/lists", "usr/share/man", "usr/share/locale", "usr/share/info"),
)
_BLANK = ("etc/hostname", "etc/machine-id", "etc/resolv.conf", "etc/apt/sources.list")
_KEPT_DOCUMENT = "copyright"


class ImageError(PromoterError):
    """An image could not be built."""


@dataclass(frozen=True)
class RootRecipe:
    """A release of Debian, and the packages of a root besides those that each has."""

    suite: str
    packages: tuple[str, ...]


OURS = RootRecipe("bookworm", ("ca-certificates", "git", "openssh-client", "python3"))
"""The root of our own images: the release whose Python the locks are made for."""


@dataclass(frozen=True)
class Release:
    """A state of Debian's archive: the digest of its InRelease file, and its date."""

    digest: str
    date: datetime

    @property
    def epoch(self) -> int:
        """The date as SOURCE_DATE_EPOCH."""
        return int(self.date.timestamp())


@dataclass(frozen=True)
class Root:
    """A read-only root filesystem in a folder, and its release."""

    folder: Path
    release: Release

    def command(self, *words: str) -> list[str]:
        """Return ``words`` as a command that sees this root only."""
        return ["chroot", str(self.folder), *words]

    @contextmanager
    def stage(self) -> Iterator[Path]:
        """An empty folder below the root's /tmp, which is part of no layer."""
        with TemporaryDirectory(prefix="stage-", dir=self.folder / "tmp") as name:
            Path(name).chmod(0o755)
            yield Path(name)


def unmet(folder: Path) -> str:
    """Return what is missing for building a root below ``folder``; empty if nothing is."""
    if os.geteuid() != 0:
        return "only root can create a root filesystem"
    if shutil.which("debootstrap") is None:
        return "debootstrap is not on PATH"
    return "" if _has_devices(folder) else f"{folder} cannot have device nodes"


def _has_devices(folder: Path) -> bool:
    """Return True if a device node works there, as debootstrap's second stage needs it."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".device-", dir=folder) as name:
        null = Path(name) / "null"
        try:
            os.mknod(null, stat.S_IFCHR | 0o666, os.makedev(1, 3))
            null.write_bytes(b"x")
        except OSError:
            return False
    return True


def configured_archive(apt: Path = _APT) -> str:
    """Return the archive that apt uses on this machine; raises `ImageError` if it has none."""
    for pattern in _SOURCES:
        for file in sorted(apt.glob(pattern)):
            if found := _MIRROR.search(file.read_text(encoding="utf-8")):
                return found[1]
    raise ImageError(
        f"find Debian's archive: no source in {apt} has it", next_step="name one with --archive"
    )


def current_release(archive: str, suite: str) -> Release:
    """Return the present state of ``suite`` in ``archive``; raises `ImageError`."""
    address = f"{archive.rstrip('/')}/dists/{suite}/InRelease"
    try:
        # The machine's own certificates: the archive is the one that the machine uses.
        context = ssl.create_default_context()
        with httpx.Client(verify=context, timeout=30, follow_redirects=True) as client:
            content = client.get(address).raise_for_status().content
    except httpx.HTTPError as error:
        raise ImageError(
            f"read {suite}/InRelease of Debian's archive: {error}",
            next_step="check that apt-get update works on this machine",
        ) from error
    return release_of(content)


def release_of(inrelease: bytes) -> Release:
    """Return the state that an InRelease file describes; raises `ImageError`."""
    found = re.search(rb"(?m)^Date: (.+) UTC$", inrelease)
    if found is None:
        raise ImageError("read InRelease of Debian's archive: it has no Date")
    date = datetime.strptime(f"{found[1].decode()} +0000", "%a, %d %b %Y %H:%M:%S %z")
    return Release(hashlib.sha256(inrelease).hexdigest(), date)


def debian(cache: Cache, progress: Progress, archive: str = "", recipe: RootRecipe = OURS) -> Root:
    """Return the root of the present state of ``archive`` (by default the machine's own).

    Each state is built once. Raises `ProgramMissing` if this machine cannot build one.
    """
    if missing := unmet(cache.root):
        raise ProgramMissing(
            f"build a Debian root: {missing}",
            next_step="as root: apt-get install debootstrap",
        )
    archive = archive or configured_archive()
    release = current_release(archive, recipe.suite)
    inputs = f"{release.digest}{recipe}".encode() + Path(__file__).read_bytes()
    key = hashlib.sha256(inputs).hexdigest()[:16]

    def make(folder: Path) -> None:
        _make(folder / "root", archive, release, recipe, progress)

    return Root(cache.folder("debian-root", key, make, progress) / "root", release)


def _make(
    root: Path, archive: str, release: Release, recipe: RootRecipe, progress: Progress
) -> None:
    title = f"build a root of Debian {recipe.suite}"
    # It mounts /proc in the root, which would stay, and could not be removed, if it were killed.
    command = ["unshare", "--mount", "debootstrap", "--variant=minbase"]
    command.append(f"--include={','.join(recipe.packages)}")
    with progress.task(title) as detail:
        run(
            title,
            [*command, recipe.suite, str(root), archive],
            cwd=root.parent,
            env={**_plain(), "SOURCE_DATE_EPOCH": str(release.epoch)},
            detail=detail,
            next_step="read the lines above; it needs Debian's archive, chroot and mknod",
        )
    _strip(root)


def _strip(root: Path) -> None:
    for name in _EMPTIED:
        _empty(root / name)
    for name in _BLANK:
        (root / name).unlink(missing_ok=True)
        (root / name).touch(mode=0o644)
    documents = root / "usr/share/doc"
    for file in [each for each in documents.rglob("*") if not each.is_dir() or each.is_symlink()]:
        if file.name != _KEPT_DOCUMENT:
            file.unlink()


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def output_of(command: Sequence[str], title: str, epoch: int) -> bytes:
    """Return the output of a command that has to succeed; raises `ImageError`."""
    env = {**_plain(), "SOURCE_DATE_EPOCH": str(epoch)}
    result = subprocess.run(command, env=env, capture_output=True, check=False)
    if result.returncode != 0:
        lines = (result.stderr or result.stdout).decode(errors="replace").strip().splitlines()
        raise ImageError(f"{title}: {lines[-1] if lines else f'exit code {result.returncode}'}")
    return result.stdout


def _plain() -> dict[str, str]:
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root"}
