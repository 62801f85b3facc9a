"""CHANGELOG.md: a release's section by git-cliff, inserted, and read back as notes."""

import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.text import inert_markdown
from promoter.git import Git, environment
from promoter.programs.command import installed_program, run_program
from promoter.release.errors import ReleaseError
from promoter.release.settings import SETTINGS_FILE, ChangelogSettings
from promoter.release.version import VersionTag

CHANGELOG = "CHANGELOG.md"

_CANDIDATES = ".*rc.*"
_TITLE = "# Changelog"
_SECTION = re.compile(r"^## \[(?P<version>[^\]]+)\]", re.MULTILINE)


def section(
    tree: Path, version: str, *, config: str | None, previous: str = "", date: str = ""
) -> str:
    """Return the section of ``version``: the commits since the tag ``previous``, or all of them.

    ``config`` is git-cliff's configuration in ``tree`` (None: the one that is built in), which
    finds ``date`` in RELEASE_DATE.
    """
    span = [f"{previous}.."] if previous else []
    return _cliff(tree, config, "--ignore-tags", _CANDIDATES, *span, "--tag", version, date=date)


def between(git: Git, old: str, new: str, config: str | None) -> str:
    """Return the changes between two commits, grouped as in the changelog of ``new``."""
    with TemporaryDirectory() as folder, git.worktree(Path(folder) / "tree", new) as tree:
        return _cliff(tree.dir, config, f"{old}..{new}", date="")


def release_notes(
    git: Git, settings: ChangelogSettings, tag: VersionTag, previous: str, text: str
) -> str:
    """Return the notes of the release of ``tag``: those of ``settings``, or the reviewed section.

    ``text`` is the merged CHANGELOG.md, ``previous`` the last release's tag.
    """
    version = str(tag.version.finalize_version())
    if settings.notes is None:
        return notes(text, version)
    with TemporaryDirectory() as folder, git.worktree(Path(folder) / "tree", tag.commit) as tree:
        return section(tree.dir, version, config=settings.notes, previous=previous)


def require_config(git: Git, commit: str, settings: ChangelogSettings) -> None:
    """Raise `ReleaseError` unless the configurations of git-cliff are in ``commit``."""
    for config in filter(None, (settings.config, settings.notes)):
        if git.file(commit, config) is None:
            raise ReleaseError(
                f"read {config} in {commit[:12]}: no such file",
                next_step=f"commit it, or correct changelog in {SETTINGS_FILE}",
            )


def prepend(text: str, new: str, version: str) -> str:
    """Return ``text`` (may be empty) with section ``new`` first, in place of the same version's."""
    preamble, sections = _split(text)
    others = "".join(content for name, content in sections if name != version)
    head = f"{preamble.strip() or _TITLE}\n\n" if preamble.strip() or not sections else ""
    # As the file has it: git-cliff --prepend writes no empty line between sections.
    gap = "\n" if others and "\n\n## [" in text else ""
    return f"{head}{new.strip()}\n{gap}{others}"


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


def _cliff(tree: Path, config: str | None, *arguments: str, date: str) -> str:
    chosen = ["--config", config] if config else []
    command = [
        installed_program("git-cliff"),
        *chosen,
        "--offline",
        "--no-exec",
        "--strip",
        "all",
        *arguments,
    ]
    # No configuration of the user's.
    variables = environment({"RELEASE_DATE": date, "XDG_CONFIG_HOME": os.devnull})
    done = run_program(command, folder=tree, environment=variables)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise ReleaseError(f"write the changelog of {tree}: {lines[-1]}")
    return inert_markdown(done.stdout.strip()) + "\n"
