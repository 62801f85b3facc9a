"""CHANGELOG.md: a release's section by git-cliff, inserted, and read back as notes."""

import re
import shutil
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.errors import ProgramMissing
from promoter.common.text import inert_markdown
from promoter.git import Git, environment
from promoter.programs.command import run_program
from promoter.release.errors import ReleaseError

CHANGELOG = "CHANGELOG.md"
CLIFF_FILE = "cliff.toml"

_TITLE = "# Changelog"
_SECTION = re.compile(r"^## \[(?P<version>[^\]]+)\]", re.MULTILINE)


def section(tree: Path, version: str, date: str) -> str:
    """Return the section of ``version``, with the commits since the last release and ``date``."""
    return _cliff(tree, "--unreleased", "--use-branch-tags", "--tag", version, date=date)


def between(git: Git, old: str, new: str) -> str:
    """Return the changes between two commits, grouped as in the changelog of ``new``."""
    with TemporaryDirectory() as folder, git.worktree(Path(folder) / "tree", new) as tree:
        return _cliff(tree.dir, f"{old}..{new}", date="")


def prepend(text: str, new: str, version: str) -> str:
    """Return ``text`` (may be empty) with section ``new`` first, in place of the same version's."""
    preamble, sections = _split(text)
    others = [content for name, content in sections if name != version]
    head = preamble.strip() or _TITLE
    return "\n\n".join([head, new.strip(), *(content.strip() for content in others)]) + "\n"


def notes(text: str, version: str) -> str:
    """Return the section of ``version`` without its heading; raises `ReleaseError` without it."""
    for name, content in _split(text)[1]:
        if name == version:
            return inert_markdown(content.partition("\n")[2].strip()) + "\n"
    raise ReleaseError(
        f"read {CHANGELOG}: it has no section [{version}]",
        next_step="make the promote-rc pull request again: promoter release promote",
    )


def _split(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the text before the sections, and each section with its version."""
    found = list(_SECTION.finditer(text))
    if not found:
        return text, []
    ends = [*(match.start() for match in found[1:]), len(text)]
    sections = [(m["version"], text[m.start() : end]) for m, end in zip(found, ends, strict=True)]
    return text[: found[0].start()], sections


def _cliff(tree: Path, *arguments: str, date: str) -> str:
    if not (tree / CLIFF_FILE).is_file():
        # Without it git-cliff would use its built-in configuration.
        raise ReleaseError(
            f"read {CLIFF_FILE} in {tree}: no such file",
            next_step=f"commit {CLIFF_FILE} at the repository's top",
        )
    # As it was installed with this Python, else on PATH.
    scripts = sysconfig.get_path("scripts")
    program = shutil.which("git-cliff", path=scripts) or shutil.which("git-cliff")
    if program is None:
        raise ProgramMissing("find git-cliff: it is not on PATH", next_step="pip install git-cliff")
    command = [program, "--config", CLIFF_FILE, "--offline", "--no-exec", *arguments]
    done = run_program(command, folder=tree, environment=environment({"RELEASE_DATE": date}))
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise ReleaseError(f"write the changelog of {tree}: {lines[-1]}")
    return inert_markdown(done.stdout.strip()) + "\n"
