"""The gates file: the commit that each environment is decided at (``HEAD`` where ungated)."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import GitError, InvalidFile
from promoter.gate.documents import read_document
from promoter.gate.state_file import quoted
from promoter.git import Git

BRANCH = "cepler-gates"
"""The branch that has the gates files."""

UNGATED = "HEAD"
_COMMIT = re.compile(r"[0-9a-fA-F]{40}")


@dataclass(frozen=True)
class Gates:
    """Approvals by environment, as the gates file ``file`` has them."""

    file: str
    entries: Mapping[str, str]

    def commit(self, environment: str) -> str | None:
        """Return the commit that ``environment`` is gated at, None where it is ungated.

        Raises `InvalidFile` where the environment is missing or its gate names no commit.
        """
        gate = self.entries.get(environment)
        if gate is None:
            raise InvalidFile(
                self.file,
                "",
                f"Environment is missing in gates file: {environment}",
                next_step=f"add '{environment}: {UNGATED}' or a commit to {self.file}",
            )
        if gate == UNGATED:
            return None
        if not _COMMIT.fullmatch(gate):
            raise InvalidFile(
                self.file,
                f"environment {environment}",
                f"Gate is not a valid commit hash: {gate!r}",
                next_step=f"name a commit by its 40 hex digits, or {UNGATED}",
            )
        return gate.lower()


def read_gates(content: bytes, file: str) -> Gates:
    """Return the gates file in ``content``; raise `InvalidFile` with line and reason."""
    document = read_document(content, file)
    return Gates(
        file,
        {
            name: document.text(value, f"the gate of {name}")
            for name, _, value in document.entries(document.root, "the gates file")
        },
    )


def from_folder(folder: Path, path: str) -> Gates:
    """Return the gates file at ``path`` in ``folder``; raise `InvalidFile` if there is none."""
    try:
        content = (folder / path).read_bytes()
    except OSError as error:
        raise InvalidFile(
            path,
            "",
            f"Couldn't open gates file: {error.strerror}",
            next_step="name the gates file with --gates, or where it is with --gates-branch",
        ) from error
    return read_gates(content, path)


def from_branch(git: Git, branch: str, path: str) -> Gates:
    """Return the gates file at ``path`` on ``branch``: the local one, or else origin's."""
    refs = (f"refs/heads/{branch}", f"refs/remotes/origin/{branch}")
    commit = next(filter(None, map(git.commit, refs)), None)
    if commit is None:
        raise GitError(
            f"read gates from branch {branch}: Couldn't find branch",
            next_step=f"git fetch origin {branch}:refs/remotes/origin/{branch}",
        )
    return from_commit(git, commit, path, f"branch {branch}")


def from_commit(git: Git, commit: str, path: str, name: str = "") -> Gates:
    """Return the gates file at ``path`` in ``commit``, which errors call ``name``."""
    content = git.file(commit, path)
    name = name or commit[:12]
    if content is None:
        raise InvalidFile(
            path, name, "Couldn't find gates file there", next_step=f"commit {path} on {name}"
        )
    return read_gates(content, f"{path} on {name}")


def with_gate(text: str, environment: str, commit: str, *, file: str = "gates file") -> str:
    """Return ``text`` with the gate of ``environment`` set, everything else as it was.

    Comments, order and quoting of the other entries stay; an environment that is missing is
    added at the end. Raises `InvalidFile` where ``text`` is no gates file, or where the entry
    is written in a way that one line cannot replace (flow style, anchors).
    """
    expected = {**entries_in(text, file), environment: commit}
    changed = _replaced(text, environment, commit)
    if changed is None:
        gap = "" if not text or text.endswith("\n") else "\n"
        plain = re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_./-]*", environment)
        changed = f"{text}{gap}{environment if plain else quoted(environment)}: {commit}\n"
    with suppress(InvalidFile):
        if entries_in(changed, file) == expected:
            return changed
    raise InvalidFile(
        file,
        f"environment {environment}",
        "the entry is not a line of its own",
        next_step=f"write it in {file} as '{environment}: <commit>'",
    )


def entries_in(text: str, file: str) -> dict[str, str]:
    """Return the gates by environment, none for a blank file; raise `InvalidFile`."""
    blank = all(line.strip() == "" or line.lstrip().startswith("#") for line in text.splitlines())
    return {} if blank else dict(read_gates(text.encode(), file).entries)


def _replaced(text: str, environment: str, commit: str) -> str | None:
    name = re.escape(environment)
    line = re.compile(
        rf"""^(?P<key>(?:{name}|"{name}"|'{name}')[ \t]*:[ \t]+)"""
        r"""(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s#'"][^\s#]*)[ \t]*(?:[ \t]#.*)?\r?$""",
        re.MULTILINE,
    )
    found = list(line.finditer(text))
    if not found:
        return None
    last = found[-1]  # of repeated entries the last one counts
    return text[: last.start("value")] + commit + text[last.end("value") :]
