"""One repository, two programs: each command runs in two equal copies, and both are compared."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from ..reference import PANIC, Outcome, clean_environment, run_cepler, run_ours

BRANCH = "main"
_SOMEONE = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "Someone"), ("EMAIL", "someone@example.org"))
}


class Disagreement(AssertionError):
    """The two programs did something different."""


@dataclass(frozen=True)
class Snapshot:
    """The result of a command, without the time of commits."""

    files: dict[str, tuple[str, bytes]]
    status: str
    head: str


class Twin:
    """A repository below ``folder`` that both programs work on."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program
        self.top = folder / "a"
        self.other = folder / "b"
        self._clock = 1_700_000_000
        self.top.mkdir(parents=True)
        self.git("init", "--quiet", "--template=", f"--initial-branch={BRANCH}")

    # --- building ------------------------------------------------------------------

    def git(self, *arguments: str, folder: Path | None = None, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder or self.top,
            input=stdin,
            capture_output=True,
            check=True,
            env={**clean_environment(), **_SOMEONE},
        )
        return done.stdout.decode("utf-8", "surrogateescape")

    def commit(
        self,
        files: dict[str, tuple[str, bytes] | None],
        message: str,
        *,
        parents: list[str] | None = None,
        ref: str = f"refs/heads/{BRANCH}",
        skew: int = 0,
    ) -> str:
        """A commit that sets ``files`` to (mode, content), or removes them; gives its id."""
        self._clock += 60
        when = self._clock + skew
        text = message.encode()
        lines = [
            b"commit %s\nmark :1" % ref.encode(),
            b"committer Someone <someone@example.org> %d +0000" % when,
            b"data %d\n%s" % (len(text), text),
        ]
        for word, parent in zip((b"from", b"merge", b"merge"), parents or [], strict=False):
            lines.append(b"%s %s" % (word, parent.encode()))
        for path, entry in files.items():
            name = _quoted(path)
            if entry is None:
                lines.append(b"D %s" % name)
            else:
                mode, content = entry
                lines.append(b"M %s inline %s" % (mode.encode(), name))
                lines.append(b"data %d\n%s" % (len(content), content))
        stream = b"\n".join(lines) + b"\n\n"
        marks = self.top.parent / "marks"
        self.git("fast-import", "--quiet", "--force", f"--export-marks={marks}", stdin=stream)
        return marks.read_text().split()[1]

    def checkout(self) -> None:
        """Make index and work tree those of HEAD; untracked files stay."""
        self.git("reset", "--quiet", "--hard")

    # --- comparing -----------------------------------------------------------------

    def same_answer(self, *arguments: str) -> Outcome:
        """Run a command that only reads in both; gives the outcome that they agree on."""
        theirs = run_cepler(self.program, self.top, *arguments)
        ours = run_ours(self.top, *arguments)
        self._compare(arguments, theirs, ours)
        return ours

    def same_effect(self, *arguments: str, keep_ours: bool = False) -> Outcome:
        """Run a command that writes in two copies; goes on with one of them."""
        shutil.rmtree(self.other, ignore_errors=True)
        subprocess.run(["cp", "-a", str(self.top), str(self.other)], check=True)
        theirs = run_cepler(self.program, self.top, *arguments)
        ours = run_ours(self.other, *arguments)
        self._compare(arguments, theirs, ours)
        if theirs.code == 0:
            one, two = self._alike(self.snapshot(self.top), self.snapshot(self.other))
            for part in ("files", "status", "head"):
                if getattr(one, part) != getattr(two, part):
                    raise Disagreement(
                        f"{arguments}: {part}\ncepler: {getattr(one, part)}\n"
                        f"ours:   {getattr(two, part)}"
                    )
        if keep_ours or theirs.code == PANIC:
            self.top, self.other = self.other, self.top
        return ours

    def _alike(self, theirs: Snapshot, ours: Snapshot) -> tuple[Snapshot, Snapshot]:
        """Both less the files that cepler loses.

        That is those of another kind (link, file) in HEAD, and those with a backslash.
        """
        missing = ours.files.keys() - theirs.files.keys()
        if not missing:
            return theirs, ours
        listed = self.git("ls-tree", "-r", "-z", "HEAD", folder=self.other).split("\0")
        known = {path: about.startswith("120000") for about, _, path in map(_parted, listed)}
        lost = {
            path
            for path in missing
            if "\\" in path or (path in known and (ours.files[path][0] == "link") != known[path])
        }
        return _without(theirs, lost), _without(ours, lost)

    def _compare(self, arguments: tuple[str, ...], theirs: Outcome, ours: Outcome) -> None:
        if theirs.code == PANIC:
            if ours.code != 1:
                raise Disagreement(f"{arguments}: cepler panics, ours: {ours}\n{theirs.err}")
            return
        same = (theirs.code, theirs.out, _reports(theirs)) == (ours.code, ours.out, _reports(ours))
        if not same:
            raise Disagreement(f"{arguments}\ncepler: {theirs}\nours:   {ours}")

    def snapshot(self, folder: Path) -> Snapshot:
        head = self.git("cat-file", "commit", "HEAD", folder=folder)
        return Snapshot(
            files=_files(folder),
            status=self.git("status", "--porcelain=v2", "-z", folder=folder),
            head="\n".join(_without_time(line) for line in head.split("\n")),
        )


def _without(snapshot: Snapshot, paths: set[str]) -> Snapshot:
    entries = snapshot.status.split("\0")
    return replace(
        snapshot,
        files={path: file for path, file in snapshot.files.items() if path not in paths},
        status="\0".join(each for each in entries if each.split(" ", 8)[-1] not in paths),
    )


def _parted(entry: str) -> tuple[str, str, str]:
    return entry.partition("\t")


def _reports(outcome: Outcome) -> list[str]:
    return sorted(line for line in outcome.err.splitlines() if line.startswith("File "))


def _files(folder: Path) -> dict[str, tuple[str, bytes]]:
    found: dict[str, tuple[str, bytes]] = {}
    for parent, folders, names in os.walk(folder):
        if ".git" in folders and Path(parent) == folder:
            folders.remove(".git")
        for name in names:
            file = Path(parent) / name
            mode = file.lstat().st_mode
            if stat.S_ISLNK(mode):
                found[str(file.relative_to(folder))] = ("link", os.fsencode(file.readlink()))
            else:
                kind = "executable" if mode & stat.S_IXUSR else "file"
                found[str(file.relative_to(folder))] = (kind, file.read_bytes())
    return found


def _without_time(line: str) -> str:
    if line.startswith(("author ", "committer ")) and "bot@cepler" in line:
        return line.partition(">")[0]
    return line


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return b'"%s"' % escaped.encode("utf-8", "surrogateescape")
