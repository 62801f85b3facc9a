"""Time of ``promoter plan`` for a hundred environments, compared with one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dev.bench.histories import Commits, git, grow, unrelated, write_history
from dev.bench.measurement import Run, measure, median_of
from promoter.gate.decision import decide
from promoter.gate.deployment import Deployment
from promoter.gate.records import record_state
from promoter.git import Git, Identity

MANY = 100
HEAD = ("plan", f"{MANY} environments", "1 environment", "times", "memory")
_COMMAND = (str(Path(sys.executable).with_name("promoter")), "plan")
_CONFIG = "cepler/bench.yml"
_SHARED, _OWN = 40, 10  # files of an environment
_RUNS = 5
_WHO = Identity("Bench", "bench@example.invalid")


RULES_HEAD = ("plan", "with rules", "without", "times", "CPU with", "without", "times", "memory")
_TEAMS = b"""\
people: {ann: {mail: [ann@bank.example]}, bob: {mail: [bob@bank.example]}}
teams: {release: [ann, bob]}
bots: [bench@example.invalid]
"""


@dataclass(frozen=True)
class Row:
    """A line of the table: the same history planned for many environments, and for one."""

    title: str
    many: Run
    one: Run

    def cells(self) -> tuple[str, ...]:
        """Return title, both times, their ratio, and the memory of many."""
        return (
            self.title,
            f"{self.many.seconds:.3f} s",
            f"{self.one.seconds:.3f} s",
            f"{self.many.seconds / self.one.seconds:.2f}",
            f"{self.many.memory:.0f} MB",
        )


def rows(scratch: Path) -> Iterator[Row]:
    """Measure environments side by side, then in a chain: new, recorded, changed."""
    for chained in (False, True):
        folders = [create_site(scratch / f"plans-{chained}", count, chained) for count in (MANY, 1)]
        shape = "a chain" if chained else "side by side"
        yield _row(f"{shape}, nothing recorded", folders)
        for folder in folders:
            record_all(folder)
            publish(folder, unrelated(200))
        yield _row(f"{shape}, up to date, 200 unrelated commits", folders)
        for folder in folders:
            publish(folder, change_everything())
        yield _row(f"{shape}, 300 commits since that change every environment", folders)


@dataclass(frozen=True)
class RulesRow(Row):
    """A line of another table: the same plan with rules for every environment, and without."""

    def cells(self) -> tuple[str, ...]:
        """Return title, both times and their ratio, the same in seconds of CPU, and the memory."""
        *cells, memory = super().cells()
        cpu = (f"{self.many.cpu:.3f} s", f"{self.one.cpu:.3f} s")
        return (*cells, *cpu, f"{self.many.cpu / self.one.cpu:.2f}", memory)


def rules_rows(scratch: Path) -> Iterator[RulesRow]:
    """Measure what rules cost where they allow everything, so that both plans do the same."""
    folders = [create_site(scratch / name, MANY, False) for name in ("rules", "none")]
    deny = "{from: 2020-01-01, to: 2020-01-02, zone: UTC, reason: past}"
    override = "{count: 1, from: [release], expires: 2h}"
    rule = f"{{windows: {{deny: [{deny}]}}, override: {override}}}"
    publish(folders[0], iter([("feat: rules", _control_files(rule))]))
    for folder in folders:
        record_all(folder)
        publish(folder, change_everything())
    yield RulesRow(**vars(_row("side by side, every environment due, windows open", folders)))


def _row(title: str, folders: Sequence[Path]) -> Row:
    # In turn, so that other load on the machine affects both.
    runs = [[measure(_COMMAND, folder / "clone") for folder in folders] for _ in range(_RUNS)]
    many, one = (median_of([each[place] for each in runs]) for place in range(2))
    if (many.code, one.code) != (0, 0):
        raise RuntimeError(f"{title}: promoter plan exits {many.code} and {one.code}")
    return Row(f"50 files each, {title}", many, one)


def create_site(scratch: Path, count: int, chained: bool) -> Path:
    """Create a remote with 1,000 commits, its gates branch, and a clone of it."""
    folder = scratch / str(count)
    write_history(folder / "clone", {_CONFIG: _config(count, chained)}, _start())
    git(folder / "clone", "init", "--quiet", "--bare", str(folder / "remote.git"))
    git(folder / "clone", "remote", "add", "origin", str(folder / "remote.git"))
    clone = Git(folder / "clone")
    git(folder / "clone", "push", "--quiet", "origin", "main")
    _gate(clone, "HEAD", count)
    return folder


def require_votes(folder: Path) -> None:
    """Hold every environment of ``folder`` at the present tip, for one of two people to approve."""
    rule = "{approval: {count: 1, from: [release], exclude_authors: true}}"
    publish(folder, iter([("feat: approvals", _control_files(rule))]))
    clone = Git(folder / "clone")
    _gate(clone, clone.commit("HEAD") or "", MANY)


def _gate(clone: Git, gate: str, count: int) -> None:
    """Push a gates file with ``gate`` for every environment."""
    gates = "".join(f"{_name(number)}: {gate}\n" for number in range(count)).encode()
    present = clone.commit("refs/remotes/origin/cepler-gates")
    commit = clone.commit_files(present, {"bench.yml": gates}, "chore: gates", author=_WHO)
    clone.push("origin", commit, "refs/heads/cepler-gates", expect=present)


def _control_files(rule: str) -> dict[str, bytes]:
    """Return the rules file with ``rule`` for every environment, and the teams."""
    lines = "".join(f"  {_name(each)}: {rule}\n" for each in range(MANY))
    return {
        "cepler/bench.rules.yml": f"environments:\n{lines}".encode(),
        "cepler/teams.yml": _TEAMS,
    }


def _config(count: int, chained: bool) -> bytes:
    lines = ["deployment: bench", "environments:"]
    for number in range(count):
        lines += [f"  {_name(number)}:", "    latest:", f"      - {_folder(number)}/**"]
        if not chained or number == 0:
            lines += ["      - modules/**"]
        else:
            lines += [f"    passed: {_name(number - 1)}", "    propagated:", "      - modules/**"]
    return "\n".join([*lines, ""]).encode()


def _start() -> Commits:
    files = {f"modules/file-{number}.yml": b"0\n" for number in range(_SHARED)}
    for environment in range(MANY):
        for number in range(_OWN):
            files[f"{_folder(environment)}/file-{number}.yml"] = b"0\n"
    yield "feat: all", files
    for number in range(1_000):
        path = f"{_folder(number % MANY)}/file-{number % _OWN}.yml"
        yield f"fix: {number}", {path: b"%d\n" % number}


def change_everything() -> Commits:
    """Return 300 commits that change files of every environment."""
    for number in range(300):
        files = {f"{_folder(number % MANY)}/file-1.yml": b"new %d\n" % number}
        if number % 10 == 0:
            files[f"modules/file-{number % _SHARED}.yml"] = b"new %d\n" % number
        yield f"feat: {number}", files


def publish(folder: Path, commits: Commits) -> None:
    """Push ``commits`` to the remote of ``folder``."""
    grow(folder / "clone", commits)
    git(folder / "clone", "push", "--quiet", "origin", "main")


def record_all(folder: Path) -> None:
    """Record the present state of each environment."""
    clone = Git(folder / "clone")
    deployment = Deployment.at_commit(clone, "HEAD", _CONFIG)
    for name in deployment.environments:
        due = decide(deployment, name)
        if not due.is_due:
            raise RuntimeError(f"{name} is not due: {due}")
        recorded = record_state(deployment, name, due.state)
        files = {recorded.path: recorded.content}
        tip = clone.commit_files(deployment.tip, files, recorded.message, author=_WHO)
        deployment = Deployment.at_commit(clone, tip, _CONFIG)
    git(clone.dir, "reset", "--quiet", "--hard", deployment.tip)


def _name(number: int) -> str:
    return f"environment-{number}"


def _folder(number: int) -> str:
    return f"stacks/{_name(number)}"
