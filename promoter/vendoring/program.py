"""The program vendir as a `Fetcher`: run where it can do no harm, its result checked."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from promoter.git import environment
from promoter.vendoring.config import API_VERSION, CONFIG_NAME, Contents
from promoter.vendoring.errors import VendorError
from promoter.vendoring.git_source import Locked
from promoter.vendoring.goyaml import Value, dump
from promoter.vendoring.lock import LOCK_NAME, read_lock, source_values
from promoter.vendoring.staging import Fetcher, GitFetcher

_SECONDS = 1800


@dataclass(frozen=True)
class VendirFetcher:
    """Fetches with the vendir at ``program``, one content at a time, in the staging folder.

    vendir deletes the old directory before it moves the new one in, and checks symlinks
    after that. Here it only ever replaces something in the staging folder.
    """

    program: Path

    def fetch(self, contents: Contents, ref: str, target: Path, stage: Path) -> Locked:
        """See `Fetcher`."""
        (stage / CONFIG_NAME).write_bytes(dump(_single(contents, ref)))
        self._run("sync", "--chdir", str(stage))
        lock = read_lock(stage / LOCK_NAME)
        entry = lock.find("fetched", "content") if lock else None
        if entry is None:
            raise VendorError(f"run {self.program}: it wrote no lock for {contents.path}")
        folder = stage / "fetched" / "content"
        # vendir keeps its clone's .git where no pattern and no newRootPath removes it.
        shutil.rmtree(folder / ".git", ignore_errors=True)
        folder.rename(target)
        return entry.git

    def _run(self, *arguments: str) -> None:
        try:
            done = subprocess.run(
                [self.program, *arguments],
                capture_output=True,
                check=False,
                env=environment(),
                timeout=_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise VendorError(f"run {self.program}: {error}") from error
        if done.returncode != 0:
            said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
            cause = next((line for line in reversed(said) if "Error" in line), "no message")
            raise VendorError(
                f"run vendir {arguments[0]}: {cause.strip()}",
                next_step="check url and ref in vendir.yml; --vendir never uses our own code",
            )


def fetcher(choice: str = "auto") -> Fetcher:
    """The vendir on PATH, or our own implementation where there is none or ``never``.

    ``always`` raises `VendorError` where there is none.
    """
    program = shutil.which("vendir") if choice != "never" else None
    if program:
        return VendirFetcher(Path(program))
    if choice == "always":
        raise VendorError(
            "find vendir: it is not on PATH", next_step="install it, or --vendir auto"
        )
    return GitFetcher()


def _single(contents: Contents, ref: str) -> dict[str, Value]:
    said = {**source_values(contents, ref), "path": "content"}
    # Kept files and permissions are ours to apply, and a lazy content is never asked for.
    for key in ("lazy", "ignorePaths", "permissions"):
        said.pop(key, None)
    return {
        "apiVersion": API_VERSION,
        "kind": "Config",
        "directories": [{"path": "fetched", "contents": [said]}],
    }
